"""Files that are given beside a learner's one: it imports them, and each process has them as new."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import closing
from textwrap import dedent

import pytest
from tiny_course import TinyCourse
from whole_machine import confined_grader

from halfway import catalog
from halfway.grading import Grader, submission
from halfway.kit import Contract, EveryStory, Unit, only_story
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.prove import Prover
from halfway.site import bundle

SYSTEM = dedent(
    """
    from dataclasses import dataclass


    @dataclass(frozen=True)
    class Opened:
        number: int


    class Full(Exception):
        pass


    def opened(number):
        return Opened(number)
    """
)
DESK = dedent(
    """
    import system
    from system import Full, Opened

    numbers = []


    def again(number):
        return system.opened(number) == Opened(number)


    def open_one():
        numbers.append(len(numbers) + 1)
        return Opened(numbers[-1])


    def number_of(opened):
        return opened.number if isinstance(opened, Opened) else None


    def refuse():
        raise Full("no more")


    def spoil():
        system.opened = Opened.extra = None
        return True


    def is_spoilt():
        return system.opened is None or hasattr(Opened, "extra")
    """
)
GIVEN = {"system": SYSTEM, "after": "from system import Opened\n\nFIRST = Opened(1)\n"}


@pytest.fixture(params=[Direct, Pipe])
def unit(request: pytest.FixtureRequest) -> Iterator[Unit]:
    """The same module over each kind of link, with two given files beside it."""
    with closing(request.param(DESK, "desk", given=GIVEN)) as link:
        yield Unit(link)


def test_a_given_class_is_one_class_for_all_who_import_it(unit):
    """A given type crosses as the learner's own do, and is equal however it was imported."""
    with only_story(unit).process():
        assert unit.again(3)
        assert unit.open_one().number == 1
        assert unit.number_of(unit.system.Opened.once(7)) == 7
        assert unit.number_of(unit.Opened.once(8)) == 8


def test_each_process_has_given_files_as_new(unit):
    """What one process has bound or tied to a given file is gone in the next, and so is what was kept."""
    story = only_story(unit)
    with story.process():
        assert unit.spoil()
        assert unit.is_spoilt()
        assert unit.open_one().number == 1
    with story.process():
        assert not unit.is_spoilt()
        assert unit.open_one().number == 1
        assert unit.again(1)


STILL = dedent(
    """
    def spoil():
        import system
        system.opened = None

    def is_spoilt():
        import system
        return system.opened is None

    def first():
        import after
        return after.FIRST.number
    """
)


@pytest.mark.parametrize("link", [Direct, Pipe])
def test_a_given_file_is_as_new_beside_one_that_nothing_changes(link):
    """The learner's own module need not be executed again, and the given one is."""
    with closing(link(STILL, "desk", given=GIVEN)) as made:
        unit = Unit(made)
        story = only_story(unit)
        with story.process():
            unit.spoil()
            assert unit.is_spoilt()
        with story.process():
            assert not unit.is_spoilt()


def test_two_files_of_one_name_are_given_to_two_programs():
    """Each process imports its own, whoever had the name before it."""
    others = {**GIVEN, "after": GIVEN["after"].replace("1", "2")}
    with (
        closing(Direct(STILL, "desk", given=GIVEN)) as one,
        closing(Direct(STILL, "desk", given=others)) as two,
    ):
        for link, first in ((one, 1), (two, 2), (one, 1), (two, 2)):
            unit = Unit(link)
            with only_story(unit).process():
                assert unit.first() == first


def test_another_machine_has_given_files(unit):
    """A program that has moved has them beside it."""
    assert only_story(unit).other_machine(lambda: unit.again(3))


def test_an_error_of_a_given_class_is_told_by_its_name(unit):
    """An exception class of a given file crosses as one of the learner's own."""
    story = only_story(unit)
    with story.process() as process:
        end = process.run(unit.refuse.later())
    assert (end.kind, end.error.mro[0], end.error.said) == ("raised", "Full", "no more")


