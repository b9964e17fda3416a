from datetime import UTC, datetime, timedelta

REPEAT_AFTER = timedelta(minutes=10)
clock = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
last_ring = clock
print("minute  0: the phone rings")
for minute in range(1, 91):
    clock += timedelta(minutes=1)
    if minute == 5:
        clock -= timedelta(hours=1)  # it was an hour fast, and is set right
    if clock - last_ring >= REPEAT_AFTER:
        last_ring = clock
        print(f"minute {minute:2}: the phone rings")
