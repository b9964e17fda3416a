"""Makes a class: right answers, other answers, wrong ideas, stubs, small changes of all of them, broken zips.

python benchmarks/review_class.py DIR [LEARNERS] [SEED]
"""

from __future__ import annotations

import io
import random
import sys
import zipfile
from pathlib import Path

from halfway import catalog
from halfway.catalog import UnitFiles

FIRST = ("Ana", "Chloé", "Eszter", "Fatima", "Goran", "Hana", "João", "Łukasz", "Mei", "Søren")
LAST = ("Brûlé", "Çelik", "Dvořák", "García", "Huang", "Müller", "Nguyễn", "Øst", "Şahin", "王", "김", "שלום")
BROKEN = (b"no zip at all", b"PK\3\4 cut off", b"")


def make_class(folder: Path, learners: int = 1000, seed: int = 1) -> Path:
    """Gives `folder`, filled: one entry a learner, one in forty of them broken in some way."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    units = catalog.units()
    for number in range(learners):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {number:04}"
        if number % 40 == 39:
            (folder / f"{name}.zip").write_bytes(chance.choice([*BROKEN, _bomb(), _leaves()]))
        elif number % 3 == 0:
            (folder / f"{name}.zip").write_bytes(_zip({u: _work(u, chance) for u in units}))
        else:
            for unit in units:
                path = folder / name / "exercises" / unit.slug / unit.file
                path.parent.mkdir(parents=True)
                path.write_text(_work(unit, chance), encoding="utf-8")
    return folder


def _work(unit: UnitFiles, chance: random.Random) -> str:
    """One learner's file; two of three differ from everybody's by a line of their own."""
    kinds = ([unit.solution], unit.also, unit.mutants, [unit.stub])
    source = chance.choice(chance.choices(kinds, (3, 2, 6, 1))[0]).read_text(encoding="utf-8")
    return source + (f"\n# {chance.random()}\n" if chance.random() < 0.66 else "")


def _zip(works: dict[UnitFiles, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for unit, text in works.items():
            archive.writestr(f"exercises/{unit.slug}/{unit.file}", text)
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
    make_class(Path(sys.argv[1]), *map(int, sys.argv[2:]))
