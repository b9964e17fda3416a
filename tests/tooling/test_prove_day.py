"""What takes long is done for a few files a day, and the report says for which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway.grading.grader import Link
from halfway.prove import Prover, Report, law_14_sandboxes
from halfway.prove.verdicts import Ask, Verdicts

MUTANTS = ["key_per_attempt", "one_key_for_all"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """A lawful course with one unit of two wrong ideas."""
    course = Tiny(tmp_path_factory.mktemp("lawful") / "course")
    yield course
    course.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Ask]:
    """Every verdict that is asked for from now on."""
    asks: list[Ask] = []
    real = Verdicts.of

    def of(self: Verdicts, wanted):
        wanted = list(wanted)
        asks.extend(wanted)
        return real(self, wanted)

    monkeypatch.setattr(Verdicts, "of", of)
    return asks


def test_every_wrong_idea_has_its_day(tiny: Tiny) -> None:
    """Day after day, others are looked at, until each was; where every file is wanted, all of them are."""
    days = []
    for day in range(4):
        with Prover(tiny.course, every=False, day=day) as prover:
            days.append([mutant.name for mutant in prover.case(tiny.unit).of_the_day(1)])
    assert days == [[MUTANTS[0]], [MUTANTS[1]], [MUTANTS[0]], [MUTANTS[1]]]
    with Prover(tiny.course) as prover:
        assert [mutant.name for mutant in prover.case(tiny.unit).of_the_day(1)] == MUTANTS


@pytest.mark.parametrize(("every", "wrong"), [(False, [MUTANTS[1]]), (True, MUTANTS)])
def test_sandboxes_take_the_files_of_the_day(
    tiny: Tiny, asked: list[Ask], monkeypatch: pytest.MonkeyPatch, every: bool, wrong: list[str]
) -> None:
    """The stub, the reference and the wrong ideas of the day are judged inside, and the report names them."""
    monkeypatch.setattr(law_14_sandboxes, "A_DAY", 1)
    with Prover(tiny.course, every=every, day=1) as prover:
        assert prover.findings(tiny.unit, 14) == []
        said = str(prover.report)
    inside = [ask.path.stem for ask in asked if ask.link == "pool"]
    assert inside == ["ring", "ring", *(["asks_three_times"] if every else []), *wrong]
    assert ("in sandboxes: the stub, the reference, `one_key_for_all`." in said) is not every
    assert ("`halfway prove --all` takes every file." in said) is not every


def test_right_answers_go_over_a_pipe_in_turn(tiny: Tiny, asked: list[Ask]) -> None:
    """The reference does each day; every answer runs again in another order, under another seed."""
    with Prover(tiny.course, every=False) as prover:
        assert prover.findings(tiny.unit, 4) == []
    ways: dict[str, list[tuple[Link, int]]] = {}
    for ask in asked:
        if ask.suite == "hidden":
            ways.setdefault(ask.path.stem, []).append((ask.link, ask.order))
    assert ways == {
        "ring": [("direct", 0), ("pipe", 2)],
        "asks_three_times": [("direct", 0), ("pipe", 2)],
    }


def test_a_report_without_a_choice_says_nothing_of_one() -> None:
    """Where every file was taken, no other command is offered."""
    assert str(Report()) == "Every law is kept."
    assert at.SLUG not in str(Report())
