"""Examples for ex11: what rings, and when, on a clock that moves when it is told."""

from datetime import UTC, datetime, timedelta

from remind import Reminder


class FakeClock:
    """A clock with two hands. It moves when it is told, so no test ever waits."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.seconds = 86_400.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.seconds

    def go_on(self, seconds: float) -> None:
        """Time goes by: both hands move."""
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds

    def set_back(self, seconds: float) -> None:
        """Somebody sets the clock: one hand moves."""
        self.wall -= timedelta(seconds=seconds)


class RecordingPhone:
    """A phone that remembers what its display has shown."""

    def __init__(self) -> None:
        self.rang: list[tuple[str, str]] = []

    def ring(self, incident: str, opened_at: str) -> None:
        self.rang.append((incident, opened_at))


def test_it_rings_at_once_and_after_ten_minutes() -> None:
    """The display shows the date of the opening, both times."""
    clock, phone = FakeClock(), RecordingPhone()
    reminder = Reminder(clock, phone, repeat_after_s=600)
    reminder.open("disk-7")
    clock.go_on(599)
    reminder.tick()
    assert phone.rang == [("disk-7", "2026-03-01T12:00:00+00:00")]
    clock.go_on(1)
    reminder.tick()
    assert phone.rang == [("disk-7", "2026-03-01T12:00:00+00:00")] * 2


def test_it_rings_although_the_clock_was_set_back() -> None:
    """Ten minutes are ten minutes."""
    clock, phone = FakeClock(), RecordingPhone()
    reminder = Reminder(clock, phone, repeat_after_s=600)
    reminder.open("disk-7")
    clock.go_on(300)
    clock.set_back(3600)
    clock.go_on(300)
    reminder.tick()
    assert len(phone.rang) == 2


def test_an_acknowledged_incident_stays_quiet() -> None:
    """It was open for seven minutes, and that is what we are told."""
    clock, phone = FakeClock(), RecordingPhone()
    reminder = Reminder(clock, phone, repeat_after_s=600)
    reminder.open("disk-7")
    clock.go_on(420)
    assert reminder.acknowledge("disk-7") == 420.0
    clock.go_on(600)
    reminder.tick()
    assert len(phone.rang) == 1
