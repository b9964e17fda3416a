"""A clock with two hands: what each of them shows after whatever is done to the machine."""

from datetime import UTC, datetime, timedelta

import pytest
from kernel_cases import only_story, unit_of

from halfway.kit.ports import FakeClock
from halfway.links.pipe import Pipe
from halfway.sim.pressures import BETWEEN, NO_PRESSURES

READ = """
    def work(clock):
        return clock.now(), clock.monotonic(), clock.monotonic()
"""
START = datetime(2026, 3, 29, 0, 55, tzinfo=UTC)


def read(do, link=None, *, pressures=NO_PRESSURES, still=False):
    """What a program is shown after something was done, as differences to the start, and the story's seconds."""
    with unit_of(READ, **({"link": link} if link else {})) as unit:
        story = only_story(unit, pressures=pressures)
        clock = FakeClock(story, still=still)
        with story.process():
            do(clock.hands)
            wall, one, two = unit.work(clock)
    return wall, (wall - START).total_seconds(), round(one - 86_400.1, 9), round(two - one, 9), story.seconds


DONE = {
    "nothing": (lambda hands: None, 0.0, 0.0, 0.0),
    "time goes by": (lambda hands: hands.go_on(90.25), 90.0, 90.25, 90.25),
    "it is set back": (lambda hands: hands.set(-3600), -3600.0, 0.0, 0.0),
    "it is set forward": (lambda hands: hands.set(3600), 3600.0, 0.0, 0.0),
    "the machine sleeps": (lambda hands: hands.sleep(28_800), 28_800.0, 0.0, 28_800.0),
    "summer time comes": (lambda hands: hands.turn(1), 0.0, 0.0, 0.0),
}


@pytest.mark.parametrize("what", DONE)
@pytest.mark.parametrize("link", [None, Pipe])
def test_each_hand_moves_on_its_own(what, link):
    """The wall hand shows whole seconds; in a sleep the other one stands still, and the story goes on."""
    do, wall_s, monotonic_s, seconds = DONE[what]
    assert read(do, link)[1:] == (wall_s, monotonic_s, 0.0, seconds)


def test_summer_time_is_another_offset_and_no_other_moment():
    """The date is one hour further, and so is its offset."""
    winter, *_ = read(lambda hands: None)
    summer, *_ = read(lambda hands: hands.turn(1))
    assert (winter.isoformat(), summer.isoformat()) == (
        "2026-03-29T01:55:00+01:00",
        "2026-03-29T02:55:00+02:00",
    )
    assert summer == winter
    assert summer.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(("still", "between"), [(False, 1 / 512), (True, 0.0)])
def test_a_moment_passes_between_two_readings(still, between):
    """Under the pressure of what happens between two lines, and unless the clock is told to stand still."""
    *_, between_s, _ = read(lambda hands: None, pressures=frozenset({BETWEEN}), still=still)
    assert between_s == between


def test_who_reads_a_clock_cannot_move_it():
    """Its hands are for whoever arranges the story."""
    assert set(FakeClock.methods) == {"now", "monotonic"}
