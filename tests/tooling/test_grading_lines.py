"""What is wrong with a file is told in one kind line of the learner's world, never as a traceback."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tiny_course import TinyCourse

from halfway.grading import Frame, Grader, PromiseResult
from halfway.grading.judge import endings
from halfway.grading.judge.endings import Where
from halfway.grading.judge.given import JudgedUnit
from halfway.kit import Contract, Lane, TheirError, Unit, only_story
from halfway.links.direct import Direct
from halfway.render.text import verdict_text


def _first(grader: Grader) -> PromiseResult:
    verdict = grader.grade("91")
    shown = verdict_text(verdict, 100, opened=None)
    assert not verdict.fault, verdict.fault
    assert "Traceback" not in shown
    assert "halfway/" not in shown
    return next(p for p in verdict.promises if not p.kept)


def test_a_stub_is_still_to_be_written(tiny: TinyCourse, grader: Grader) -> None:
    """Every promise of an untouched stub names the function that is still to be written."""
    verdict = grader.grade("91")
    assert [p.saw for p in verdict.promises] == [
        "`key_of` is still to be written",
        "`publish` is still to be written",
        "`publish` is still to be written",
    ]
    assert all(p.unwritten for p in verdict.promises)
    assert verdict.misconception is None


@pytest.mark.parametrize(
    ("before", "after", "saw"),
    [
        ("import no_such\n", "", "ring.py imports what is not installed here: No module named 'no_such'"),
        ("", "X = limit + 1\n", "ring.py does not import: NameError: name 'limit' is not defined"),
        ("", "import sys\nsys.exit()\n", "ring.py ends the process while it is imported (sys.exit)"),
        ("", "raise KeyboardInterrupt\n", "ring.py does not import: KeyboardInterrupt"),
        ("", "[][1]\n", "ring.py does not import: IndexError: list index out of range"),
        ("x = '\0'\n", "", "ring.py is not Python: source code string cannot contain null bytes"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_import_reaches_no_promise(
    tiny: TinyCourse, grader: Grader, before: str, after: str, saw: str
) -> None:
    """The reason is told once, for all promises, with the line where there is one."""
    tiny.write(before + tiny.solution + after)
    verdict = grader.grade("91")
    assert [(p.status, p.saw) for p in verdict.promises] == [("not_reached", saw)] * 3
    assert all(len(p.frames) == ("\0" not in before) for p in verdict.promises)


def test_a_syntax_error_has_its_line_and_a_caret(tiny: TinyCourse, grader: Grader) -> None:
    """The line is shown, with a caret under the place where Python stopped reading."""
    tiny.write("def f():\n    return (1 +\n")
    result = _first(grader)
    assert result.status == "not_reached"
    assert result.saw == "ring.py, line 2, is not Python: '(' was never closed"
    assert result.frames == (Frame(2, "", "return (1 +"),)
    assert result.note == "return (1 +\n       ^"


def test_a_file_that_is_gone_is_told_with_the_way_back(tiny: TinyCourse, grader: Grader) -> None:
    """No file is no verdict on anybody's code; the note says how it comes back."""
    tiny.stub.unlink()
    result = _first(grader)
    assert (result.saw, result.ask) == ("ring.py is not there", "where was it saved?")
    assert "halfway reset" in result.note


def test_a_file_that_is_no_text_is_told_with_its_line(tiny: TinyCourse, grader: Grader) -> None:
    """Bytes that are not UTF-8 are named with the line they are on."""
    tiny.stub.write_bytes(b"x = 1\ny = '\xff'\n")
    assert _first(grader).saw == "ring.py, line 2, is not UTF-8 text"


def test_windows_lines_and_a_byte_order_mark_are_no_trouble(tiny: TinyCourse, grader: Grader) -> None:
    """A file saved by an editor on Windows is graded like any other."""
    tiny.stub.write_bytes(b"\xef\xbb\xbf" + tiny.solution.replace("\n", "\r\n").encode())
    assert grader.grade("91").passed


