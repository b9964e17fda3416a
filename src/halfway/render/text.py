"""What a learner is shown of a verdict, as lines: plain text here, with colours in `terminal`.

The form is fixed: the promise, Saw, Rule, Ask, the smallest story, the same without its faults, the learner's
own lines, and the command that tells the story again.
"""

from __future__ import annotations

import textwrap

from halfway.grading.verdict import PromiseResult, Verdict
from halfway.render.lanes import NBSP, Lanes, Line, wrapped
from halfway.render.manner import SIGNS, USUAL, Manner
from halfway.render.strokes import Pen

WIDTH = 80
WIDTH_MIN = 32
OUTPUT_LINES = 12
OF_NO_USE = "RuntimeWarning: Enable tracemalloc to get the object allocation traceback"
"""What Python says of its own debugging after a warning: no reader of a verdict can do it."""

MARKS = SIGNS
SAID = {
    "not_proved": "not proved",
    "not_reached": "not reached",
    "out_of_time": "out of time",
    "out_of_memory": "out of memory",
    "too_much_output": "too much output",
    "checker_fault": "the checker failed",
}


def plain(lines: list[Line]) -> str:
    """Gives lines as text without colour."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines) + "\n"


def verdict_text(verdict: Verdict, width: int = WIDTH, *, opened: int | None = 1) -> str:
    """Gives what a learner is shown, without colour: all promises, the first `opened` broken ones in full."""
    return plain(verdict_lines(verdict, width, opened=opened))


def promise_text(result: PromiseResult, unit: str, width: int = WIDTH) -> str:
    """Gives one promise in full, without colour."""
    return plain(promise_lines(result, unit, width))


def verdict_lines(
    verdict: Verdict, width: int = WIDTH, *, opened: int | None = 1, manner: Manner = USUAL
) -> list[Line]:
    """Gives what a learner is shown: every promise on a line, then the first `opened` broken ones in full.

    Where every promise has the same to say (nothing is written yet, a line is no Python), it is said first,
    and once.
    """
    width = max(width, WIDTH_MIN)
    head: Line = [(verdict.unit, "head"), (f"  {verdict.file}", "dim")]
    end: list[Line] = [[], [(summary(verdict), "kept" if verdict.passed else "")]]
    if verdict.replayed is not None:
        return [head, [], *promise_lines(verdict.replayed, verdict.unit, width, manner=manner), *end]
    listed = [line for result in verdict.promises for line in _listed(result, verdict.unit, width, manner)]
    for result in verdict.promises:
        if result.kept and result.note:
            listed += [[], *_note(result, width, manner)]
    if _say_the_same(verdict):
        return [head, *_body(verdict.promises[0], verdict.unit, width, manner), [], *listed, *end]
    lines: list[Line] = [head, [], *listed]
    for result in _worth_opening(verdict)[:opened]:
        lines += [[], *promise_lines(result, verdict.unit, width, manner=manner)]
    if verdict.misconception is not None:
        lines += [[], *_misconception(verdict.misconception.words, width)]
    if verdict.fault:
        lines += [[], *_checker_fault(verdict.fault, width)]
    return [*lines, *end]


def _say_the_same(verdict: Verdict) -> bool:
    said = {"" if result.unwritten else f"{result.status}: {result.saw}" for result in verdict.promises}
    return (
        len(said) == 1 and len(verdict.promises) > 1 and not verdict.fault and bool(verdict.promises[0].saw)
    )


def summary(verdict: Verdict) -> str:
    """Gives the last line: how many promises are kept, and how often one of them looked at a story.

    Promises about one scenario look at the same stories, so fewer are told than are checked.
    """
    if verdict.replayed is not None:
        return "This story keeps the promise." if verdict.replayed.kept else "This story breaks the promise."
    total, kept = len(verdict.promises), sum(p.kept for p in verdict.promises)
    stories = "one story checked" if verdict.stories == 1 else f"stories checked {verdict.stories:,} times"
    if verdict.passed:
        return (
            f"All {total} promises are kept; {stories}." if total > 1 else f"The promise is kept; {stories}."
        )
    return f"{kept} of {total} promises kept; {stories}."


def _worth_opening(verdict: Verdict) -> list[PromiseResult]:
    """Gives what is opened, in order; of several that say the same, the first."""
    found: list[PromiseResult] = []
    said: set[tuple[str, str]] = set()
    for result in verdict.broken:
        key = (result.status if result.status == "not_reached" else result.id, result.saw)
        ours = result.status == "checker_fault" and verdict.fault
        if key not in said and result.saw and not ours:
            said.add(key)
            found.append(result)
    return [r for r in found if r.status != "not_reached"] + [r for r in found if r.status == "not_reached"]


def headline(result: PromiseResult, width: int = WIDTH, *, manner: Manner = USUAL) -> list[Line]:
    """Gives the promise as a sentence, marked as kept or not."""
    style = {"kept": "kept", "not_reached": "dim"}.get(result.status, "broken")
    said = SAID.get(result.status, "")
    if result.kept and result.stories > 1:
        said = f"{result.stories:,} stories"
    if result.status == "not_reached" and result.saw.startswith("promise "):
        said = f"{said}: {result.saw}"
    text = result.text or _name_as_words(result.id)
    tail = f"({said})" if said else ""
    mark = manner.marks[result.status]
    lines = _hanging(f"{mark} ", f"{text} {tail.replace(' ', NBSP)}".rstrip(), width, style)
    before, after = lines[-1][-1]
    if tail and before.endswith(tail):
        lines[-1][-1:] = [(before.removesuffix(tail), after), (tail, "dim")]
    return lines


def _listed(result: PromiseResult, unit: str, width: int, manner: Manner) -> list[Line]:
    """Gives the promise, and of a forecast that came true what was seen, and the command that tells it."""
    lines = headline(result, width, manner=manner)
    if result.kept and result.saw:
        lines += [[("    ", ""), (part, "dim")] for part in wrapped(result.saw, width - 4)]
        if result.replay:
            lines.append([("    ", ""), (_replayed(result, unit, manner), "dim")])
    return lines


def _name_as_words(id: str) -> str:
    return id.removeprefix("test_").replace("_", " ")


def _hanging(head: str, text: str, width: int, style: str = "") -> list[Line]:
    """Gives a text that hangs from its first words."""
    first, *rest = wrapped(text, width - len(head))
    return [[(head, style), (first, "")], *([(" " * len(head), ""), (part, "")] for part in rest)]


def promise_lines(
    result: PromiseResult, unit: str, width: int = WIDTH, *, manner: Manner = USUAL
) -> list[Line]:
    """Gives one promise in full."""
    width = max(width, WIDTH_MIN)
    return headline(result, width, manner=manner) + _body(result, unit, width, manner)


def _body(result: PromiseResult, unit: str, width: int, manner: Manner) -> list[Line]:
    lines: list[Line] = []
    said = [("Saw", result.saw), ("Rule", result.rule), ("Ask", result.ask)]
    if any(text for _, text in said):
        lines.append([])
    for name, text in said:
        if text:
            lines += _hanging(f"  {name:4}  ", text, width, "head")
    for part in (
        _note(result, width, manner),
        _story(result, max(width, manner.wide), manner.pen),
        _frames(result, width),
        _output(result, width),
    ):
        if part:
            lines += [[], *part]
    if result.replay and result.timeline:
        lines += [[], *_command(_replayed(result, unit, manner), width)]
    return lines


def _replayed(result: PromiseResult, unit: str, manner: Manner) -> str:
    return f"{manner.halfway} grade {unit} --replay {result.replay}"


def _note(result: PromiseResult, width: int, manner: Manner) -> list[Line]:
    if not result.note or "\n" in result.note:
        return []
    note = result.note.replace("`halfway ", f"`{manner.halfway} ")
    return [[("  ", ""), (part, "dim")] for part in wrapped(note, width - 2)]


def _story(result: PromiseResult, width: int, pen: Pen | None) -> list[Line]:
    if not result.timeline:
        return []
    if result.kept or result.ways:  # one that somebody asked for need not be the smallest
        title = "this story"
    elif result.faults == 0:
        title = "smallest story"
    else:
        less = "none" if result.faults == 1 else "fewer"
        title = (
            f"smallest story ({result.faults} fault{'s' * (result.faults > 1)}; all stories with {less} pass)"
        )
    lanes = Lanes((result.timeline, result.calm), width, pen)
    lines: list[Line] = [[("  ", ""), (part, "head")] for part in wrapped(title, width - 2)]
    lines += lanes.lines(result.timeline)
    if result.calm:
        faults = "the fault" if result.faults == 1 else "the faults"
        title = f"the same story without {faults}, up to the first difference"
        lines += [[], *([("  ", ""), (part, "head")] for part in wrapped(title, width - 2))]
        lines += lanes.lines(result.calm)
    return lines


def _frames(result: PromiseResult, width: int) -> list[Line]:
    if not result.frames:
        return []
    name_width = max(len(frame.function) for frame in result.frames)
    number_width = max(len(str(frame.line)) for frame in result.frames)
    lines: list[Line] = [[("  your lines" if len(result.frames) > 1 else "  your line", "head")]]
    for frame in result.frames:
        place = f"     line {frame.line:>{number_width}}  " + (
            f"{frame.function:{name_width}}  " if name_width else ""
        )
        room = width - len(place)
        text = frame.text if len(frame.text) <= room else frame.text[: max(room - 4, 8)] + " ..."
        lines.append([(place, "dim"), (text, "")])
    text, newline, caret = result.note.partition("\n")
    if newline and text == result.frames[-1].text:
        lines.append([(" " * len(place) + caret, "mark")])
    return lines


def _printed_all_the_same(verdict: Verdict, width: int) -> list[Line]:
    """Gives what a right answer printed, of the first promise in which it did."""
    for number, result in enumerate(verdict.promises, 1):
        if result.output.strip():
            return [[], *_output(result, width, f"your code printed, in the last story of promise {number}")]
    return []


def _cut(line: str, width: int) -> list[str]:
    """Gives a printed line as it is, and a warning of Python's in as many lines as its words need."""
    if ": RuntimeWarning: " not in line:
        return [line[:width]]
    return textwrap.wrap(line, width, subsequent_indent="  ")