STUB = dedent(
    """
    from system import AFTER_S, Full, Opened


    class Desk:
        @classmethod
        def made(cls) -> "Desk": ...


    def open_all(after_s: float = AFTER_S) -> tuple[Opened, ...]: ...
    """
)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("(Opened(1), Opened(2))", ""),
        ("(Opened(1), 2)", "(Opened(number=1), 2), of type tuple"),
        ("(Opened('1'),)", "(Opened(number='1'),), of type tuple"),
    ],
)
def test_an_answer_of_a_given_class_is_looked_at(answer, wrong):
    """What a contract says of given classes is compared as what it says of the stub's own."""
    given = {"system": f"AFTER_S = 900.0\n{SYSTEM}"}
    source = f"from system import *\n\n\ndef open_all(after_s=AFTER_S):\n    return {answer}\n"
    contract = Contract.of(STUB, given)
    with closing(Direct(source, "desk", given=given)) as link:
        unit = Unit(link)
        with only_story(unit).process():
            said = contract.wrong_answer("open_all", unit.open_all())
            assert said.startswith(wrong)
            assert bool(said) == bool(wrong)
            assert contract.difference(unit._shapes(["open_all"])) is None


@pytest.mark.parametrize(
    ("members", "stub", "answer"),
    [
        ("class Times(enum.IntEnum):\n    NONE, ONE = range(2)", "-> list[int]", [0, 1]),
        ("class Times(str, enum.Enum):\n    NONE, ONE = 'none', 'one'", "-> list[str]", ["none", "one"]),
        ("class Times(enum.IntFlag):\n    NONE, ONE = 0, 1", "-> list[int]", [0, 1]),
    ],
)
def test_a_member_that_is_a_number_or_a_text_is_one(members, stub, answer):
    """Who writes numbers as members of an enum of their own gives numbers."""
    source = f"import enum\n\n\n{members}\n\n\ndef times():\n    return [Times.NONE, Times.ONE]\n"
    with closing(Direct(source, "desk")) as link:
        unit = Unit(link, Contract.of(f"def times() {stub}: ...\n"))
        with only_story(unit).process():
            assert unit.times() == answer


def test_a_member_of_an_enum_of_the_stubs_stays_one():
    """What the stub calls by a name is compared by that name, whatever else it is."""
    stub = "import enum\n\n\nclass Times(enum.IntEnum):\n    NONE = 0\n\n\ndef times() -> Times: ...\n"
    source = stub.replace("...", "\n    return Times.NONE")
    with closing(Direct(source, "desk")) as link:
        unit = Unit(link, Contract.of(stub))
        with only_story(unit).process():
            assert unit.times() == unit.Times.NONE
            assert unit.times() != 0


def test_a_type_in_quotes_is_that_type():
    """A class that is not known yet where it is named stands in quotes."""
    assert Contract.of(STUB).functions["Desk.made"].returns == "Desk"


def test_given_files_stand_beside_threads(unit):
    """In a process with modelled threads the same files are there."""
    with only_story(unit).process(in_threads=True):
        assert unit.again(2)


def test_nothing_of_them_is_left_in_the_interpreter(monkeypatch):
    """A module that had the name of a given file has it again when the link is closed."""
    before = types.ModuleType("system")
    monkeypatch.setitem(sys.modules, "system", before)
    with closing(Direct(DESK, "desk", given=GIVEN)) as link:
        unit = Unit(link)
        for in_threads in (False, True, False, True):
            for story in EveryStory(unit)(depth=0):
                with story.process(in_threads=in_threads):
                    assert unit.again(1)
        unit._end()
    assert sys.modules["system"] is before
    assert "after" not in sys.modules


# ---- in a course

WORDS = '"""Given."""\n\nBEGINS = "ring/"\n'


@pytest.fixture
def with_words(tiny: TinyCourse) -> TinyCourse:
    """A tiny course with a given file, whose reference imports it."""
    (tiny.folder / "words_given.py").write_text(WORDS)
    own = tiny.suite.parent / "given" / "words_given.py"
    own.parent.mkdir()
    own.write_text(WORDS)
    toml = tiny.folder / "exercise.toml"
    toml.write_text(toml.read_text() + 'given = ["words_given.py"]\n')
    tiny.write_with(
        '    return f"ring/{incident}"', "    import words_given\n    return words_given.BEGINS + incident"
    )
    return tiny


