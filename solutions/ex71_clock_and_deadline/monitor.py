"""Sample the services of one cycle, decide what has begun and what is over, and ring the on-call phone."""

from collections.abc import Sequence
from typing import Any, Protocol

from system import ESCALATE_AFTER_S, Board, Clock, Closed, Cycle, Opened, Row, Sample, Store

__all__ = ["Deadline", "Phone", "Policy", "Probe", "Runtime"]


class Probe(Protocol):
    """It asks a service how it is. From stage 4 on it is another one, so it stands here."""

    def read(self, service: str, timeout_s: float) -> float:
        """Give what the service answers: a finite float, perhaps of a class that is built on float.

        timeout_s: how long it may take, in seconds, more than 0. Told 0 it waits for ever.

        It keeps to that on good days; on bad ones it takes longer, and answers all the same.
        An OSError, such as TimeoutError, says that there is no answer.
        Whatever else it raises is no answer of a service: the probe itself is broken, or somebody stops us.
        A group of errors is no OSError, whatever is in it.
        """


class Phone(Protocol):
    """The on-call phone."""

    def ring(self, key: str, text: str) -> None:
        """Ring, and say the text. A key that it has rung for before does not ring again.

        It raises an OSError where it fails.
        """


class Deadline:
    """The end of a budget of time, and how much of it is left. It is made by `after` alone."""

    _clock: Clock
    _ends_at_s: float

    @classmethod
    def after(cls, clock: Clock, budget_s: float) -> "Deadline":
        """Give the deadline that is `budget_s` seconds from now, which is the moment of this call.

        clock: a Clock, the only one that is asked.
        budget_s: a number of seconds from 0 to 1e15, an int or a float.
        """
        deadline = cls()
        deadline._clock, deadline._ends_at_s = clock, clock.monotonic() + budget_s
        return deadline

    def remaining_s(self) -> float:
        """Give the seconds that are left: 0.0 from the deadline on, and never less than 0.0.

        Otherwise it may be wrong by a microsecond, up or down, also around the deadline, and by the distance
        of two neighbouring floats as large as the budget or as a reading of the clock; but not by more,
        however often somebody asks.
        Setting the date changes nothing of it.
        """
        return max(0.0, self._ends_at_s - self._clock.monotonic())


class Policy:
    """Decide from the samples of one service when an incident begins, and when it is over.

    service: any str but "".
    threshold: a finite float.
    needed: an int of 1 or more.
    escalate_after_s: a float; it goes into each Opened as it is.
    row: what `row` of a policy with the same arguments gave, or None for a service that nobody has sampled.
        It is read, and not changed. As a store gives it, it may be no dict: it can be read as a Mapping can,
        and nothing else.

    A policy that is made from `p.row()` goes on as `p` does, also in another process.
    Policies that are given the same samples give the same answers, whenever that is. Two policies share
    nothing.
    """

    def __init__(
        self,
        service: str,
        threshold: float = 90.0,
        needed: int = 2,
        escalate_after_s: float = ESCALATE_AFTER_S,
        row: Row | None = None,
    ) -> None:
        self._service, self._threshold, self._needed = service, threshold, needed
        self._escalate_after_s = escalate_after_s
        self._breaches: int = row["breaches"] if row else 0
        self._opened: int = row["opened"] if row else 0
        self._is_open: bool = row["is_open"] if row else False

    def record(self, sample: Sample) -> list[Opened | Closed]:
        """Give what this sample begins or ends: one Opened, one Closed, or nothing.

        sample: a Sample of this service. Each one counts, also one that equals another, in the order in which
            they come, whatever their dates.

        A value above the threshold is a breach; every other value is healthy.
        `needed` breaches with no healthy sample between them open an incident, if none is open.
        A healthy sample closes the incident that is open.
        The incidents of a service are numbered from 1, and the id of one is "<service>/<number>",
        with the number as `str` writes it.
        The text of an Opened is "<service> at <value> since <taken_at>", with the value as `str` writes it,
        and its `at` is <taken_at>, both of the sample that opened it.
        """
        if sample.value <= self._threshold:
            was_open, self._is_open, self._breaches = self._is_open, False, 0
            return [Closed(self._incident_id())] if was_open else []
        self._breaches += 1
        if self._is_open or self._breaches < self._needed:
            return []
        self._is_open, self._opened = True, self._opened + 1
        text = f"{self._service} at {sample.value} since {sample.taken_at}"
        return [Opened(self._incident_id(), text, sample.taken_at, self._escalate_after_s)]

    def row(self) -> dict[str, Any]:
        """Give what is to be stored, as plain values under three names.

        `breaches`, an int that only a policy reads, and counts as it likes; `opened`, an int: how many
        incidents there have been; `is_open`, a bool.
        Each call gives a new dict, which stays as it is.
        """
        return {"breaches": self._breaches, "opened": self._opened, "is_open": self._is_open}

    def _incident_id(self) -> str:
        return f"{self._service}/{self._opened}"


