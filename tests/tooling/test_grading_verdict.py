"""A verdict is plain data with one JSON form, and names a misconception only when it is sure of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from tiny_course import MUTANTS, TinyCourse

from halfway import catalog
from halfway.grading import Event, Frame, Grader, Misconception, PromiseResult, Verdict
from halfway.grading.form import SCHEMA_FILE, TYPES_FILE, schema, types
from halfway.grading.verdict import STILL_TO_WRITE, Replay, recognise

BROKEN = PromiseResult(
    "test_a",
    "A.",
    "broken",
    saw="x",
    rule="r",
    ask="a?",
    frames=(Frame(3, "f", "x = 1"),),
    stories=4,
    replay="1/ring~1~lost",
    faults=1,
    timeline=(Event(0.5, "", "lost", fault=True),),
    calm=(Event(0.5, "phone", "rings"),),
    output="é\n",
)
VERDICT = Verdict(
    "ex91_ring_once",
    "ring.py",
    "0" * 64,
    "3.11.0",
    "0.1.0",
    (),
    0.1,
    4,
    (BROKEN,),
    Misconception("m", "words"),
)

HOUSE = Path(__file__).resolve().parents[2]


def test_a_verdict_survives_its_json() -> None:
    """Written and read again, a verdict is the same, and its text too."""
    again = Verdict.from_json(VERDICT.to_json())
    assert again == VERDICT
    assert again.to_json() == VERDICT.to_json()


def test_every_verdict_fits_its_schema(tiny: TinyCourse, grader: Grader) -> None:
    """The schema holds for the stub, the reference, every wrong idea and a file that is not there."""
    jsonschema.Draft202012Validator.check_schema(schema())
    for path in [
        tiny.stub,
        tiny.solutions / "ring.py",
        *map(tiny.mutant, MUTANTS),
        tiny.root / "no.py",
    ]:
        jsonschema.validate(grader.grade("91", path).to_dict(), schema())


def test_what_others_read_is_made_from_the_classes() -> None:
    """The schema and the types of a page are what a verdict's classes give: nobody keeps them by hand."""
    again = "next: python -P -m halfway.grading.form"
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == schema(), again
    assert (HOUSE / TYPES_FILE).read_text(encoding="utf-8") == types(), again


def test_the_schema_names_every_field(tiny: TinyCourse) -> None:
    """Nothing can be added to a verdict, or lost from it, without the schema noticing."""
    data = VERDICT.to_dict()
    jsonschema.validate(data, schema())
    for part in (
        data,
        data["promises"][0],
        data["promises"][0]["frames"][0],
        data["promises"][0]["timeline"][0],
    ):
        part["news"] = 1
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data, schema())
        del part["news"]
        name, value = part.popitem()
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data, schema())
        part[name] = value


def test_another_version_is_refused() -> None:
    """A verdict of a version that nobody here can read is an error, and is not guessed at."""
    data = json.loads(VERDICT.to_json()) | {"schema": 4}
    with pytest.raises(ValueError, match="schema 4"):
        Verdict.from_dict(data)


def test_passed_needs_every_promise_and_a_sound_checker() -> None:
    """No promises, one that is not kept, or a fault of the checker: none of these is a pass."""
    kept = replace(BROKEN, status="kept")
    assert replace(VERDICT, promises=(kept,)).passed
    assert not VERDICT.passed
    assert not replace(VERDICT, promises=()).passed
    assert not replace(VERDICT, promises=(kept,), fault="ours").passed
    assert not replace(VERDICT, promises=(kept, replace(kept, status="not_proved"))).passed


def _idea(name: str, caught_by: str, at_times: str = "", first_in: str = "") -> catalog.Mutant:
    tests = tuple(caught_by.split())
    return catalog.Mutant(name, "Words.", tests, (), Path("page"), 1, tuple(at_times.split()), first_in)


