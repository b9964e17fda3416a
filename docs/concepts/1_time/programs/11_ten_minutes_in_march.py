from datetime import datetime, timedelta, timezone

WINTER, SUMMER = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))
opened = datetime(2026, 3, 29, 1, 55, tzinfo=WINTER)
ten_minutes_later = {
    "nothing else happens": datetime(2026, 3, 29, 2, 5, tzinfo=WINTER),
    "it is set back an hour": datetime(2026, 3, 29, 1, 5, tzinfo=WINTER),
    "summer time comes": datetime(2026, 3, 29, 3, 5, tzinfo=SUMMER),
}
for what, now in ten_minutes_later.items():
    minutes = (now - opened).total_seconds() / 60
    as_shown = (now.replace(tzinfo=None) - opened.replace(tzinfo=None)).total_seconds() / 60
    print(f"{what:22}  {minutes:4.0f} minutes, and {as_shown:4.0f} without the offset from UTC")
