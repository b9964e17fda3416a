"""Attacks that stand in a class among honest work: `halfway review` as an instructor types it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from attack_arena import Around, Attack, every_attack, kept

from halfway import catalog
from halfway.grading import Verdict

SECONDS_MAX = 120
HANDED_IN = {
    "ben": "memory/sys",
    "eve": "reading/neighbour",
    "fay": "reading/solution_anywhere",
    "gus": "reading/suite_on_disk",
}


@dataclass(frozen=True)
class Reviewed:
    """A class with a neighbour and four learners with tricks; what the command said, and what it wrote."""

    around: Around
    attacks: dict[str, Attack]
    said: str
    verdicts: dict[str, Verdict]

    def verdict(self, data: bytes) -> Verdict:
        """Gives what became of this content."""
        return self.verdicts[hashlib.sha256(data).hexdigest()]


@pytest.fixture(scope="module")
def reviewed(arena, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    """One review. Whatever it runs, runs in sandboxes: nobody has asked for anything else."""
    around = Around(tmp_path_factory.mktemp("school"))
    attacks = {
        name: next(a for a in every_attack() if a.name == wanted) for name, wanted in HANDED_IN.items()
    }
    for name, attack in attacks.items():
        path = around.neighbours / name / "exercises" / attack.slug / catalog.find(attack.slug).file
        path.parent.mkdir(parents=True)
        path.write_text(attack.source(around))
    out = tmp_path_factory.mktemp("report")
    words = ["review", str(around.neighbours), "--out", str(out), "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "halfway.cli", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = [Verdict.from_dict(json.loads(path.read_text())) for path in (out / "verdicts").glob("*.json")]
    yield Reviewed(around, attacks, done.stdout + done.stderr, {verdict.sha256: verdict for verdict in told})
    around.close()


@pytest.mark.slow
def test_a_class_holds_attacks_and_honest_work(reviewed):
    """One learner's right answers have full marks, and the others' tricks change nothing of that."""
    assert f"5 learners, {len(HANDED_IN) + len(catalog.units())} submissions" in reviewed.said
    assert "WARNING" not in reviewed.said
    for unit in catalog.units():
        verdict = reviewed.verdict(unit.solution.read_bytes())
        assert verdict.passed, [(p.id, p.status, p.saw) for p in verdict.promises if not p.kept]


@pytest.mark.slow
@pytest.mark.parametrize("name", HANDED_IN)
def test_nobody_in_a_class_gets_what_their_code_does_not_earn(arena, reviewed, name):
    """Neither a memory that outlives a crash nor a neighbour, a solution or a suite is there to be had."""
    attack = reviewed.attacks[name]
    verdict = reviewed.verdict(attack.source(reviewed.around).encode())
    assert kept(verdict) <= arena.deserved(attack)
    assert not verdict.fault
    assert not verdict.passed


@pytest.mark.slow
def test_without_a_sandbox_a_neighbour_can_be_read(arena, reviewed):
    """The trick has teeth: where nothing confines it, it becomes the neighbour's work."""
    attack = reviewed.attacks["eve"]
    in_the_open = arena.kept_in_the_open(attack.slug, attack.source(reviewed.around))
    assert in_the_open == {id for id, _ in catalog.find(attack.slug).promises()}


@pytest.mark.slow
def test_a_class_leaves_nothing_behind(reviewed):
    """No connection was made, no file appeared, and nobody's work was changed."""
    assert reviewed.around.touched() == []
    assert reviewed.around.changed() == []
