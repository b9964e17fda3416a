"""kill -9 in the middle of confined verdicts: the same verdicts, each once, and nothing left over."""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import review_kills
import review_kills_confined
from attack_arena import every_attack
from whole_machine import needs_sandboxes

from halfway import catalog
from halfway.catalog.turns import of_the_day
from halfway.cli.common import now

KILLS = 8
A_DAY = 5
"""Of so many units there is work in the class: over the days each has its turn."""
TRICKS = ("exits/at_exit", "forged/orphan", "memory/daemon", "memory/environ")
"""What they leave is a process, or a memory that outlives a crash, unless somebody ends them."""
OWN = ("seconds", "seeds")
"""What a verdict has of its own run."""
DRAWN = re.compile(r"\b[0-9a-f]{32}\b")
"""A key that a submission draws anew in each run: its verdict shows it."""


def hand_in(folder: Path) -> int:
    """Makes a class of real units: right, wrong, untouched and hostile; says how many."""
    nowhere = SimpleNamespace(port=0, neighbours="")
    handed = [(attack.slug, attack.source(nowhere)) for attack in every_attack() if attack.name in TRICKS]
    for unit in of_the_day(catalog.units(), A_DAY, now().toordinal()):
        wrong = (unit.program(mutant) for mutant in unit.mutants[:2])
        handed += [(unit.slug, text) for text in (unit.solution.read_text(), *wrong, unit.stub.read_text())]
    for number, (slug, text) in enumerate(handed):
        path = folder / f"learner {number:02}" / "exercises" / slug / catalog.find(slug).file
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return len(handed)


def reviewed(folder: Path, seed: int, kills: int) -> dict[str, Any]:
    """Gives who was killed, and what was left over."""
    program = review_kills_confined.__file__
    return review_kills.ended(review_kills.begun(program, folder, seed, kills, env={"TMPDIR": str(folder)}))


def verdicts(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Gives what each learner was told, without what one run has for itself."""
    book = json.loads(DRAWN.sub("drawn", (folder / "book.json").read_text()))
    return {
        name: [{key: value for key, value in verdict.items() if key not in OWN} for verdict in told]
        for name, told in book.items()
    }


@pytest.mark.slow
def test_kills_in_the_middle_of_sandboxes_change_no_verdict(tmp_path: Path) -> None:
    """Eight kills, at moments that a new seed chooses: it is printed."""
    needs_sandboxes()
    seed = random.SystemRandom().randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    disturbed, undisturbed = tmp_path / "disturbed", tmp_path / "undisturbed"
    learners = hand_in(disturbed / "class")
    hand_in(undisturbed / "class")
    assert reviewed(undisturbed, seed, 0) == {"victims": [], "left": []}
    said = reviewed(disturbed, seed, KILLS)
    assert said["left"] == []
    assert len(said["victims"]) == KILLS, said
    told = verdicts(disturbed)
    assert len(told) == learners
    assert all(len(of_one) == 1 and not of_one[0]["fault"] for of_one in told.values())
    assert told == verdicts(undisturbed)
    ends = Counter(line for line in (disturbed / "notes").read_text().splitlines() if line.startswith("ends"))
    workers = sum(victim != "coordinator" for victim in said["victims"])
    assert len(ends) == learners
    assert sum(ends.values()) - learners <= workers, "a killed worker repeats what it had in the making"