KNOWN = [
    _idea("one", "test_a"),
    _idea("two", "test_a test_b"),
    _idea("three", "test_b"),
    _idea("four", "test_b"),
    _idea("five", "test_d", "test_a"),
    _idea("six", "test_e", first_in="ring~1~lost"),
    _idea("seven", "test_e", first_in="ring~2~lost"),
]


def _result(id: str, status: str, saw: str = "") -> PromiseResult:
    return PromiseResult(id, "", status, saw)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ({"test_a"}, "one"),
        ({"test_a", "test_b"}, "two"),
        ({"test_b"}, None),
        ({"test_c"}, None),
        ({"test_d"}, "five"),
        ({"test_a", "test_d"}, "five"),
        ({"test_c", "test_d"}, None),
        (set(), None),
    ],
)
def test_a_misconception_is_named_if_one_mutant_alone_breaks_the_same(
    broken: set[str], name: str | None
) -> None:
    """Equal sets of broken promises name the misconception; two mutants with that set and story name none."""
    results = [
        _result(id, "broken" if id in broken else "kept") for id in ("test_a", "test_b", "test_c", "test_d")
    ]
    found = recognise(results, KNOWN)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("replay", "name"), [("5/ring~1~lost", "six"), ("5/ring~2~lost", "seven"), ("5", None), ("", None)]
)
def test_a_misconception_breaks_its_first_promise_in_the_same_story(replay: str, name: str | None) -> None:
    """The same promises, broken in another story, are another idea."""
    broken = replace(_result("test_e", "broken"), replay=replay)
    found = recognise([_result("test_a", "kept"), broken], KNOWN)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    "other", [_result("test_b", "out_of_time"), _result("test_b", "broken", f"`f` {STILL_TO_WRITE}")]
)
def test_a_limit_and_an_unwritten_function_show_no_idea(other: PromiseResult) -> None:
    """What ran into a limit, or is still to be written, is no misconception."""
    assert recognise([_result("test_a", "broken"), other], KNOWN) is None


def test_an_idea_that_left_no_trace_in_the_file_is_not_named(tmp_path: Path) -> None:
    """The same promise breaks in the same story, and what the idea is about stands nowhere in the program."""
    unit = catalog.find("41")
    program = unit.program(unit.mutant("file_in_the_key"))
    theirs = tmp_path / unit.file
    told = []
    for name in ("__file__", 'globals()["__fi" "le__"]'):
        theirs.write_text(program.replace("__file__", name))
        with Grader() as grader:
            verdict = grader.grade("41", theirs)
        told.append(([broken.id for broken in verdict.broken], verdict.misconception))
    (named, idea), (unnamed, nothing) = told
    assert named == unnamed == ["test_the_key_is_the_same_everywhere"]
    assert idea is not None
    assert idea.name == "file_in_the_key"
    assert nothing is None


@pytest.mark.parametrize("name", ["key_per_attempt", "one_key_for_all"])
def test_a_wrong_idea_is_recognised_with_its_words(tiny: TinyCourse, grader: Grader, name: str) -> None:
    """A submission that breaks what a mutant breaks is told the mutant's words."""
    known = grader.grade("91", tiny.mutant(name)).misconception
    assert known is not None
    assert known.name == name
    assert known.words.endswith(".")


@pytest.mark.parametrize(
    "text", ["2/ring~1~the-reply-is-lost+ring~2~the-call-is-refused", "2", "0/ring~1~lost"]
)
def test_a_replay_string_survives_being_read(text: str) -> None:
    """A replay string is read and written the same."""
    assert str(Replay.read(text)) == text


def test_faults_alone_are_told_of_every_promise() -> None:
    """Without a number, the story is told for each promise."""
    assert Replay.read("ring~1~lost").promise == 0


@pytest.mark.parametrize("text", ["ring", "2/ring", "ring~0~lost", "2/ring~x~lost"])
def test_a_replay_string_that_is_none_is_refused(text: str) -> None:
    """What cannot be read is named."""
    with pytest.raises(ValueError, match="label~time~option"):
        Replay.read(text)
