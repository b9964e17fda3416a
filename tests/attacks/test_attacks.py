"""Submissions that try to get what their code does not earn, each against a real unit."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Any

import pytest
from attack_arena import IMPATIENT, Attack, descendants, every_attack, kept
from whole_machine import needs_sandboxes

from halfway.links.sandbox.client import Sandboxes, ZygoteHost
from halfway.links.sandbox.link import Pool

ATTACKS = every_attack()
LOOK = re.compile(r"def _connections\(\):\n(?:    .*\n)+")
LATE_S = 5.0
"""How long after its limit a verdict may come, on a machine that is busy with other things."""


def _named(attacks: list[Attack]) -> Any:
    return pytest.mark.parametrize("attack", attacks, ids=lambda attack: attack.name)


def test_there_are_attacks_of_every_family() -> None:
    """At least sixty attacks stand against all three units, and every family has some."""
    families = Counter(attack.path.parent.name for attack in ATTACKS if not attack.is_honest)
    assert sum(families.values()) >= 60
    assert min(families.values()) >= 5
    assert len({attack.slug for attack in ATTACKS}) == 3


@_named([attack for attack in ATTACKS if not attack.is_honest and not attack.is_denial])
def test_a_trick_keeps_no_promise_that_its_code_breaks(arena, attack):
    """The same wrong code without the trick is the yardstick: no promise more is kept with it."""
    verdict = arena.judge(attack)
    assert kept(verdict) <= arena.deserved(attack)
    assert not verdict.fault
    assert arena.around.touched() == []


@_named([attack for attack in ATTACKS if attack.is_denial])
def test_nothing_keeps_the_judge_beyond_the_limit(arena, attack):
    """Time, memory, output, processes and room run out for the submission, and the judge says so in time."""
    verdict = arena.judge(attack)
    assert kept(verdict) <= arena.deserved(attack)
    assert verdict.seconds < IMPATIENT.seconds + arena.confined.later_s + LATE_S
    assert not verdict.fault
    assert arena.around.touched() == []


@_named([attack for attack in ATTACKS if attack.is_honest])
def test_honest_code_that_looks_suspicious_has_full_marks(arena, attack):
    """What code looks like is listed, and never judged."""
    verdict = arena.judge(attack)
    assert [result for result in verdict.promises if not result.kept] == []


def test_without_a_sandbox_the_tricks_work(arena):
    """The attacks have teeth: what sys remembers across a crash keeps a promise on the direct link."""
    attack = next(attack for attack in ATTACKS if attack.name == "memory/sys")
    gained = arena.kept_in_the_open(attack.slug, attack.source(arena.around)) - arena.deserved(attack)
    assert "test_a_new_process_does_not_ring_again" in gained


def test_attacks_on_the_line_to_the_judge_find_it():
    """All of them look for it in one way, and in a sandbox that way finds the end that can be written to."""
    needs_sandboxes()
    looks = {
        LOOK.search(attack.path.read_text())[0]
        for attack in ATTACKS
        if "def _connections" in attack.path.read_text()
    }
    assert len(looks) == 1
    source = f"import os\n{looks.pop()}\nprint(len(list(_connections())))\n"
    zygote = ZygoteHost()
    sandboxes = Sandboxes(zygote.channel())
    pool = Pool(source, "markers", sandboxes)
    try:
        pool.look()
        assert pool.try_import() is None
        assert pool._ask(["printed"]) == "1\n"
    finally:
        pool.close()
        sandboxes.close()
        zygote.close()


def test_unusual_imports_are_listed(arena):
    """Whoever reads the verdict sees which modules a file imports that no unit needs."""
    attack = next(attack for attack in ATTACKS if attack.name == "honest/uses_sys")
    assert arena.judge(attack).unusual == ("gc", "inspect", "sys")


def test_a_fork_bomb_stays_small(arena):
    """Forks without end are a handful of processes, and none of them outlives the verdict."""
    attack = next(attack for attack in ATTACKS if attack.name == "denial/forks")
    most, over = [0], threading.Event()

    def count() -> None:
        while not over.wait(0.05):
            most[0] = max(most[0], len(descendants(arena.confined._process._process.pid)))

    counting = threading.Thread(target=count)
    counting.start()
    arena.judge(attack)
    over.set()
    counting.join()
    assert 0 < most[0] < 200  # without a limit it is thousands; up to 32 sandboxes stand ready beside it
