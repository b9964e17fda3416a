"""How much of one verdict is kept: a page can be opened, whatever code has done. Cuts are told."""

from __future__ import annotations

from dataclasses import replace

from halfway.grading import Event, PromiseResult, Verdict

EVENTS_FIRST, EVENTS_LAST = 240, 60
"""A story that a person reads has twenty; a loop that never ends has a hundred thousand."""
EVENT_CHARS_MAX = 400
TEXT_CHARS_MAX = 2_000
OUTPUT_CHARS_MAX = 4_000
CUT = "The timeline has {:,} events; the first {:,} and the last {:,} are shown."


def bounded(verdict: Verdict) -> Verdict:
    """Gives the verdict with its long texts and timelines cut; short ones stay as they are."""
    wrong = verdict.misconception
    return replace(
        verdict,
        promises=tuple(map(_promise, verdict.promises)),
        fault=cut(verdict.fault, TEXT_CHARS_MAX),
        misconception=replace(wrong, words=cut(wrong.words, TEXT_CHARS_MAX)) if wrong else None,
        unusual=tuple(cut(name, 80) for name in verdict.unusual[:60]),
    )


def _promise(promise: PromiseResult) -> PromiseResult:
    notes = [cut(promise.note, TEXT_CHARS_MAX)]
    if (many := len(promise.timeline)) > EVENTS_FIRST + EVENTS_LAST:
        notes.append(CUT.format(many, EVENTS_FIRST, EVENTS_LAST))
    return replace(
        promise,
        saw=cut(promise.saw, TEXT_CHARS_MAX),
        rule=cut(promise.rule, TEXT_CHARS_MAX),
        ask=cut(promise.ask, TEXT_CHARS_MAX),
        note=" ".join(filter(None, notes)),
        output=cut(promise.output, OUTPUT_CHARS_MAX),
        timeline=_events(promise.timeline),
        calm=_events(promise.calm),
        frames=tuple(replace(frame, text=cut(frame.text, EVENT_CHARS_MAX)) for frame in promise.frames[:40]),
    )


def _events(events: tuple[Event, ...]) -> tuple[Event, ...]:
    if len(events) > EVENTS_FIRST + EVENTS_LAST:
        events = (*events[:EVENTS_FIRST], *events[-EVENTS_LAST:])
    return tuple(
        replace(event, what=cut(event.what, EVENT_CHARS_MAX), who=cut(event.who, 80)) for event in events
    )


def cut(text: str, most: int) -> str:
    """Gives the text, or its beginning and how much more there was."""
    if len(text) <= most or text[most:].startswith(" ... "):  # the second: it was cut before
        return text
    return f"{text[:most]} ... {len(text) - most:,} more characters ..."
