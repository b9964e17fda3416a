"""Stage 3, workers and payloads: one commit makes an incident exist, and plain values cross a queue."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitor import Deadline, Policy
from system import Board, Clock, Closed, Opened, PublishAlert, Row, Sample, SampleService, Store

KINDS: dict[str, tuple[type[Any], dict[str, type]]] = {
    "sample/1": (SampleService, {"service": str, "poll": int}),
    "publish/1": (PublishAlert, {"key": str}),
}


class UnknownPayload(ValueError):
    """This payload's kind, its version or its fields are not known here."""


def to_payload(command: SampleService | PublishAlert) -> dict[str, Any]:
    """Write a command as plain values that say what they are."""
    kind = next(name for name, (made, _) in KINDS.items() if isinstance(command, made))
    return {"kind": kind, **vars(command)}


def from_payload(payload: Mapping[str, Any]) -> SampleService | PublishAlert:
    """Read a command; nothing is guessed."""
    if not isinstance(payload, dict) or payload.get("kind") not in KINDS:
        raise UnknownPayload(f"no payload of a kind that is known here: {payload!r}")
    made, fields = KINDS[payload["kind"]]
    given = {name: value for name, value in payload.items() if name != "kind"}
    if {name: type(value) for name, value in given.items()} != fields:
        raise UnknownPayload(f"{payload['kind']} has other fields: {payload!r}")
    command: SampleService | PublishAlert = made(**given)
    return command


def next_poll(store: Store) -> int:
    """Take the next number of a poll: committed, so that no later process takes it again."""
    number = int((store.read("poll") or {"number": 0})["number"]) + 1
    store.commit({"poll": {"number": number}})
    return number


def decide(store: Store, sample: Sample, poll: int) -> list[Opened | Closed]:
    """Decide on a sample, and commit all that follows from it at once: this makes an incident exist.

    A sample of a poll that is decided already, or of an earlier one, decides nothing.
    """
    row = store.read(f"policy/{sample.service}")
    if row is not None and poll <= row["poll"]:
        return []
    policy = Policy(sample.service, row=row)
    news = policy.record(sample)
    rows: dict[str, Row] = {f"policy/{sample.service}": {**policy.row(), "poll": poll}}
    for each in news:
        if isinstance(each, Opened):
            rows[f"outbox/{each.incident_id}"] = {"text": each.text, "person": None, "is_published": False}
            rows[f"reminder/{each.incident_id}"] = {
                "after_s": each.escalate_after_s,
                "is_acknowledged": False,
                "is_escalated": False,
            }
    store.commit(rows)
    return news


def unpublished(store: Store) -> list[str]:
    """Give the keys of the outbox that are not known to have rung, as they stand there."""
    keys = [key.removeprefix("outbox/") for key in store.keys("outbox/")]
    return [key for key in keys if not (store.read(f"outbox/{key}") or {})["is_published"]]


def state_of(row: Row | None) -> str:
    """What the board says of a service with this row."""
    return "incident" if row is not None and row["is_open"] else "ok"


class Runtime:
    """Stage 3's own: does what payloads say, which come twice, late, and after a restart."""

    def __init__(
        self, probe: Any, store: Store, phone: Any, board: Board, queue: Any, clock: Clock, budget_s: float
    ) -> None:
        self._probe, self._store, self._phone, self._board = probe, store, phone, board
        self._queue, self._clock, self._budget_s = queue, clock, budget_s

    def plan(self, services: Sequence[str]) -> None:
        """Queue one sample of each service, under the next poll's number."""
        poll = next_poll(self._store)
        for service in services:
            self._queue.put(to_payload(SampleService(service, poll)))

    def handle(self, payload: dict[str, Any]) -> None:
        """Do what one payload says."""
        command = from_payload(payload)
        if isinstance(command, PublishAlert):
            self._publish(command.key)
        else:
            self._sample(command)

    def recover(self) -> None:
        """Show what is stored, and queue what is committed and not known to have rung."""
        for key in self._store.keys("policy/"):
            self._board.show(key.removeprefix("policy/"), state_of(self._store.read(key)))
        for key in unpublished(self._store):
            self._queue.put(to_payload(PublishAlert(key)))

    def _sample(self, command: SampleService) -> None:
        deadline = Deadline.after(self._clock, self._budget_s)
        try:
            value = self._probe.read(command.service, deadline.remaining_s())
        except OSError:
            return
        sample = Sample(command.service, value, self._clock.now().isoformat())
        decide(self._store, sample, command.poll)
        self.recover()

    def _publish(self, key: str) -> None:
        row = self._store.read(f"outbox/{key}")
        if row is None or row["is_published"]:
            return
        self._phone.ring(key, row["text"])
        self._store.commit({f"outbox/{key}": {**row, "is_published": True}})
