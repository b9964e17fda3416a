"""Whether an incident is open follows from the count; a row is read late, and written if it has changed."""

from collections.abc import Sequence
from typing import Any, Protocol

from system import ESCALATE_AFTER_S, Board, Clock, Closed, Cycle, Opened, Row, Sample, Store

__all__ = ["Deadline", "Phone", "Policy", "Probe", "Runtime"]


class Probe(Protocol):
    def read(self, service: str, timeout_s: float) -> float: ...


class Phone(Protocol):
    def ring(self, key: str, text: str) -> None: ...


class Deadline:
    def __init__(self, clock: Clock, ends_at_s: float) -> None:
        self.clock, self.ends_at_s = clock, ends_at_s

    @classmethod
    def after(cls, clock: Clock, budget_s: float) -> "Deadline":
        return Deadline(clock, clock.monotonic() + budget_s)

    def remaining_s(self) -> float:
        return max(self.ends_at_s, now_s := self.clock.monotonic()) - now_s


class Policy:
    def __init__(
        self,
        service: str,
        threshold: float = 90.0,
        needed: int = 2,
        escalate_after_s: float = ESCALATE_AFTER_S,
        row: Row | None = None,
    ) -> None:
        self.service, self.threshold, self.needed = service, threshold, needed
        self.escalate_after_s = escalate_after_s
        self.breaches: int = row["breaches"] if row else 0
        self.opened: int = row["opened"] if row else 0

    @property
    def is_open(self) -> bool:
        return self.breaches >= self.needed

    def record(self, sample: Sample) -> list[Opened | Closed]:
        if not sample.value > self.threshold:
            over = [Closed(f"{self.service}/{self.opened}")] if self.is_open else []
            self.breaches = 0
            return [*over]
        self.breaches += 1
        if self.breaches != self.needed:
            return []
        self.opened += 1
        text = f"{self.service} at {sample.value} since {sample.taken_at}"
        return [
            Opened(
                incident_id="/".join((self.service, str(self.opened))),
                text=text,
                at=sample.taken_at,
                escalate_after_s=self.escalate_after_s,
            )
        ]

    def row(self) -> dict[str, Any]:
        return {"is_open": self.is_open, "opened": self.opened, "breaches": self.breaches}


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
        self.services, self.budget_s, self.clock = tuple(services), budget_s, clock
        self.probe, self.store, self.phone, self.board = probe, store, phone, board

    def run_cycle(self) -> Cycle:
        ends = Deadline.after(self.clock, self.budget_s)
        missed: list[str] = []
        decided: list[Opened | Closed] = []
        for service in self.services:
            left_s = ends.remaining_s()
            try:
                if left_s <= 0:
                    raise TimeoutError("nothing is left")
                value = self.probe.read(timeout_s=left_s, service=service)
            except OSError:
                missed.append(service)
            else:
                taken_at = self.clock.now().isoformat()
                decided += self._recorded(Sample(service=service, value=value, taken_at=taken_at))
        sampled = tuple(name for name in self.services if name not in missed)
        return Cycle(sampled=sampled, missed=tuple(missed), decided=tuple(decided))

    def _recorded(self, sample: Sample) -> list[Opened | Closed]:
        key = f"policy/{sample.service}"
        row = self.store.read(key)
        policy = Policy(sample.service, row=row)
        news = policy.record(sample)
        for each in news:
            if isinstance(each, Opened):
                self.board.show(sample.service, "incident")
                self.phone.ring(text=each.text, key=each.incident_id)
        if policy.row() != row:
            self.store.commit({key: policy.row()})
        return news
