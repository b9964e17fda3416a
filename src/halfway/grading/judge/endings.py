"""What became of a promise, from how its test ended: a status, and the words that the learner reads.

An error of the learner's code is a broken promise. An answer of another shape than the contract is one too.
What is left is ours, and is told as ours.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from halfway import wire
from halfway.errors import StopError
from halfway.grading.submission import Trouble, frames_of_error, frames_with_text, text_of
from halfway.grading.verdict import CHECKER_FAILED, STILL_TO_WRITE, PromiseResult, Status
from halfway.links.guard import OutOfMemoryError, OutOfTimeError, TooMuchOutputError
from halfway.sim.answers import MALFORMED

SHAPE_RULE = "an answer has the shape that the stub's contract gives it"
STUB_RULE = "the stub's names and signatures are what others call"
SHAPE_ASK = "what does the stub say that it returns?"
MISSING_ASK = "what does the stub name it, and where?"
NAMES_ASK = "what do its callers find under each name of the stub?"
PORT_ASK = "what does the stub say that this call takes?"
EXIT_RULE = "the process belongs to the caller"
EXIT_ASK = "what may a function do to the process of whoever calls it?"
ASK_LOOP = "what ends this, and after how many rounds?"
RULE_TIME = "a call ends: it may compute for a second, and a whole verdict for a few"
ASK_PRINTS = "what ends this?"
ASK_LESS = "which of these steps find nothing that fewer would not find?"
LOOP_RULE = "what is done again and again comes to an end"
LOOP_ASK = "what is different each time round, and what ends it?"
SAME_RULE = "the same story, told again, goes the same way: time and chance come in by parameter"
SAME_ASK = "what does this code read or remember that does not come in by parameter?"

_SHAPE = (*MALFORMED, StopIteration)
"""What taking apart an answer of an odd shape raises."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_WARNED_ELSEWHERE = re.compile(
    r"^(?!<(?!callers\.py>)\w+\.py>:)\S+:\d+: (\w*Warning: .*)$(?:\n  .*$)?", re.MULTILINE
)
"""A warning about a line that is not the learner's: Python names whichever line ran when it was found."""
_NO_NAME = re.compile(r"(\w+\.py) has no (\w+)\Z")
_NO_CALL = re.compile(r"([\w.]+)\(\) (missing|takes|got an unexpected keyword|got multiple values) ")
DEEP = 300
"""The judge itself never has so many calls on the stack: an error that passed more passed theirs."""
_SLIPS = frozenset(("NameError", "UnboundLocalError", "ProcessRefusedError", "RecursionError", "SystemExit"))
_TEXT_MAX = 600


@dataclass(frozen=True)
class Ending:
    """What is said of one promise, before its story is told."""

    status: Status
    saw: str = ""
    rule: str = ""
    ask: str = ""
    frames: tuple[tuple[int, str], ...] = ()
    note: str = ""
    told_again: bool = True
    story: Any = None
    until: int | None = None
    """How many events of the story are shown; None for all."""


@dataclass(frozen=True)
class Where:
    """What an ending is judged by: the suite's file, the learner's, and the last call that the suite made."""

    suite: Path
    file: Path
    names: frozenset[str] = frozenset()
    last_call: str = ""
    under_way: str = ""
    """The call that has not ended."""
    plainer: tuple[tuple[str, str], ...] = ()
    """What is replaced in every text: paths of this machine."""


def clean(text: str, plainer: Iterable[tuple[str, str]] = ()) -> str:
    """Gives the text without what differs between runs and machines, and not longer than is read."""
    for before, after in plainer:
        text = text.replace(before, after)
    text = _ADDRESS.sub("0x...", _CONTROL.sub(_escaped, text))
    return text if len(text) <= _TEXT_MAX else text[: _TEXT_MAX - 4] + " ..."


def printed(text: str, plainer: Iterable[tuple[str, str]] = ()) -> str:
    """Gives what was printed as it is shown; a warning names a line only where that is one of the file."""
    return clean(_WARNED_ELSEWHERE.sub(r"\1", text), plainer)


def _escaped(match: re.Match[str]) -> str:
    """Gives a character that would move a terminal's cursor, or be no text at all, as Python spells it."""
    return repr(match[0])[1:-1]


def without_paths(*folders: Path) -> tuple[tuple[str, str], ...]:
    """Gives what is replaced so that paths below these folders, and below home, are told from there."""
    return tuple((f"{folder}{os.sep}", "") for folder in (*folders, Path.home()))


def of(error: BaseException | None, where: Where) -> Ending:
    """Gives what became of a promise whose test ended with `error`, or with none."""
    if error is None:
        return Ending("kept")
    for judge in (_of_limit, _of_promise, _of_theirs, _of_link, _of_process):
        ending = judge(error, where)
        if ending is not None:
            return ending
    if isinstance(error, _SHAPE) and _is_by_suite(error.__traceback__, str(where.suite)):
        why = f"{type(error).__name__}: {text_of(error)}"
        if where.last_call:
            return Ending(
                "broken", where.last_call, SHAPE_RULE, SHAPE_ASK, note=f"taking it apart gave {why}"
            )
        return Ending("broken", f"taking an answer apart gave {why}", SHAPE_RULE, SHAPE_ASK)
    return of_checker_fault(error)


