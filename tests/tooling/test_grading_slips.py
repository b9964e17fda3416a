"""A beginner's slip is named before anything else that a broken promise says."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest
from tiny_course import TinyCourse

from halfway.grading import Grader, PromiseResult, Verdict
from halfway.grading.judge import slips
from halfway.grading.judge.endings import SHAPE_ASK, SHAPE_RULE, Ending
from halfway.render.text import verdict_text
from halfway.subject.slips import read

UNIT = "21"
COURSE = Path(__file__).resolve().parents[2]
RIGHT = (COURSE / "solutions" / "ex21_cancel_outcome" / "export.py").read_text(encoding="utf-8")
RUN = RIGHT[RIGHT.index("        done = self._archive.count") : RIGHT.index("    def outcome(self)")]
OUTCOME_AT = RIGHT.index("    def outcome(self)")
HELPER = """
    async def _send_rest(self, done: int) -> None:
        for first in range(done, len(self._alerts), self._batch_size):
            await self._archive.append(self._export_id, tuple(self._alerts[first : first + 1]))

"""
DEMO = """

class MyArchive:
    def __init__(self):
        self.rows = []

    async def append(self, export_id, batch):
        await asyncio.sleep(60)
        self.rows += batch

    def count(self, export_id):
        return len(self.rows)


async def main():
    export = Export("mine", ["a", "b", "c"], MyArchive(), 2)
    await export.run()
    print(export.outcome())


"""


@pytest.fixture
def graded(grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(COURSE)

    def grade(source: str) -> Verdict:
        path = tmp_path / "export.py"
        path.write_text(source, encoding="utf-8")
        return grader.grade(UNIT, path)

    return grade


def _first(verdict: Verdict) -> PromiseResult:
    return next(result for result in verdict.promises if not result.kept)


def _with(before: str, after: str, source: str = RIGHT) -> str:
    assert before in source
    return source.replace(before, after)


def _line_of(text: str, source: str) -> int:
    return source[: source.index(text)].count("\n") + 1


SLIPS = {
    "no return": (
        _with("return Outcome(Left", "Outcome(Left"),
        "outcome() has no `return` with a value (line {def outcome}): what its caller gets is None",
    ),
    "a return forgotten in one branch": (
        _with(
            "        return Outcome(Left.PART if done else Left.NOTHING, done)",
            "        if done > 0:\n            return Outcome(Left.PART, done)",
        ),
        "outcome() returned None, and the stub says Outcome: is a `return` missing?",
    ),
    "no await": (
        _with("await self._archive.append", "self._archive.append"),
        "line {self._archive.append(} calls append() without `await`, so it never begins",
    ),
    "a helper without its await": (
        _with(RUN, "        self._send_rest(0)\n" + HELPER),
        "line {self._send_rest(0)} calls _send_rest() without `await`, so it never begins",
    ),
    "a coroutine that is kept and never awaited": (
        _with("await self._archive.append", "kept = self._archive.append"),
        "line {kept = } calls append(), and nobody awaits it, so it never begins",
    ),
    "a tuple for an Outcome": (
        _with("return Outcome(Left.ALL, done)", "return Left.ALL, done"),
        "outcome() returned (Left.ALL, 5), of type tuple, and the stub says Outcome",
    ),
    "a text for a member": (
        _with("Left.PART if done else Left.NOTHING", '"PART" if done else "NOTHING"'),
        "outcome() returned Outcome with left='NOTHING', of type str, and the stub says left: Left",
    ),
    "a function for its answer": (
        _with("        return Outcome(Left.ALL, done)", "        return self.outcome"),
        "outcome() returned a method, and the stub says Outcome: is it called, with `()` after its name?",
    ),
    "a helper that nobody calls": (
        _with(RUN, "        self._archive.count(self._export_id)\n" + HELPER),
        "nothing calls _send_rest() (line {async def _send_rest})",
    ),
    "a helper that is named and not called": (
        _with(RUN, RUN.replace("await self._archive.append(", "self.outcome\n            str(")),
        "line {self.outcome\n} names outcome, and does not call it: there are no `()` after its name",
    ),
    "a number that is a text": (
        _with("done = self._archive.count(self._export_id)", "done = 1 + self._export_id"),
        "your code raised TypeError: unsupported operand type(s) for +: 'int' and 'str'",
    ),
    "a name misspelt": (
        _with("batch = tuple", "bacth = tuple"),
        "your code raised NameError: name 'batch' is not defined; the file has `bacth`",
    ),
    "a self forgotten": (
        _with("await self._archive.append", "await _archive.append"),
        "your code raised NameError: name '_archive' is not defined; the file has `self._archive`",
    ),
    "an attribute misspelt": (
        _with("await self._archive.append", "await self._archve.append"),
        (
            "your code raised AttributeError: 'Export' object has no attribute '_archve' "
            "(line {await self._archve}); the file has `_archive`"
        ),
    ),
    "a member misspelt": (
        _with("Left.ALL", "Left.AL"),
        "your code raised AttributeError: AL; the file has `ALL`",
    ),
    "a key misspelt": (
        _with("Outcome(Left.ALL, done)", 'Outcome(Left.ALL, {"evrything": done}["everything"])'),
        (
            "your code raised KeyError: 'everything'; "
            "the file has the key 'evrything' (line {\"evrything\": done})"
        ),
    ),
    "a method misspelt": (
        _with("def outcome(", "def outcom("),
        "Export has no `outcome`; it has `outcom` (line {def outcom(})",
    ),
    "a class misspelt": (
        _with("class Export:", "class Exports:"),
        "export.py has no `Export`; it has `Exports` (line {class Exports})",
    ),
    "a method outside its class": (
        RIGHT[:OUTCOME_AT] + "\n" + textwrap.dedent(RIGHT[OUTCOME_AT:]),
        (
            "`outcome` stands outside the class Export (line {def outcome}); "
            "its callers look for it in the class Export"
        ),
    ),
    "a method inside another one": (
        RIGHT[:OUTCOME_AT] + textwrap.indent(RIGHT[OUTCOME_AT:], "    "),
        "`outcome` stands inside run() (line {def outcome}); its callers look for it in the class Export",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_the_first_line_names_the_slip(graded, slip: str) -> None:
    """Whatever the suite compared, the first line says what a reader of the file sees at once, and where."""
    source, wanted = SLIPS[slip]
    while "{" in wanted:
        place = wanted[wanted.index("{") + 1 : wanted.index("}")]
        wanted = wanted.replace("{" + place + "}", str(_line_of(place, source)))
    assert _first(graded(source)).saw.splitlines()[0] == wanted


def test_who_never_begins_a_call_has_kept_nothing(graded) -> None:
    """A promise about what is never done is not shown as kept: the call that it is about never was made."""
    verdict = graded(SLIPS["no await"][0])
    assert not any(result.kept for result in verdict.promises)
    assert {result.status for result in verdict.promises} == {"broken", "not_reached"}


def test_a_missing_return_is_asked_about_itself(graded) -> None:
    """The rule and the question are about what is given, and not about what became of it."""
    first = _first(graded(SLIPS["no return"][0]))
    assert (first.rule, first.ask) == (SHAPE_RULE, SHAPE_ASK)


def test_a_method_outside_its_class_breaks_every_promise(graded) -> None:
    """Nobody could make the call that the promises are about, so none of them is kept."""
    for slip in ("a method outside its class", "a method misspelt"):
        assert not any(result.kept for result in graded(SLIPS[slip][0]).promises)


def test_a_protocol_is_no_place_for_code() -> None:
    """What a port is called by stands in the stub: a function of that name is looked for elsewhere."""
    source = """
