from datetime import UTC, datetime, timedelta

date, seconds = datetime(2026, 3, 1, 12, 0, tzinfo=UTC), 86_400.0
opened_at, last_ring = date, seconds
for minute in range(1, 31):
    date, seconds = date + timedelta(minutes=1), seconds + 60.0
    if minute == 5:
        date -= timedelta(hours=1)
    if seconds - last_ring >= 600.0:
        last_ring = seconds
        print(f"minute {minute}: it rings, open since {opened_at:%H:%M}; the clock shows {date:%H:%M}")
