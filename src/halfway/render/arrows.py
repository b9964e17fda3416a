"""What goes between the lanes of a timeline: each request, its reply, and where one of them is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from halfway.grading.verdict import Event

YOUR_CODE, CALLER = "your code", "caller"
REQUEST_LOST = ("request", "before")
LOSSES = ("lost", "cut off", "reset", "breaks", "hangs up")


@dataclass(frozen=True)
class Arrow:
    """One message: it belongs to the event `at`, goes to or from the lane `lane`, and may be `lost`."""

    at: int
    lane: str
    is_reply: bool = False
    lost: bool = False


@dataclass
class Work:
    """A call under way in a lane, from the event `begins` to the event `ends`."""

    lane: str
    name: str
    begins: int
    ends: int
    loss: str = ""


@dataclass(frozen=True)
class Traffic:
    """The messages of a story, and how long each call was under way."""

    arrows: tuple[Arrow, ...]
    work: tuple[Work, ...]


def traffic_of(timeline: Sequence[Event]) -> Traffic:
    """Gives what goes between the lanes; a timeline whose events have no kinds has no traffic."""
    under_way: list[Work] = []
    done: list[Work] = []
    replies: dict[int, Work] = {}
    for at, event in enumerate(timeline):
        if event.kind == "request":
            under_way.append(Work(event.to, _name(event.what), at, len(timeline) - 1))
        elif event.kind == "loss":
            _lose(under_way, event)
        elif event.kind == "reply":
            answered = _answered(under_way, event)
            if answered is not None:
                answered.ends = at
                replies[at] = answered
                done.append(answered)
        elif event.kind == "kill":
            done += _stopped(under_way, at)
    for call in under_way:  # nobody heard its reply: a cancel has ended it, or the story
        call.ends = next(
            (at for at in range(call.begins, call.ends) if timeline[at].kind == "cancel"), call.ends
        )
    work = [*done, *under_way]
    arrived = [call for call in work if not _lost_on_its_way_there(call)]
    return Traffic(tuple(_arrows(timeline, replies, work)), tuple(arrived))


def _arrows(timeline: Sequence[Event], replies: dict[int, Work], work: list[Work]) -> list[Arrow]:
    begun = {call.begins: call for call in work}
    found = []
    for at, event in enumerate(timeline):
        if event.kind == "request":
            found.append(Arrow(at, event.to, lost=_lost_on_its_way_there(begun[at])))
        elif event.kind == "call":
            found.append(Arrow(at, event.to))
        elif at in replies and not _lost_on_its_way_there(replies[at]):
            found.append(Arrow(at, event.to, is_reply=True, lost=_lost_on_its_way_back(replies[at])))
    return found


def _name(what: str) -> str:
    return what.partition("(")[0]


def _lose(under_way: list[Work], event: Event) -> None:
    for call in reversed(under_way):
        if call.lane == event.to:
            call.loss = event.what
            return


def _answered(under_way: list[Work], event: Event) -> Work | None:
    """Takes the call that this is the reply to: the oldest one of its name."""
    name = event.what.partition(" ")[0]
    for call in under_way:
        if (call.lane, call.name) == (event.to, name):
            under_way.remove(call)
            return call
    return None


def _stopped(under_way: list[Work], at: int) -> list[Work]:
    stopped = list(under_way)
    for call in stopped:
        call.ends = at
    under_way.clear()
    return stopped


def _is_loss(words: str) -> bool:
    return any(word in words for word in LOSSES)


def decisive(timeline: Sequence[Event]) -> str:
    """Gives the lane in which a fault shows: where a message goes wrong, or something happens next."""
    for at, event in enumerate(timeline):
        if event.fault:
            after = (later.who for later in timeline[at:] if later.who not in ("", YOUR_CODE))
            return event.to or next(after, "")
    return ""


def _lost_on_its_way_there(call: Work) -> bool:
    return _is_loss(call.loss) and any(word in call.loss for word in REQUEST_LOST)


def _lost_on_its_way_back(call: Work) -> bool:
    return _is_loss(call.loss) and not _lost_on_its_way_there(call)
