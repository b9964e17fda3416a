"""Ring for an incident when it opens, and again until somebody says that they are on it."""

from datetime import datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "Phone", "Reminder"]


class Clock(Protocol):
    """The machine's clock. It has two hands. Each moves independently of the other, also between readings."""

    def now(self) -> datetime:
        """Say when it is: date and time of day, in whole seconds, with the offset from UTC in whole minutes.

        It can be set at any time, back or forward, by a second or by years, but never before 1970.
        Summer time changes its offset.
        """

    def monotonic(self) -> float:
        """Give seconds since a moment that nobody knows: 0.0 or more, and never less than before.

        Nobody can set this count. While the machine sleeps it may stand still.
        """


class Phone(Protocol):
    """The on-call phone, with its display."""

    def ring(self, incident: str, opened_at: str) -> None:
        """Ring once, and show which incident it is and since when it is open.

        It never fails, waits, or calls the reminder.
        """


class Reminder:
    """Ring for an incident when it opens, and every `repeat_after_s` seconds until it is acknowledged.

    clock: a Clock, the only one that is asked.
    phone: a Phone.
    repeat_after_s: an int or a float, from 0.5 to 31_622_400, which is 366 days.

    Whatever is done to the date, and when summer time begins or ends, each ring comes on time.
    While the machine sleeps, as many seconds pass as `clock.monotonic()` says.
    Seconds may be rounded to the microsecond, and no further.
    Where the clock moves during a call, any moment of that call may be taken as its time.
    Thousands of incidents may be open.
    No call waits for anything.
    What one reminder knows, another one does not, also with the same clock and the same phone.
    """

    def __init__(self, clock: Clock, phone: Phone, *, repeat_after_s: float) -> None:
        self._clock = clock
        self._phone = phone
        self._repeat_after = timedelta(seconds=repeat_after_s)
        self._opened_at: dict[str, datetime] = {}
        self._last_ring: dict[str, datetime] = {}

    def open(self, incident: str) -> None:
        """Ring for it at once. An incident that is open already stays as it is, in its age and its order too.

        incident: a str, also an empty one.

        Every ring for it shows the date of this moment: `clock.now().isoformat()`, unchanged.
        Incidents that are due may ring in this call too: all or some of them, in the order in which they were
        opened, before this one or after it.
        """
        if incident not in self._opened_at:
            self._opened_at[incident] = self._clock.now()
            self._ring(incident)

    def tick(self) -> None:
        """Ring once for each incident that is due, in the order in which they were opened.

        An incident is due when its last ring is `repeat_after_s` or more seconds ago.
        The runtime calls this about once a second. It may come hours late, or twice in one moment.
        """
        for incident in self._opened_at:
            if self._clock.now() - self._last_ring[incident] >= self._repeat_after:
                self._ring(incident)

    def acknowledge(self, incident: str) -> float:
        """Stop ringing for it, and give the seconds for which it was open, to the microsecond.

        incident: a str, also an empty one.

        Nothing rings in this call.
        Raises KeyError if it is not open, also if it was acknowledged before; then nothing changes.
        Opened again, even right away, it is new: it rings at once, with the new date, and comes last.
        """
        opened_at = self._opened_at.pop(incident)
        del self._last_ring[incident]
        return (self._clock.now() - opened_at).total_seconds()

    def _ring(self, incident: str) -> None:
        self._last_ring[incident] = self._clock.now()
        self._phone.ring(incident, self._opened_at[incident].isoformat())
