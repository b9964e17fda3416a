import contextlib


def ring():
    raise ConnectionError


def gate(operation):
    try:
        operation()
    except ConnectionError:
        seen.append("a failure")
        raise


def three_attempts(attempt):
    for number in (1, 2, 3):
        try:
            attempt()
        except ConnectionError:
            if number == 3:
                raise


for place in ("around the run", "before each attempt"):
    seen = []
    with contextlib.suppress(ConnectionError):
        if place == "around the run":
            gate(lambda: three_attempts(ring))
        else:
            three_attempts(lambda: gate(ring))
    print(f"a gate {place:20} sees {len(seen)} of 3 failures")
