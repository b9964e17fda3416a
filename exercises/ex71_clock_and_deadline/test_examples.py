"""Examples for ex71: two cycles on a day on which little goes wrong."""

from datetime import UTC, datetime, timedelta

from monitor import Deadline, Policy, Runtime
from system import Closed, Cycle, Opened, Sample


class FakeClock:
    """A clock with two hands. It moves when it is told, so no test ever waits."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 3, 29, 1, 55, tzinfo=UTC)
        self.seconds = 86_400.0

    def now(self):
        return self.wall

    def monotonic(self):
        return self.seconds

    def go_on(self, seconds):
        """Time goes by: both hands move."""
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds


class Probe:
    """Its services answer 97.25, each after some seconds."""

    def __init__(self, clock, takes_s) -> None:
        self.clock, self.takes_s, self.asked = clock, takes_s, []

    def read(self, service, timeout_s):
        self.asked.append((service, timeout_s))
        self.clock.go_on(min(self.takes_s[service], timeout_s))
        if self.takes_s[service] > timeout_s:
            raise TimeoutError(f"no answer from {service}")
        return 97.25


class Site:
    """Services; a store, a phone and a board in one; and runtimes, each as a new process makes it."""

    def __init__(self, takes_s) -> None:
        self.clock = FakeClock()
        self.probe = Probe(self.clock, takes_s)
        self.rows, self.rang, self.shown = {}, [], {}

    def read(self, key):
        return self.rows.get(key)

    def keys(self, prefix):
        return [key for key in self.rows if key.startswith(prefix)]

    def commit(self, rows):
        self.rows.update(rows)

    def ring(self, key, text):
        self.rang.append((key, text))

    def show(self, service, state):
        self.shown[service] = state

    def runtime(self):
        return Runtime(list(self.probe.takes_s), self.probe, self, self, self, self.clock, 10.0)


def test_an_incident_opens_with_the_second_breach() -> None:
    """It is called by its service and its number, and says since when; the next one has the next number."""
    policy = Policy("disk-7")
    dates = [f"2026-03-29T01:5{minute}:00+00:00" for minute in range(5)]
    values = [97.25, 98.5, 20.0, 97.0, 91.0]
    decided = [policy.record(Sample("disk-7", *each)) for each in zip(values, dates, strict=True)]
    assert decided == [
        [],
        [Opened("disk-7/1", f"disk-7 at 98.5 since {dates[1]}", dates[1], 900.0)],
        [Closed("disk-7/1")],
        [],
        [Opened("disk-7/2", f"disk-7 at 91.0 since {dates[4]}", dates[4], 900.0)],
    ]


def test_a_deadline_counts_down() -> None:
    """It says what is left, and never less than nothing."""
    clock = FakeClock()
    deadline = Deadline.after(clock, 10.0)
    clock.go_on(4.0)
    assert deadline.remaining_s() == 6.0
    clock.go_on(7.0)
    assert deadline.remaining_s() == 0.0


def test_a_probe_gets_what_the_others_have_left() -> None:
    """The second service hangs; for the third nothing is left."""
    site = Site({"api-1": 4.0, "disk-7": 60.0, "disk-8": 1.0})
    assert site.runtime().run_cycle() == Cycle(("api-1",), ("disk-7", "disk-8"), ())
    assert site.probe.asked == [("api-1", 10.0), ("disk-7", 6.0)]


def test_a_new_process_goes_on_where_the_last_one_was() -> None:
    """One breach is stored, and the second one, in another process, opens the incident."""
    site = Site({"disk-7": 1.0})
    site.runtime().run_cycle()
    site.runtime().run_cycle()
    assert site.rang == [("disk-7/1", "disk-7 at 97.25 since 2026-03-29T01:55:02+00:00")]
    assert site.shown == {"disk-7": "incident"}
