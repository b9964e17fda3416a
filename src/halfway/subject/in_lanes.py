"""The calls of one request as threads of a process: what lanes need of it."""

from typing import TYPE_CHECKING, Any, cast

from halfway.subject.asking import WHICH_NEXT
from halfway.subject.hosts import CALL
from halfway.subject.lanes import Lane, Lanes, lanes_of, sleep
from halfway.subject.standins import charged_sleep
from halfway.subject.stepping import Steps, steps_of
from halfway.wire import Wire

if TYPE_CHECKING:
    from halfway.subject.subject import Subject

steps_of(charged_sleep, sleep)


class Host:
    """A process, as its lanes see it."""

    def __init__(self, subject: "Subject", filename: str, *, chooses: bool, tells: bool) -> None:
        self._subject, self._filename = subject, filename
        self._chooses, self.tells = chooses, tells
        self.returned, self.raised, self.is_theirs = subject._returned, subject._raised, subject._is_theirs

    @property
    def now_ns(self) -> int:
        """What time it is."""
        return self._subject.now_ns

    def wait_for_more(self, next_ns: int | None, under_way: int) -> None:
        """Let happen what happens next, and all of the same moment. Raises HungError if nothing does."""
        subject = self._subject
        wake = subject.say("idle", [next_ns, under_way, None])[1][0]
        while wake is not None:
            subject.hear(wake)
            if not subject._waiting:
                return
            wake = subject.say("idle", [subject.now_ns, under_way, None])[1][0]

    def which(self, options: int) -> int:
        """Which of so many goes on?"""
        return self._subject.choose(WHICH_NEXT, options) if self._chooses else 0

    def is_asking(self) -> bool:
        """Is a call of a port under way?"""
        return bool(self._subject._waiting)

    def goes_on(self, place: int) -> None:
        """What is called now is called in the lane of this call."""
        CALL.set(place + 1)

    def told(self, place: int, what: str, content: Wire) -> None:
        """Tell the judge what a call does: that it begins late, how it ends, and aloud all else."""
        if self.tells or what == "ends" or content is True:
            self._subject.say("thread", [place, what, content])

    def line_in(self, steps: Steps) -> int:
        """The line of theirs at which these steps stand; 0 for none."""
        line, inner = 0, cast("Any", steps)
        while inner is not None:
            frame = getattr(inner, "gi_frame", None)
            if frame is not None and frame.f_code.co_filename == self._filename:
                line = frame.f_lineno or line
            inner = getattr(inner, "gi_yieldfrom", None)
        return line


def run_in_lanes(subject: "Subject", calls: Wire, options: dict[str, Wire], results: list[Wire]) -> None:
    """Make the calls as threads do, and put into `results` how each ended."""
    into, made = subject._handles.into, []
    for target, args, kwargs in calls:
        named = {key: into(value) for key, value in kwargs.items()}
        made.append((subject._target(target), [into(a) for a in args], named))
    host = Host(subject, subject._program.filename, chooses="order" in options, tells="lines" in options)
    lanes: list[Lane] = lanes_of(options["threads"], made)
    before = CALL.set(0)
    try:
        Lanes(host, lanes, results, by_turns="turns" in options).run()
    finally:
        CALL.reset(before)