def test_a_missing_name_is_told_by_name(tiny: TinyCourse, grader: Grader) -> None:
    """A function that is not there is one line, before any story, and no promise is kept without it."""
    tiny.write_with("async def publish", "async def publisher")
    for result in grader.grade("91").promises:
        assert result.status == "broken"
        assert result.saw.startswith("ring.py has no `publish`; it has `publisher` (line ")
        assert result.timeline == ()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("publish(incident: str, markers", "publish(incident: str, day: int, markers", "takes `markers` in"),
        (", phone: Phone)", ")", "has no parameter `phone`"),
        ("publish(incident: str", "publish(*, incident: str", "takes `incident` by keyword alone"),
        ("phone: Phone)", "phone: Phone, day: int)", "wants `day` as well"),
        ("async def publish", "def publish", ""),
        ("def key_of", "async def key_of", "is an `async def`"),
        ("def key_of(incident", "def key_of(what", "has no parameter `incident`"),
    ],
)
def test_another_signature_is_told_as_one(
    tiny: TinyCourse, grader: Grader, right: str, wrong: str, said: str
) -> None:
    """A call that the stub allows and the file does not is one line, with what the stub says."""
    tiny.write(tiny.solution.replace(right, wrong).replace("await ", "" if not said else "await "))
    verdict = grader.grade("91")
    saw = {result.saw for result in verdict.promises}
    if not said:
        assert not any("the stub's is" in each for each in saw), "a plain function may give an awaitable"
        return
    assert {result.status for result in verdict.promises} == {"broken"}
    assert len(saw) == 1
    assert said in next(iter(saw))
    assert "the stub's is `" in next(iter(saw))


def test_what_a_decorator_hands_in_is_asked_of_no_caller(tiny: TinyCourse, grader: Grader) -> None:
    """A function whose decorator hands in one thing more is called as the stub says, and is right."""
    decorator = """
from functools import wraps


def with_a_day(function):
    @wraps(function)
    def called(*given, **named):
        return function("monday", *given, **named)

    return called


@with_a_day
async def publish(day, incident"""
    tiny.write(tiny.solution.replace("async def publish(incident", decorator))
    assert grader.grade("91").passed
    handed_on = (
        "*given, **named):\n    return await _publish(*given, **named)\n\n\nasync def _publish(incident"
    )
    tiny.write(tiny.solution.replace("async def publish(incident", decorator.replace("incident", handed_on)))
    assert grader.grade("91").passed
    less = decorator.replace(", incident", "")
    tiny.write(tiny.solution.replace("async def publish(incident: str", less))
    assert "has no parameter `incident`" in _first(grader).saw


def test_a_decorator_that_takes_no_keywords_is_called_by_position_alone(
    tiny: TinyCourse, grader: Grader
) -> None:
    """What a decorator gives is what callers call, whatever stands below it: it says itself what it takes."""
    decorator = """
from functools import wraps


def with_a_day(function):
    @wraps(function)
    def called(*given):
        return function("monday", *given)

    return called


@with_a_day
async def publish(day, incident"""
    tiny.write(tiny.solution.replace("async def publish(incident", decorator))
    assert "takes `incident` by position alone" in _first(grader).saw
    named = "(incident, markers, phone)", '("monday", incident, markers, phone)'
    tiny.write(
        tiny.solution.replace(
            "async def publish(incident",
            decorator.replace("(*given)", named[0]).replace('("monday", *given)', named[1]),
        )
    )
    assert grader.grade("91").passed


def shapes_of(source: str, stub: str) -> Any:
    """Gives what the names of a stub are in a source."""
    with closing(Direct(source, "desk")) as link:
        unit = Unit(link)
        with only_story(unit).process():
            return unit._shapes(Contract.of(stub).names)


