"""Each stage's own runtime runs beside the files of the earlier ones, on a day without faults."""

from datetime import UTC, datetime, timedelta
from typing import Any

from capstone_process import new_process

from halfway.links import virtual


class World(dict[str, Any]):
    """All ports in one, and a clock that moves when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s, self.value = 3.0, 97.25
        self.calls: list[str] = []
        self.queued: list[Any] = []
        self.shown: dict[str, str] = {}
        self.put, self.commit = self.queued.append, self.update

    def now(self) -> datetime:
        return datetime(2026, 3, 29, tzinfo=UTC) + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return self.passed_s

    def read(self, key: str, timeout_s: float | None = None) -> Any:
        return self.get(key) if timeout_s is None else self.value

    def keys(self, prefix: str = "") -> list[str]:  # type: ignore[override]  # a store's, with a prefix
        return [key for key in self if key.startswith(prefix)]

    def ring(self, key: str, text: str) -> None:
        self.calls.append(key)

    def show(self, service: str, state: str) -> None:
        self.shown[service] = state


def a_process(world: World, polls: int) -> None:
    """Stages 1 and 2: a cycle, and who says when."""
    modules = new_process()
    cycle = modules["monitor"].Runtime(["a", "a/b"], world, world, world, world, world, 20.0).run_cycle
    runtime = modules["schedule"].Runtime(["a", "a/b"], cycle, world, world, world, 60.0)
    runtime.start()
    for _ in range(polls):
        world.passed_s += runtime.run_due()


def test_the_schedule_of_stage_2_drives_the_cycle_of_stage_1_over_a_restart() -> None:
    """An incident opens once, is escalated once, closes, and the next one has a new name."""
    world = World()
    a_process(world, 5)
    a_process(world, 20)
    assert world.calls == ["a/1", "a/b/1", "a/1/escalated", "a/b/1/escalated"]
    world.value = 20.0
    a_process(world, 2)
    world.value = 97.25
    a_process(world, 3)
    assert world.calls[4:] == ["a/2", "a/b/2"]


def test_the_worker_of_stage_3_does_every_payload_twice_and_nothing_twice() -> None:
    """Each payload comes twice, each time to another process, and an incident rings once."""
    world = World()
    for _ in range(3):
        new_process()["worker"].Runtime(*[world] * 6, 20.0).plan(["a", "a/b"])
        while world.queued:
            payload = world.queued.pop(0)
            new_process()["worker"].Runtime(*[world] * 6, 20.0).handle(payload)
            new_process()["worker"].Runtime(*[world] * 6, 20.0).handle(payload)
    assert sorted(set(world.calls)) == ["a/1", "a/b/1"] == sorted(world.calls)
    assert world.shown == {"a": "incident", "a/b": "incident"}


def test_the_edge_of_stage_4_feeds_the_decision_of_stage_3() -> None:
    """What a read gives is a sample that the worker's decision takes, and what it decides is put out."""
    world, modules = World(), new_process()

    class Core:
        polls = 0

        def apply(self, outcome: Any) -> Any:
            return modules["worker"].decide(world, outcome.sample, self.polls)

    core, edge = Core(), modules["edge"]
    probe = edge.AsyncProbe(edge.in_a_thread(world), world)
    for core.polls in (1, 2):
        virtual.run(edge.Edge(core, probe, world, world, 20.0, 2).run_cycle(["a", "a/b"]))
    assert [each.incident_id for each in world.queued] == ["a/1", "a/b/1"]
