"""Whether marking can be fooled or hurt: every attack of the tests, by family, equal verdicts, and kills.

    python benchmarks/attacks.py [--repeats N] [--kills N] [FAMILY ...]

An attack is wrong code with a trick; it is credited if it keeps a promise that its code breaks without it.
It does harm if it is told as the checker's fault, touches what is not its own, holds the judge up beyond its
limit, or leaves a process behind. Verdicts are equal if nothing in them differs but time and what is secret;
they are asked for again and again, over each link and with other hash seeds, while every core is busy.
Every figure that is to be 0 is printed as one, and the exit code is 1 if one is not.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / part) for part in ("attacks", "tooling")]

from attack_arena import PATIENT, Arena, Around, Attack, every_attack, kept, left_of  # noqa: E402

from halfway import catalog  # noqa: E402
from halfway.grading import Grader, Verdict  # noqa: E402

REPEATS, KILLS = 1_000, 50
LATE_S = 5.0
"""How long after its limit a verdict may come, on a machine that is busy with other things."""


def harms(arena: Arena, attack: Attack, verdict: Verdict) -> list[str]:
    """Says what harm an attack has done."""
    found = []
    if verdict.fault or any(result.status == "checker_fault" for result in verdict.promises):
        found.append(f"told as ours: {verdict.fault or 'a promise'}")
    found += arena.around.touched()
    if verdict.seconds > attack.limits.seconds + arena.confined.later_s + LATE_S:
        found.append(f"{verdict.seconds:.1f} s")
    return found


def attacked(families: list[str]) -> int:
    """Judges every attack, prints a row for each family, and gives how many are not as they should be."""
    total = bad = 0
    with tempfile.TemporaryDirectory() as name, Grader(confined=True) as confined, Grader() as direct:
        around = Around(Path(name).resolve() / "around")
        handed_in = Path(name).resolve() / "handed_in"
        handed_in.mkdir()
        arena = Arena(confined, direct, around, handed_in)
        rows: dict[str, Counter[str]] = {}
        for attack in every_attack():
            family = attack.path.parent.name
            if attack.is_honest or (families and family not in families):
                continue
            verdict = arena.judge(attack)
            gained, harm = kept(verdict) - arena.deserved(attack), harms(arena, attack, verdict)
            rows.setdefault(family, Counter()).update(attacks=1, credited=bool(gained), harm=bool(harm))
            for told in (*sorted(gained), *harm):
                print(f"  {attack.name}: {told}")
        around.close()
        changed = around.changed()
    left = left_of(arena)
    print(f"\n{'attacks, by family':28} {'attacks':>8} {'credited':>9} {'harm':>6}")
    for family, row in rows.items():
        print(f"{family:28} {row['attacks']:8} {row['credited']:9} {row['harm']:6}")
        total, bad = total + row["attacks"], bad + row["credited"] + row["harm"]
    print(f"{'all':28} {total:8}; processes left: {len(left)}; files changed: {len(changed)}")
    return bad + len(left) + len(changed)


@contextmanager
def busy() -> Iterator[None]:
    """While this lasts, every core has something else to do as well."""
    others = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(multiprocessing.cpu_count())]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.terminate()
            other.join()


def _spin() -> None:
    while True:
        pass


def judged(verdict: Verdict) -> Verdict:
    """The verdict, without what differs from run to run by its nature."""
    return replace(verdict, seconds=0.0, seeds=())


def repeated(repeats: int) -> int:
    """Asks again and again for verdicts on a right and a wrong program; gives how many differ."""
    differing = 0
    chance = random.Random(1)  # other seeds for hashes, the same ones each time
    print(f"\n{'equal verdicts, under load':44} {'repeats':>8} {'differ':>7}")
    with tempfile.TemporaryDirectory() as name, busy():
        for unit in catalog.units():
            wrong = Path(name) / unit.file
            # Not one that hashes: what it says of its keys differs with the seed, and should.
            wrong.write_text(unit.program(unit.mutants[-1]))
            for link in ("direct", "pipe", "pool"):
                first: dict[Path, Verdict] = {}
                differ = 0
                seeds = [str(chance.randrange(1, 2**32)) for _ in range(5)]
                for seed in seeds:
                    with Grader(hash_seed=seed, confined=link == "pool", limits=PATIENT) as grader:
                        for number in range(repeats // len(seeds)):
                            path = unit.solution if number % 2 else wrong
                            verdict = judged(grader.grade(unit.slug, path, link=link))
                            differ += verdict != first.setdefault(path, verdict)
                print(f"{f'{unit.slug}, {link}':44} {repeats:8} {differ:7}", flush=True)
                differing += differ
    return differing


def killed(kills: int) -> int:
    """Kills reviews of hostile and honest files so many times; gives how many differ, and what is left."""
    from test_review_kills_confined import KILLS as AT_ONCE
    from test_review_kills_confined import hand_in, reviewed, verdicts

    victims = differing = left = number = 0
    with tempfile.TemporaryDirectory() as name:
        calm = Path(name).resolve() / "calm"
        hand_in(calm / "class")
        left += len(reviewed(calm, 0, 0)["left"])
        while victims < kills:
            number += 1
            folder = calm.with_name(f"killed {number}")
            hand_in(folder / "class")
            said = reviewed(folder, number, min(AT_ONCE, kills - victims))
            victims += len(said["victims"])
            left += len(said["left"])
            differing += verdicts(folder) != verdicts(calm)
    print(f"\n{victims} kills -9 in {number} reviews: reports that differ {differing}, processes left {left}")
    return differing + left


def main() -> int:
    """Prints the tables. Gives 1 if anything in them is not 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("families", nargs="*")
    asked = parser.parse_args()
    bad = attacked(asked.families)
    if asked.repeats:
        bad += repeated(asked.repeats)
    if asked.kills:
        bad += killed(asked.kills)
    print(f"\nnot as it should be: {bad}")
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