from typing import Protocol

class Policy(Protocol):
    def should_retry(self, attempt): ...

class Breaker:
    def call(self): ...

def should_retry(self, attempt): ...

def run():
    attempt = 1
    while True:
        print(attempt)
"""
    facts = read(ast.parse(source))
    assert [where for where in facts["defined"] if where[0] == "should_retry"] == [["should_retry", 10, ""]]
    assert facts["stuck"] == [[13, "attempt"]]


def test_a_coroutine_that_is_driven_by_hand_is_awaited() -> None:
    """Who asks a coroutine for what a coroutine has knows what it is; a `strip` is asked of its result."""
    source = """
import asyncio

class Waiting:
    def __await__(self):
        yield from asyncio.sleep(1).__await__()
        return asyncio.sleep(1, "no").strip()
"""
    assert read(ast.parse(source))["unawaited"] == [[7, "sleep"]]


def test_a_line_of_somebody_elses_file_is_named_to_nobody() -> None:
    """A coroutine may be thrown away where callers of the suite run, or asyncio: that line is theirs."""
    warning, ours = (
        "{}:7: RuntimeWarning: coroutine 'ring' was never awaited",
        "line 7 calls ring(), and nobody",
    )
    told_of = {"<callers.py>": "it broke", "/lib/asyncio/events.py": "it broke", "<engine.py>": ours}
    for file, told in told_of.items():
        end = slips.told(Ending("broken", "it broke"), slips.Facts(), warning.format(file), "")
        assert end.saw.startswith(told)


def test_code_under_the_class_is_named_by_its_line(graded) -> None:
    """A demonstration that is indented into the class runs while the class is made, and is told so."""
    source = RIGHT + '\n    print(Export("mine", [], None, 2).outcome())\n'
    line = _line_of("    print(Export", source)
    saw = _first(graded(source)).saw
    assert saw.startswith(
        f"line {line} stands in the class Export, and runs while the class is made: NameError"
    )


LOOPS = {
    "one batch again and again": (
        _with(
            RUN,
            "        done = self._archive.count(self._export_id)\n"
            "        while done < len(self._alerts):\n"
            "            await self._archive.append(self._export_id, self._alerts[done : done + 1])\n\n",
        ),
        "append('incident', ['disk-7'])",
    ),
    "batches after the last one": (
        _with(
            RUN,
            "        first = self._archive.count(self._export_id)\n"
            "        while True:\n"
            "            batch = self._alerts[first : first + self._batch_size]\n"
            "            await self._archive.append(self._export_id, batch)\n"
            "            first += len(batch)\n\n",
        ),
        "append('incident', [])",
    ),
    "a question that is asked without waiting": (
        _with(
            RUN,
            "        while self._archive.count(self._export_id) < len(self._alerts):\n            pass\n\n",
        ),
        "count('incident')",
    ),
}


@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_that_never_advances_is_told_by_its_last_calls(graded, loop: str) -> None:
    """In virtual time: the story says which three calls were the last, and its middle is left out."""
    source, call = LOOPS[loop]
    broken = _first(graded(source))
    assert broken.status == "broken"
    assert broken.saw.startswith("it makes the same calls for ever, at last ")
    assert broken.saw.count(call) == 3
    assert len(broken.timeline) <= 20
    assert any("and so on" in event.what for event in broken.timeline)


def test_a_loop_without_a_call_is_told_by_its_line(graded) -> None:
    """A second of computing in one call is enough to know: nobody waits for the whole limit."""
    source = _with(
        RUN,
        "        done = self._archive.count(self._export_id)\n"
        "        while done < len(self._alerts):\n"
        "            batch = self._alerts[done:]\n\n",
    )
    broken = _first(graded(source))
    assert broken.status == "out_of_time"
    assert broken.frames[-1].function == "run"
    assert broken.saw in (
        "run(): after 1 s of computing it had not come back",
        "run(): after 5 s it was still running",
    )


def test_a_demonstration_at_the_bottom_runs_as_under_plain_python(graded) -> None:
    """`asyncio.run` with fakes of their own runs when the file is imported, and costs the verdict nothing."""
    source = "import asyncio\n" + RIGHT + DEMO + "asyncio.run(main())\n"
    verdict = graded(source)
    assert verdict.passed
    note = f"line {_line_of('asyncio.run(main())', source)} runs whenever somebody imports this file"
    (told,) = [result.note for result in verdict.promises if result.note]
    assert told.startswith(note)
    assert " ".join(verdict_text(verdict).split()).count(note) == 1
    guarded = source.replace("asyncio.run(", 'if __name__ == "__main__":\n    asyncio.run(')
    assert not any(result.note for result in graded(guarded).promises)
    wrong = _with("Outcome(Left.ALL, done)", "Outcome(Left.PART, done)", source)
    assert _first(graded(wrong)).saw.endswith("outcome() said PART, 5; the archive holds 5 of 5")


@pytest.mark.parametrize(
    ("bottom", "told"),
    [
        ("asyncio.run(main_())", "NameError: name 'main_' is not defined"),
        ("asyncio.run(Export('mine', ['a'], None, 2).run())", "AttributeError: 'NoneType' object has no"),
        ("asyncio.run(asyncio.Event().wait())", "every task waits and no timer is set"),
        ("name = input('whose? ')", "your code stops to ask at the keyboard (input()), and nobody is there"),
    ],
)
def test_where_the_bottom_cannot_run_its_line_is_named(graded, bottom: str, told: str) -> None:
    """The line, why it cannot run, and how a file says that a line is for its own reader alone."""
    source = "import asyncio\n" + RIGHT + DEMO + bottom + "\n"
    verdict = graded(source)
    broken = verdict.promises[0]
    assert broken.saw.startswith(f"line {_line_of(bottom, source)} runs while export.py is imported: {told}")
    assert 'if __name__ == "__main__":' in broken.note


def test_a_right_answer_has_no_slip(tiny: TinyCourse, grader: Grader) -> None:
    """What is kept is kept: an unused helper, or a file that nobody can read, changes no verdict."""
    source = (tiny.solutions / "ring.py").read_text(encoding="utf-8")
    tiny.stub.write_text(source + "\n\ndef _kept_for_later() -> str:\n    print('x')\n", encoding="utf-8")
    assert grader.grade("91").passed


def test_a_wrong_idea_is_not_told_as_a_slip(tiny: TinyCourse, grader: Grader) -> None:
    """A program without a slip says what was compared, and nothing before it."""
    for name in ("key_per_attempt", "one_key_for_all"):
        assert "\n" not in _first(grader.grade("91", tiny.mutant(name))).saw