class SlipError(StopError):
    """The learner's code cannot be judged by what it did: it was cut short by a slip, and `error` names it.

    A BaseException, so that a suite which asks how a call ended is not told that it ended like this.
    """

    def __init__(self, error: Any) -> None:
        super().__init__(error.said)
        self.error = error


class EndlessError(StopError):
    """A call does nothing but repeat itself: no story goes on from there, and no suite is asked about it."""


def is_slip(error: Any) -> bool:
    """Is this error one that no story is about: a name or a signature that is not there, a typing error?"""
    kind = error.mro[0]
    if kind in _SLIPS:
        return True
    if error.frames:
        return False
    missing = kind == "AttributeError" and _NO_NAME.match(error.said)
    return bool(missing or (kind == "TypeError" and _NO_CALL.match(error.said)))


def with_its_time(end: Ending, unit: Any) -> Ending:
    """Say what the time went into, where it is used up and the unit knows it."""
    told = getattr(unit, "_takes_long", "") if end.status == "out_of_time" else ""
    return replace(end, saw=f"{end.saw}\n{told}", ask=ASK_LESS) if told else end


def _of_limit(error: BaseException, where: Where) -> Ending | None:
    if isinstance(error, MemoryError | OutOfMemoryError):
        frames = tuple(error.args[0]) if isinstance(error, OutOfMemoryError) else ()
        saw = "it needs more memory than there is for a verdict"
        return Ending(
            "out_of_memory", saw, ask="what is kept here, and for how long?", frames=frames, told_again=False
        )
    if isinstance(error, OutOfTimeError):
        saw = f"{where.under_way}: {text_of(error)}" if where.under_way else text_of(error)
        return Ending("out_of_time", saw, RULE_TIME, ASK_LOOP, told_again=False)
    if isinstance(error, TooMuchOutputError):
        return Ending("too_much_output", text_of(error), ask=ASK_PRINTS, told_again=False)
    return None


def _of_promise(error: BaseException, where: Where) -> Ending | None:
    from halfway import kit

    if isinstance(error, kit.BrokenError):
        return Ending("broken", error.saw, error.rule, error.ask, story=error.story, until=error.until)
    if isinstance(error, kit.CappedError):
        fewer = f"among them every story with fewer than {error.depth} faults"
        saw = f"{error.told:,} stories kept it, {fewer}; there are more"
        ask = "what makes so many things happen in so short a story?"
        return Ending(
            "not_proved", saw, "a promise is proved when every story is told", ask, told_again=False
        )
    if isinstance(error, kit.UntoldError):
        return Ending(
            "not_proved",
            f"{error.told:,} stories kept it; in none of them your code's process told which of two calls, "
            "both of them ready, could go first",
            "a promise is proved when every order is told",
            "what does this code change about its event loop?",
            note="for whoever marks: an event loop that nobody has changed always tells this",
            told_again=False,
        )
    if isinstance(error, kit.PortFailedError):
        return Ending("broken", text_of(error), "a port is called as its contract says", PORT_ASK)
    if isinstance(error, kit.NotRepeatableError):
        saw = f"the same story ran differently when it was told again: {error}"
        return Ending("broken", saw, SAME_RULE, SAME_ASK, told_again=False)
    return None


def _of_theirs(error: BaseException, where: Where) -> Ending | None:
    from halfway import kit

    if isinstance(error, SlipError):
        return _of_slip(error.error)
    if isinstance(error, EndlessError):
        return Ending("broken", str(error), LOOP_RULE, LOOP_ASK)
    if not isinstance(error, kit.TheirError):
        return None
    if error.mro[0] == "NotImplementedError":
        return unwritten(error.frames, where.file)
    saw = f"your code raised {error.mro[0]}" + (f": {error.said}" if error.said else "")
    return Ending("broken", saw, frames=tuple(error.frames[-6:]), note=_came_from(error))


def _of_slip(error: Any) -> Ending:
    kind, frames = error.mro[0], tuple(error.frames[-6:])
    if kind == "AttributeError" and (missing := _NO_NAME.match(error.said)):
        saw = f"{missing[1]} has no `{missing[2]}`"
        return Ending("broken", saw, STUB_RULE, "what does the stub name it?", told_again=False)
    if kind == "TypeError" and (call := _NO_CALL.match(error.said)):
        saw = f"`{call[1]}` cannot be called as the stub says: {error.said}"
        return Ending("broken", saw, STUB_RULE, "what does the stub take?", told_again=False)
    if kind == "RecursionError":
        return _of_recursion(frames)
    if kind == "SystemExit":
        return _of_exit(frames)
    if kind == "ProcessRefusedError":
        return Ending("broken", error.said, frames=frames, told_again=False)
    return Ending("broken", f"your code raised {kind}: {error.said}", frames=frames, told_again=False)