def test_a_given_file_that_somebody_edited_does_not_count(with_words: TinyCourse, grader: Grader) -> None:
    """Suite and examples are judged with the course's own copy, whatever stands beside the stub."""
    (with_words.folder / "words_given.py").write_text('BEGINS = "edited"\n')
    for suite in ("hidden", "examples"):
        verdict = grader.grade("91", with_words.stub, suite=suite)
        assert {result.status for result in verdict.promises} == {"kept"}, verdict.promises


ELSEWHERE = """

def test_a_key_is_the_same_elsewhere(unit, story):
    \"\"\"On another machine an incident has the same key.\"\"\"
    key = story.other_machine(lambda: unit.key_of("disk"))
    promise(key == "ring/disk", saw=key, rule="a key is a name", ask="what is it made of?")
"""


def test_sandboxes_have_given_files(with_words: TinyCourse) -> None:
    """A confined verdict is the same, on another machine too."""
    with_words.suite.write_text(with_words.suite.read_text() + ELSEWHERE)
    with confined_grader() as confined:
        verdict = confined.grade("91", with_words.stub)
    assert {result.status for result in verdict.promises} == {"kept"}, verdict.promises


def test_a_process_of_its_own_has_given_files(with_words: TinyCourse, grader: Grader) -> None:
    """So has a file that is judged over a pipe."""
    verdict = grader.grade("91", with_words.stub, link="pipe")
    assert {result.status for result in verdict.promises} == {"kept"}, verdict.promises


def test_examples_leave_no_module_behind(with_words: TinyCourse) -> None:
    """Neither the learner's name nor a given one means anything once they have been imported."""
    unit = catalog.find("91", with_words.root)
    before = dict(sys.modules)
    modules = submission.imported(with_words.stub, "ring_91", unit.given_sources())
    assert list(modules) == ["words_given", "ring_91"]
    assert not modules.keys() & sys.modules.keys()
    assert before.keys() <= sys.modules.keys()


def test_a_page_has_the_copy_of_the_judge(with_words: TinyCourse) -> None:
    """What Python finds in a page holds given files where a judge looks for them."""
    (with_words.folder / "words_given.py").write_text('BEGINS = "edited"\n')
    found = dict(bundle._of_unit(catalog.find("91", with_words.root)))
    assert found["course/tests/exercises/ex91_ring_once/given/words_given.py"] == WORDS.encode()


def test_a_law_holds_both_copies_equal(with_words: TinyCourse) -> None:
    """What a learner reads is what the judge has, and no given file has the name of a library's module."""

    def said() -> list[str]:
        with Prover(with_words.root) as prover:
            findings = prover.findings(catalog.find("91", with_words.root), 1)
        return [f"{one.where} {one.what}" for one in findings if "given" in f"{one.where} {one.what}"]

    beside = with_words.folder / "words_given.py"
    own = with_words.suite.parent / "given" / "words_given.py"
    otherwise = ["exercises/ex91_ring_once/words_given.py A given file is not what the judge has of it."]
    assert said() == []
    beside.write_text("BEGINS = 1\n")
    assert said() == otherwise
    beside.unlink()
    assert said() == otherwise
    beside.write_text(WORDS)
    own.rename(own.with_name("others_given.py"))
    assert otherwise[0] in said()
    assert any("given/others_given.py" in one for one in said())


@pytest.mark.parametrize("name", ["queue.py", "words_given.txt"])
def test_a_law_wants_a_name_that_no_library_has(with_words: TinyCourse, name: str) -> None:
    """What is given is a module, and stands in nobody's way."""
    for folder in (with_words.folder, with_words.suite.parent / "given"):
        (folder / "words_given.py").rename(folder / name)
    toml = with_words.folder / "exercise.toml"
    toml.write_text(toml.read_text().replace("words_given.py", name))
    with Prover(with_words.root) as prover:
        findings = prover.findings(catalog.find("91", with_words.root), 1)
    assert "Its name is no free name of a module." in [one.what for one in findings]