def _output(result: PromiseResult, width: int, title: str = "") -> list[Line]:
    told = (line for line in result.output.rstrip("\n").splitlines() if OF_NO_USE not in line)
    printed = [part for line in told for part in _cut(line, width - 5)]
    if not printed:
        return []
    title = title or ("your code printed, in this story" if result.timeline else "your code printed")
    lines: list[Line] = [[(f"  {title}", "head")]]
    lines += [[("     ", ""), (text, "dim")] for text in printed[:OUTPUT_LINES]]
    if len(printed) > OUTPUT_LINES:
        lines.append([(f"     ... {len(printed) - OUTPUT_LINES} more lines ...", "dim")])
    return lines


def _command(command: str, width: int) -> list[Line]:
    """Gives a command to copy: never broken, on a line of its own if it does not fit behind its heading."""
    if len(command) + 10 <= width:
        return [[("  Replay  ", "head"), (command, "")]]
    return [[("  Replay", "head")], [("  " + command, "")]]


def _misconception(words: str, width: int) -> list[Line]:
    lines: list[Line] = [[("  The same promises break when somebody thinks", "head")]]
    return lines + [[("     ", ""), (part, "")] for part in wrapped(words, width - 5)]


def _checker_fault(fault: str, width: int) -> list[Line]:
    lines: list[Line] = [[("! The checker itself failed; this is not your code.", "broken")]]
    return lines + [[("  ", ""), (part, "dim")] for part in wrapped(fault, width - 2)]
