"""The references of all six stages go through one storm together: that they fit is what this shows."""

import asyncio
import contextlib
from typing import Any

import pytest
from capstone_process import new_process
from capstone_world import BUDGET_S, DRAIN_S, EVERY_S, SERVICES, Broken, Ports, World

from halfway.links import virtual

STORM_S, CALM_S = 3_600.0, 1_500.0
SEEDS = range(12)
Wrong = dict[str, tuple[str, str]]


async def weather(world: World, runtime: Any) -> None:
    """While a process lives: somebody acknowledges, and somebody sets the clock."""
    while not world.is_calm:
        await asyncio.sleep(world.chance.uniform(20, 400))
        world.set_back_s += world.chance.choice((-3_600.0, 0.0, 3_600.0))
        for service in world.chance.sample(SERVICES, 1):
            row = world.rows.get(f"policy/{service}")
            if row and row["is_open"]:
                with contextlib.suppress(OSError):
                    runtime.acknowledge(f"{service}/{row['opened']}")


async def lifetime(world: World, wrong: Wrong | None) -> None:
    """One process: killed at a moment or in a commit, cancelled, or told to stop."""
    end = "stop" if world.is_calm else world.chance.choice(("kill", "commit", "cancel", "stop"))
    ports = Ports(world, world.chance.randint(1, 40) if end == "commit" else None)
    world.shown.clear()
    runtime = new_process(wrong)["runtime"].Runtime(
        SERVICES, *[ports] * 6, every_s=EVERY_S, budget_s=BUDGET_S, drain_s=DRAIN_S
    )
    stop = asyncio.Event()
    task = asyncio.create_task(runtime.run(stop))
    others = [asyncio.create_task(weather(world, runtime)), asyncio.create_task(ports.died.wait())]
    lives_s = CALM_S if world.is_calm else world.chance.uniform(1, 900)
    await asyncio.wait({task, others[1]}, timeout=lives_s, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    if not ports.is_dead:
        world.hold(not task.done(), "it ended by itself:", task)
        await ended(end, task, stop, ports)
    task.cancel()
    await asyncio.gather(task, *others, return_exceptions=True)
    world.hold(not world.broken, *world.broken)
    world.hold(ports.is_dead or asyncio.all_tasks() == {asyncio.current_task()}, "it left tasks behind")


async def ended(end: str, task: Any, stop: asyncio.Event, ports: Ports) -> None:
    """The process ends as it is told: at once, or when it has rung what it can in time."""
    told_s = ports.world.now_s()
    if end == "kill":
        ports.die()
    elif end == "stop":
        stop.set()
        stopped = await task
        ports.world.hold(
            ports.world.now_s() - told_s <= DRAIN_S + 0.1, "a stop took", ports.world.now_s() - told_s
        )
        ports.world.hold(
            set(stopped.unpublished) == set(ports.world.unpublished()), "it left something else:", stopped
        )
    else:
        task.cancel()
        await asyncio.wait({task})
        ports.world.hold(
            task.cancelled() and ports.world.now_s() == told_s, "a cancel was not passed on:", task
        )


async def story(seed: int, wrong: Wrong | None = None) -> World:
    """One storm, then one process in calm; what holds then is the course's."""
    world = World(seed, STORM_S)
    while world.now_s() < STORM_S:
        await lifetime(world, wrong)
        await asyncio.sleep(world.chance.uniform(0, 90))
    world.is_calm, world.no_phone_until_s = True, world.now_s() + 400.0
    await lifetime(world, wrong)
    outbox = {key.removeprefix("outbox/") for key in world.rows if key.startswith("outbox/")}
    world.hold(world.unpublished() == () and set(world.rang) == outbox, "lost:", outbox - set(world.rang))
    for service in SERVICES:
        end_well(world, service)
    return world


def end_well(world: World, service: str) -> None:
    """One illness is one incident, and the last one is known to everybody who has to know."""
    row, ill = world.rows[f"policy/{service}"], world.illnesses[service]
    world.hold(row["opened"] <= len(ill), "one illness, several incidents:", service, row, ill)
    world.hold(row["is_open"] == (ill[-1][1] == 1e9), "is it ill?", service, row)
    world.hold(world.shown[service] == ("incident" if row["is_open"] else "ok"), "the board:", service)
    incident_id = f"{service}/{row['opened']}"
    if row["is_open"] and not world.rows[f"reminder/{incident_id}"]["is_acknowledged"]:
        world.hold(f"{incident_id}/escalated" in world.rang, "nobody else was called:", incident_id)


def test_through_the_storm_nobody_rings_twice_and_nothing_decided_is_lost() -> None:
    """Slow, refused, unheard, killed, cancelled, clocks set: each incident rings once, under one deadline."""
    worlds = [virtual.run(story(seed)) for seed in SEEDS]
    assert sum(len(world.rang) for world in worlds) > 150
    assert sum(world.rings for world in worlds) > sum(len(world.rang) for world in worlds)


WRONG = [
    ("monitor", "clock.monotonic() + budget_s", "clock.now().timestamp() + budget_s"),
    ("monitor", 'self._opened: int = row["opened"] if row else 0', "self._opened = 0"),
    ("schedule", "self._start_s + tick * self._every_s", "self._clock.monotonic() + tick * self._every_s"),
    ("worker", "    store.commit(rows)", "    for key in rows: store.commit({key: rows[key]})"),
    ("edge", "asyncio.timeout(deadline.remaining_s())", "asyncio.timeout(None)"),
    ("edge", "except OSError as error:", "except (OSError, asyncio.CancelledError) as error:"),
    ("rules", '"is_published": True', '"is_published": False'),
    ("rules", '"person": person}', '"person": None}'),
    ("runtime", "                self._in_hand.discard(command.key)\n", ""),
    ("runtime", "        self._news.set()\n\n    async def _drain", "\n    async def _drain"),
]


@pytest.mark.parametrize(("module", "right", "wrong"), WRONG, ids=[f"{each[0]}: {each[2]}" for each in WRONG])
def test_one_wrong_line_in_one_stage_does_not_come_through(module: str, right: str, wrong: str) -> None:
    """The storm is not kind: a system with one wrong idea in one of its files breaks a promise in it."""
    with pytest.raises((Broken, virtual.HungError)):
        for seed in SEEDS:
            virtual.run(story(seed, {module: (right, wrong)}), steps_max=100_000)
