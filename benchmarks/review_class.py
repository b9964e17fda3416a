"""Makes a class: right and other answers, wrong ideas, stubs, attacks, changes of all of them, broken zips.

python benchmarks/review_class.py DIR [LEARNERS] [SEED]
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from halfway import catalog
from halfway.catalog import UnitFiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "tooling"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "attacks"))
from attack_arena import Attack, every_attack

FIRST = ("Ana", "Chloé", "Eszter", "Fatima", "Goran", "Hana", "João", "Łukasz", "Mei", "Søren")
LAST = ("Brûlé", "Çelik", "Dvořák", "García", "Huang", "Müller", "Nguyễn", "Øst", "Şahin", "王", "김", "שלום")
BROKEN = (b"no zip at all", b"PK\3\4 cut off", b"")
KINDS = {"right": 3.0, "another right": 2.0, "wrong idea": 6.0, "untouched": 1.0, "attack": 0.4}
DISCARD_PORT = 9


@dataclass(frozen=True)
class Work:
    """One file of one learner, and what it is."""

    unit: UnitFiles
    kind: str
    text: str


class Class:
    """Everything that a class of so many hands in; one in forty hands in something broken."""

    def __init__(self, folder: Path, learners: int = 1000, seed: int = 1) -> None:
        self._folder, self._chance = folder, random.Random(seed)
        around = SimpleNamespace(neighbours=folder, port=DISCARD_PORT)
        self._attacks = {attack: attack.source(around) for attack in every_attack()}
        self.works: list[Work] = []
        self.broken = 0
        folder.mkdir(parents=True)
        for number in range(learners):
            self._learner(f"{self._chance.choice(FIRST)} {self._chance.choice(LAST)} {number:04}", number)

    def _learner(self, name: str, number: int) -> None:
        if number % 40 == 39:
            self.broken += 1
            data = self._chance.choice([*BROKEN, _bomb(), _leaves()])
            (self._folder / f"{name}.zip").write_bytes(data)
            return
        works = [self._work(unit) for unit in catalog.units()]
        self.works += works
        if number % 3 == 0:
            (self._folder / f"{name}.zip").write_bytes(_zip(works))
            return
        for work in works:
            path = self._folder / name / "exercises" / work.unit.slug / work.unit.file
            path.parent.mkdir(parents=True)
            path.write_text(work.text, encoding="utf-8")

    def _work(self, unit: UnitFiles) -> Work:
        """One learner's file; two of three differ from everybody's by a line of their own."""
        kind = self._chance.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "attack":
            attack = self._chance.choice([attack for attack in self._attacks if attack.slug == unit.slug])
            kind, source = _name(attack), self._attacks[attack]
        else:
            source = self._chance.choice(_texts(unit, kind))
        return Work(
            unit, kind, source + (f"\n# {self._chance.random()}\n" if self._chance.random() < 0.66 else "")
        )


def _name(attack: Attack) -> str:
    return "right, looks odd" if attack.is_honest else "attack"


def _texts(unit: UnitFiles, kind: str) -> list[str]:
    if kind == "wrong idea":
        return [unit.program(mutant) for mutant in unit.mutants]
    files = {"right": [unit.solution], "another right": unit.also, "untouched": [unit.stub]}
    return [path.read_text(encoding="utf-8") for path in files[kind]]


def _zip(works: list[Work]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for work in works:
            archive.writestr(f"exercises/{work.unit.slug}/{work.unit.file}", work.text)
    return data.getvalue()


def _bomb() -> bytes:
    unit = catalog.units()[0]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"exercises/{unit.slug}/{unit.file}", b"0" * 50_000_000)
    return data.getvalue()


def _leaves() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("../../exercises/outside.py", "")
    return data.getvalue()


if __name__ == "__main__":
    made = Class(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    print(f"{len(made.works):,} files, {made.broken} broken zips")