def _of_recursion(frames: tuple[tuple[int, str], ...]) -> Ending:
    saw = "your code calls itself too deeply (RecursionError)"
    return Ending("broken", saw, "", "which call is the last one?", frames[-3:], told_again=False)


def _of_exit(frames: Iterable[tuple[int, str]]) -> Ending:
    saw = "your code ends the process (sys.exit)"
    return Ending("broken", saw, EXIT_RULE, EXIT_ASK, tuple(frames), told_again=False)


def unwritten(frames: Iterable[tuple[int, str]], file: Path) -> Ending:
    """Gives the ending of code that raised NotImplementedError."""
    frames = tuple(frames)
    name = next((function for _, function in reversed(frames) if function.isidentifier()), file.name)
    return Ending("broken", f"`{name}` {STILL_TO_WRITE}", frames=frames[-1:], told_again=False)


def _came_from(error: Any) -> str:
    parts = [*error.inner, error.cause]
    told = [f"{p['mro'][0]}: {p['said']}" if p["said"] else p["mro"][0] for p in parts if p]
    if not told:
        return ""
    return ("with " if error.inner else "it came from ") + "; ".join(map(str, told))


def _of_link(error: BaseException, where: Where) -> Ending | None:
    from halfway import kit
    from halfway.links.sandbox.link import DiedError

    if isinstance(error, kit.NotPlainError | wire.NotPlainError):
        return Ending("broken", f"an answer holds {error}", SHAPE_RULE, SHAPE_ASK)
    if isinstance(error, kit.HungError):
        return Ending("broken", f"it never ends: {error}", "", "who wakes what waits here?")
    if isinstance(error, kit.CancelledError):
        saw = "it ends as cancelled, and nobody had cancelled it"
        return Ending("broken", saw, "a call ends as cancelled when its caller cancels it")
    if isinstance(error, DiedError):
        return Ending("broken", str(error), EXIT_RULE, EXIT_ASK, told_again=False)
    if isinstance(error, kit.FoulError):
        return Ending("broken", f"your code's process said what no program says: {error}", told_again=False)
    return None


def _of_process(error: BaseException, where: Where) -> Ending | None:
    frames = frames_of_error(error, where.names)
    if isinstance(error, SystemExit):
        return _of_exit(frames)
    if isinstance(error, RecursionError) and frames and _depth(error) > DEEP:
        # The judge, called by a port on top of their stack, found no room on it.
        return _of_recursion(tuple(frames))
    if isinstance(error, KeyboardInterrupt | GeneratorExit):
        return Ending(
            "broken", f"your code raised {type(error).__name__}", frames=tuple(frames), told_again=False
        )
    return None


def _depth(error: BaseException) -> int:
    """How many calls an error has passed."""
    passed, traceback = 0, error.__traceback__
    while traceback is not None:
        passed, traceback = passed + 1, traceback.tb_next
    return passed


def _is_by_suite(traceback: TracebackType | None, suite: str) -> bool:
    """Was it the suite that failed in taking something apart, by itself or with the standard library?"""
    is_so = False
    while traceback is not None:
        frame, traceback = traceback.tb_frame, traceback.tb_next
        if frame.f_code.co_filename == suite:
            is_so = True
        elif str(frame.f_globals.get("__name__")).partition(".")[0] not in sys.stdlib_module_names:
            is_so = False
    return is_so


def of_checker_fault(error: BaseException) -> Ending:
    """Gives the ending of a promise that could not be checked because something of ours failed."""
    traceback, place = error.__traceback__, ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        place = f"{Path(code.co_filename).name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    note = f"{type(error).__name__}: {text_of(error)} ({place})"
    return Ending("checker_fault", CHECKER_FAILED, note=note, told_again=False)


def of_trouble(trouble: Trouble) -> Ending:
    """Gives the ending of every promise of a file that cannot be run."""
    frames = tuple((frame.line, frame.function) for frame in trouble.frames)
    return Ending("not_reached", trouble.saw, "", trouble.ask, frames, trouble.note, told_again=False)


def other_way(first: Ending, second: Ending) -> Ending:
    """Gives the ending of a story that went another way when it was told again."""
    after = "it was kept" if second.status == "kept" else second.saw
    saw = f"the same story ran differently when it was told again: first {first.saw}; then {after}"
    return Ending("broken", saw, SAME_RULE, SAME_ASK)


def result(ending: Ending, id: str, text: str, source: str, where: Where, **told: Any) -> PromiseResult:
    """Gives the promise's result: the ending's words, made clean, with what `told` adds of its story."""
    return PromiseResult(
        id,
        text,
        ending.status,
        saw=clean(ending.saw, where.plainer),
        rule=ending.rule,
        ask=ending.ask,
        frames=frames_with_text(ending.frames, source),
        note=clean(ending.note, where.plainer),
        **told,
    )
