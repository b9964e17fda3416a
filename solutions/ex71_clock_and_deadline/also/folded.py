"""A policy folds samples into a frozen state, a deadline is a stopwatch, and a commit comes between."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from system import ESCALATE_AFTER_S, Board, Clock, Closed, Cycle, Opened, Row, Sample, Store

__all__ = ["Deadline", "Phone", "Policy", "Probe", "Runtime"]

LOG = logging.getLogger(__name__)
LOG.addHandler(logging.NullHandler())


class Probe(Protocol):
    def read(self, service: str, timeout_s: float) -> float: ...


class Phone(Protocol):
    def ring(self, key: str, text: str) -> None: ...


class Deadline:
    @classmethod
    def after(cls, clock: Clock, budget_s: float) -> "Deadline":
        began_s = clock.monotonic()
        deadline = cls()
        deadline.left_s = lambda: budget_s - (clock.monotonic() - began_s)
        return deadline

    left_s: Callable[[], float]

    def remaining_s(self) -> float:
        return max(self.left_s(), 0)


@dataclass(frozen=True, slots=True)
class _State:
    breaches: int = 0
    opened: int = 0
    is_open: bool = False


class Policy:
    def __init__(
        self,
        service: str,
        threshold: float = 90.0,
        needed: int = 2,
        escalate_after_s: float = ESCALATE_AFTER_S,
        row: Row | None = None,
    ) -> None:
        self.service, self.threshold, self.needed, self.escalate_after_s = (
            service,
            threshold,
            needed,
            escalate_after_s,
        )
        self.state = _State(**row) if row is not None else _State()

    def record(self, sample: Sample) -> list[Opened | Closed]:
        before, self.state = self.state, self._next(self.state, sample.value)
        incident_id = f"{self.service}/{self.state.opened}"
        match before.is_open, self.state.is_open:
            case False, True:
                text = f"{self.service} at {sample.value} since {sample.taken_at}"
                return [Opened(incident_id, text, sample.taken_at, self.escalate_after_s)]
            case True, False:
                return [Closed(incident_id)]
        return []

    def row(self) -> dict[str, Any]:
        return asdict(self.state)

    def _next(self, state: _State, value: float) -> _State:
        if value <= self.threshold:
            return replace(state, breaches=0, is_open=False)
        breaches = min(state.breaches + 1, self.needed)
        opens = breaches == self.needed and not state.is_open
        return _State(breaches, state.opened + opens, state.is_open or opens)


class Runtime:
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
        self.probe, self.store, self.phone, self.board = probe, store, phone, board
        self.clock, self.budget_s = clock, budget_s
        self.policies = [Policy(name, row=store.read(f"policy/{name}")) for name in services]

    def run_cycle(self) -> Cycle:
        deadline = Deadline.after(self.clock, self.budget_s)
        cycle = Cycle((), (), ())
        for policy in self.policies:
            cycle = self._after(cycle, policy, self._sample(policy.service, deadline))
        return cycle

    def _after(self, cycle: Cycle, policy: Policy, sample: Sample | None) -> Cycle:
        if sample is None:
            return replace(cycle, missed=(*cycle.missed, policy.service))
        decided = (*cycle.decided, *self._handled(policy, sample))
        return replace(cycle, sampled=(*cycle.sampled, policy.service), decided=decided)

    def _sample(self, service: str, deadline: Deadline) -> Sample | None:
        left_s = deadline.remaining_s()
        try:
            value = self.probe.read(service, left_s) if left_s > 0 else None
        except OSError:
            LOG.warning("no answer from %s", service)
            return None
        return None if value is None else Sample(service, value, self.clock.now().isoformat())

    def _handled(self, policy: Policy, sample: Sample) -> list[Opened | Closed]:
        news = policy.record(sample)
        opened = [each for each in news if isinstance(each, Opened)]
        for each in opened:
            self.phone.ring(each.incident_id, each.text)
        self.store.commit({f"policy/{policy.service}": policy.row()})
        for _ in opened:
            self.board.show(policy.service, "incident")
        return news
