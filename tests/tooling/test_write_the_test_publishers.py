"""The publishers of unit 44: right ones keep the stub's sentences, wrong ones break one in a short story."""

from __future__ import annotations

import importlib.util
import sys
from random import Random
from types import ModuleType
from typing import Any

import pytest

from halfway import catalog

SHORT = {"ask": 12, "fault": 8, "restart": 2, "day": 1}
NAME_MAX, REVISION_MAX = 100, 1_000
WALKS, STEPS = 40, 60
ALERTS = (("disk-7", 1), ("disk-7", 2), ("Disk-7", 1), ("api-3", 11), ("caf\u00e9", 1), ("d", 11), ("d1", 1))


def suite_of(slug: str) -> ModuleType:
    """The suite, as a module of its own."""
    path = catalog.find(slug).suite
    spec = importlib.util.spec_from_file_location("publishers_of_44", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SUITE = suite_of("44")
PUBLISHERS = SUITE.line_up(Random(7))
RIGHT = [each for each in PUBLISHERS if each.family == "right"]
WRONG = [each for each in PUBLISHERS if each.family in SUITE.WRONG]


class Judge:
    """Holds one publisher to the sentences of the stub, after each step of a story."""

    def __init__(self, publisher: Any) -> None:
        self.scene = SUITE.Scene(publisher)
        self.broken = "it rings when it starts" if self.scene.heard else ""

    def step(self, step: Any) -> None:
        """One step: an ask, as incident and revision, or the name of something else."""
        heard, faults = list(self.scene.heard), len(self.scene.faults)
        if type(step) is not tuple:
            assert self.scene.answer(step) is None, f"{step} cannot be asked for here"
            self.broken = self.broken or ("it rings unasked" if self.scene.heard != heard else "")
            return
        ended, text = self.scene.answer(("publish", *step)), SUITE.told(*step)
        if self.scene.heard not in (heard, [*heard, text]):
            self.broken = "something else rings"
        elif self.scene.heard.count(text) > 1:
            self.broken = "it rings twice"
        elif ended == "returned" and text not in self.scene.heard:
            self.broken = "it has returned, and not rung"
        elif ended != "returned" and len(self.scene.faults) == faults:
            self.broken = "nothing strikes it, and it does not return"


def told(publisher: Any) -> str:
    return str(publisher.words)


@pytest.mark.parametrize("publisher", WRONG, ids=told)
def test_a_short_story_shows_each_wrong_publisher(publisher: Any) -> None:
    """Its own story breaks a sentence, and is as short as the stub says."""
    judge, parts = Judge(publisher), dict.fromkeys(SHORT, 0)
    for step in publisher.story:
        judge.step(step)
        parts["ask" if type(step) is tuple else SUITE.PARTS.get(step, "fault")] += 1
    assert judge.broken
    assert all(parts[part] <= most for part, most in SHORT.items())
    for incident, revision in (step for step in publisher.story if type(step) is tuple):
        assert len(incident) <= NAME_MAX
        assert revision <= REVISION_MAX


@pytest.mark.parametrize("publisher", RIGHT, ids=told)
def test_a_right_publisher_keeps_every_sentence(publisher: Any) -> None:
    """Walks of every kind of step break none."""
    for seed in range(WALKS):
        dice, judge = Random(seed), Judge(publisher)
        for _ in range(STEPS):
            chance = dice.random()
            if chance < 0.55:
                judge.step(dice.choice(ALERTS))
            elif chance < 0.85:
                judge.step(dice.choice(list(SUITE.FAULTS)))
            elif chance < 0.93:
                judge.step(SUITE.RESTART)
            elif not judge.scene.unfinished:
                judge.step(SUITE.DAY)
        assert not judge.broken


def test_every_publisher_has_words_of_its_own() -> None:
    """No two are told in the same words."""
    assert len({each.words for each in PUBLISHERS}) == len(PUBLISHERS)