def test_what_a_decorator_hands_in_is_asked_of_no_caller_of_a_method() -> None:
    """Nor is the object itself, which Python hands in."""
    stub = "class Desk:\n    def open(self, number: int) -> int: ..."
    source = """
from functools import wraps

class Desk:
    def with_a_day(method):
        @wraps(method)
        def called(self, *given, **named):
            return method(self, "monday", *given, **named)
        return called

    @with_a_day
    def open(self, day, number):
        return number
"""
    shapes = shapes_of(source, stub)
    assert Contract.of(stub).difference(shapes) is None
    assert Contract.of(stub.replace("number", "place")).difference(shapes) is not None


def test_what_a_decorator_names_itself_is_what_its_callers_name() -> None:
    """It may take an id, and hand on in its place what the id stands for."""
    stub = "class Desk:\n    def open(self, number: int, *, late: bool) -> int: ..."
    source = """
from functools import wraps

class Desk:
    def about_one(method):
        @wraps(method)
        def called(self, number, *given, **named):
            return method(self, [number], *given, **named)
        return called

    @about_one
    def open(self, found, *, late):
        return found[0]
"""
    shapes = shapes_of(source, stub)
    assert Contract.of(stub).difference(shapes) is None
    assert Contract.of(stub.replace("number", "found")).difference(shapes) is not None
    assert Contract.of(stub.replace("late", "early")).difference(shapes) is not None


RAISES = """
class Full(Exception):
    pass

class Desk:
    def refuses(self):
        raise Full

    def slips(self):
        return self.nothing
"""


@pytest.mark.parametrize(("name", "is_kept"), [("refuses", False), ("slips", True)])
def test_an_error_of_their_own_class_explains_nothing(name: str, is_kept: bool) -> None:
    """Where a thread raised it is no reason for what is wrong later; where Python raised one is."""
    with closing(Direct(RAISES, "desk")) as link:
        unit = JudgedUnit(link, None)
        with only_story(unit).process(in_threads=True) as process:
            process.threads(Lane("one", getattr(unit.Desk(), name).later()))
        assert (unit._raised is not None) == is_kept


def test_a_line_is_shown_where_code_stopped_and_not_where_it_went_on() -> None:
    """The line of an error stands under what was seen of it, and not under a later call that ended well."""
    source = "def check(number):\n    if number < 0:\n        raise ValueError(number)\n"
    with closing(Direct(source, "desk")) as link:
        unit = JudgedUnit(link, None)
        with pytest.raises(TheirError):
            unit.check(-1)
        assert unit.stopped_at("nothing was refused") == ((3, "check"),)
        assert unit._under_way_shown() == ""
        unit.check(1)
        assert unit.stopped_at("check(1) took it") == ()
        assert unit.stopped_at("check(-1) raised ValueError") == ((3, "check"),)


def test_a_warning_names_a_line_of_the_file_or_none() -> None:
    """Python warns of a coroutine that is gone at whichever line runs then."""
    said = "RuntimeWarning: coroutine 'ring' was never awaited"
    elsewhere = f"/here/loop.py:3: {said}\n  handle.run()\n<callers.py>:7: {said}\nmine\n"
    assert endings.printed(f"{elsewhere}<ring.py>:9: {said}\n  ring()\n") == (
        f"{said}\n{said}\nmine\n<ring.py>:9: {said}\n  ring()\n"
    )


def test_a_typing_error_inside_is_told_with_its_line(tiny: TinyCourse, grader: Grader) -> None:
    """A name that does not exist is told as that, not as what the story looked like without it."""
    tiny.write_body("await phone.ring(kee, incident)")
    result = _first(grader)
    assert result.saw == "your code raised NameError: name 'kee' is not defined"
    assert result.frames[-1].text == "await phone.ring(kee, incident)"