class Runtime:
    """Run cycles: ask every service, decide, tell, and store what was decided.

    services: a list, a tuple or another Sequence that can be sliced, with names, none of them twice, perhaps
        none at all. A name is any str but "". No Runtime changes it, and nobody else does. A later Runtime
        may have others.
    probe, store, phone, board: a Probe, a Store, a Phone and a Board, which nobody else uses from the moment
        this Runtime is made until a later one is made with them. Then nobody calls this one again.
    clock: a Clock, the only one that is asked. That `logging` dates its records by another one is no matter.
    budget_s: a number of seconds from 0 to 1e15, an int or a float: how long one cycle may go on asking.

    The policy of a service has the defaults of Policy, and its row is stored under "policy/<service>".
    A new Runtime reads the rows, as it is made or in its cycles, and goes on from them, whichever process
    wrote them last.
    What was not committed is decided again, and an incident has the same number then.
    Two Runtimes share nothing else, also where the probe, store, phone or board of one runs a cycle of the
    other.
    """

    def __init__(
        self,
        services: Sequence[str],
        probe: Probe,
        store: Store,
        phone: Phone,
        board: Board,
        clock: Clock,
        budget_s: float,
    ) -> None:
        rows = {service: store.read(f"policy/{service}") for service in services}
        self._policies = {service: Policy(service, row=row) for service, row in rows.items()}
        self._probe, self._store, self._phone, self._board = probe, store, phone, board
        self._clock, self._budget_s = clock, budget_s

    def run_cycle(self) -> Cycle:
        """Ask each service once, in the order of `services`, and give what came of it.

        Each cycle has its own budget, which begins with the call.
        Every probe may use all that is left of it, and no more; when the deadline says that nothing is left,
        nobody else is asked.
        Reading a row, ringing, showing and committing are not cut short, and the time that they take in a
        cycle counts.
        An answer counts whenever it comes.
        Its sample is dated `clock.now().isoformat()`, as it stands, with the offset that the clock gives. The
        clock is asked for it when the answer has come, before the store, the phone or the board is asked for
        anything.
        A service is missed when its probe raises an OSError, or when it is not asked.
        Nothing is recorded, committed, shown or rung for it, and it is asked again in the next cycle.
        The others are asked all the same.

        Each Opened is shown once, `board.show(service, "incident")`, and rung once,
        `phone.ring(incident_id, text)`. One that is decided again is shown and rung again. Nothing else is
        shown or rung, neither for an incident that closes nor for one that was open before.
        After each answer the row of its service is committed, also after a first one that is healthy. Only a
        row that equals the one in the store need not be committed again: the one that this Runtime last read
        or committed under its key. Showing, ringing and committing may stand in any order.
        A commit holds rows of services that have answered in this cycle, and nothing else.
        All of this is done for one service before the next one is asked.

        What else the probe raises, and all that the store, the phone or the board raise, ends the call, also
        the one that makes a Runtime. The first such error comes through as it was raised: the same object,
        with no note, cause, context, argument or attribute added, changed or taken away; only its traceback
        grows. Nobody calls `run_cycle` of such a Runtime again.
        """
        deadline = Deadline.after(self._clock, self._budget_s)
        sampled, missed, decided = [], [], []
        for service, policy in self._policies.items():
            sample = self._sample(service, deadline)
            if sample is None:
                missed.append(service)
                continue
            sampled.append(service)
            news = policy.record(sample)
            self._announce(service, news)
            self._store.commit({f"policy/{service}": policy.row()})
            decided += news
        return Cycle(tuple(sampled), tuple(missed), tuple(decided))

    def _sample(self, service: str, deadline: Deadline) -> Sample | None:
        left_s = deadline.remaining_s()
        if left_s == 0.0:
            return None
        try:
            value = self._probe.read(service, left_s)
        except OSError:
            return None
        return Sample(service, value, self._clock.now().isoformat())

    def _announce(self, service: str, news: list[Opened | Closed]) -> None:
        for each in news:
            if isinstance(each, Opened):
                self._board.show(service, "incident")
                self._phone.ring(each.incident_id, each.text)
