from datetime import datetime, timedelta

VALUES = [97.25, 98.5, 20.0, 97.0, 98.0]  # one every 20 seconds; two in a row above 90 are an incident


def decided(begins, name):
    number, breaches, names = 0, 0, []
    for place, value in enumerate(VALUES):
        breaches = breaches + 1 if value > 90.0 else 0
        if breaches == 2:
            number += 1
            names.append(name(number, begins + timedelta(seconds=20 * place)))
    return names


for begins in (datetime(2026, 3, 29, 1, 55), datetime(2026, 3, 29, 9, 30)):
    print("named by the clock:", decided(begins, lambda _, now: f"disk-7/{now:%H%M%S}"))
    print("named by count:    ", decided(begins, lambda number, _: f"disk-7/{number}"))