@pytest.mark.parametrize(
    ("body", "saw"),
    [
        ("return key_of(incident)", "your code calls itself too deeply (RecursionError)"),
        ("raise SystemExit(3)", "your code ends the process (sys.exit)"),
        ("raise GeneratorExit", "your code raised GeneratorExit"),
        ("raise ValueError('no', incident[:4])", "your code raised ValueError: ('no', 'disk')"),
        ("return None", "key_of('disk') returned None, and the stub says str: is a `return` missing?"),
        ("return 7", "key_of('disk') returned 7, of type int, and the stub says str"),
    ],
)  # fmt: skip
def test_what_a_function_does_is_one_line(tiny: TinyCourse, grader: Grader, body: str, saw: str) -> None:
    """Errors, exits and answers of another shape are told in the learner's words, as broken promises."""
    tiny.write_with('return f"ring/{incident}"', body)
    result = _first(grader)
    assert (result.status, result.saw) == ("broken", saw)


@pytest.mark.parametrize(("calls", "status"), [(400, "broken"), (3, "checker_fault")])
def test_the_judge_finds_no_room_on_a_stack_that_they_filled(tmp_path: Path, calls: int, status: str) -> None:
    """A port that is called at the end of their stack overflows in the judge's code, and it is theirs."""
    names: dict[str, Any] = {}
    source = "def send(port, left):\n    return send(port, left - 1) if left else port()\n"
    exec(compile(source, "deep.py", "exec"), names)

    def port() -> None:
        raise RecursionError("maximum recursion depth exceeded")

    with pytest.raises(RecursionError) as overflow:
        names["send"](port, calls)
    where = Where(tmp_path / "test_deep.py", tmp_path / "deep.py", frozenset({"deep.py"}))
    ending = endings.of(overflow.value, where)
    assert ending.status == status
    assert ("your code calls itself too deeply" in ending.saw) == (status == "broken")


def test_a_forgotten_await_is_named(tiny: TinyCourse, grader: Grader) -> None:
    """What comes back is no answer, but somebody who would have one."""
    tiny.write_body("return phone.ring(key_of(incident), incident)")
    saw = _first(grader).saw
    assert saw.endswith("returned a coroutine, and the stub says str: is an `await` missing?")


def test_an_error_keeps_what_it_came_from(tiny: TinyCourse, grader: Grader) -> None:
    """An error raised from another one is told with it."""
    tiny.write_with('return f"ring/{incident}"', "raise ValueError('b') from KeyError('a')")
    assert _first(grader).note == "it came from KeyError: 'a'"


def test_addresses_and_folders_are_not_told(tiny: TinyCourse, grader: Grader) -> None:
    """What differs from run to run and from machine to machine is left out of every text."""
    tiny.write_with('return f"ring/{incident}"', "raise ValueError(object(), __file__)")
    saw = _first(grader).saw
    assert "object at 0x...>" in saw
    assert str(tiny.root) not in saw


def test_what_it_printed_is_told_of_the_story_that_is_shown(tiny: TinyCourse, grader: Grader) -> None:
    """Of two thousand stories, the output of the one that broke is kept."""
    tiny.write_body(
        "print('before')\nawait phone.ring(incident, incident)\nprint('after')\n"
        "await phone.ring(incident + '2', incident)\nreturn incident"
    )
    result = _first(grader)
    assert result.timeline
    assert result.output == "before\nafter\nbefore\nafter\n"


def test_a_story_that_changes_when_told_again_is_broken(tiny: TinyCourse, grader: Grader) -> None:
    """Code that counts its runs outside of the process shows another story each time, and is asked why."""
    count = tiny.root / "count"
    tiny.write_body(
        f"import pathlib\npath = pathlib.Path({str(count)!r})\n"
        "runs = len(path.read_bytes()) if path.exists() else 0\npath.write_bytes(b'x' * (runs + 1))\n"
        "if runs == 5:\n    await phone.ring(incident + 'again', incident)\n"
        "await phone.ring(incident, incident)\nreturn incident"
    )
    result = _first(grader)
    assert result.status == "broken"
    assert result.saw.startswith("the same story ran differently when it was told again")
