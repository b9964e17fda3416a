"""The judge of one pytest run: gives tests their `unit` and stories, and says how each of them ended."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from halfway import catalog, kit
from halfway.catalog.originals import contract_of
from halfway.grading import submission
from halfway.grading.judge import confined, endings, slips
from halfway.grading.judge.endings import Ending, Where
from halfway.grading.judge.given import JudgedUnit, Stories
from halfway.grading.judge.ways import ways_of, within
from halfway.grading.submission import Trouble, TroubleError
from halfway.grading.verdict import Event, PromiseResult, Replay, Way
from halfway.links.direct import Direct
from halfway.links.guard import OUTPUT_KEPT, Guard, LimitReachedError
from halfway.sim import Fault, until_they_differ

if TYPE_CHECKING:
    import pytest

    from halfway.links.pipe import Pipe
    from halfway.links.sandbox.link import Pool


EVENTS_MAX, LOOP_EVENTS = 5_000, 16
"""So much is kept of a story; of a loop without an end, the beginning and the last calls."""


class Listener(Protocol):
    """Who hears of promises as they begin and end."""

    guard: Guard | None
    link: str
    secret: str
    promises: list[tuple[str, str]]

    def started(self, id: str) -> None: ...
    def ended(self, result: PromiseResult) -> None: ...
    def troubled(self, trouble: Trouble) -> None: ...
    def imports(self, unusual: list[str]) -> None: ...


class Judge:
    """Judges the hidden suite of one unit after the other; `submission` is None for the reference."""

    def __init__(self, given: Path | None, replay: Replay | None, listener: Listener | None) -> None:
        self._given, self.replay, self.listener = given, replay, listener
        self._suite: Path | None = None
        self._link: Direct | Pipe | Pool | None = None
        self._secret = ""
        self._trouble: Trouble | None = None
        self._texts: dict[str, str] = {}
        self._unit: JudgedUnit | None = None
        self._contract: kit.Contract | None = None
        self._tellings: kit.Tellings = {}
        self._without: dict[str, str] = {}
        self._stories: Stories | None = None
        self._found_before: frozenset[str] = frozenset()
        self._story: kit.Story | None = None
        self._where = Where(Path(), Path())

    # ---- one unit

    def path_for(self, files: catalog.UnitFiles) -> Path:
        """Gives the file that is judged: the one in the submission, else the reference."""
        if self._given is None:
            return files.solution
        return submission.locate(self._given, files.slug, files.file)

    def _open(self, suite: Path) -> None:
        if suite == self._suite:
            return
        self.close()
        self._suite = suite
        files = catalog.UnitFiles(suite.parent.name, suite.parents[3])
        path = self.path_for(files)
        names = submission.names_of(path, Path(files.file).stem)
        self._where = Where(
            suite, path, names=names, plainer=endings.without_paths(path.resolve().parent, files.course)
        )
        told = self.listener.promises if self.listener is not None else None
        self._texts = dict(told or files.promises())
        try:
            contract, given = contract_of(files), files.given_sources()
            self._contract = kit.Contract.of(contract, given) if contract is not None else None
            self._link = self._linked(path, Path(files.file).stem, given)
            self._unit = JudgedUnit(self._link, self._contract)
        except TroubleError as e:
            self._trouble = e.trouble
            if self.listener is not None:
                self.listener.troubled(e.trouble)

    def _linked(self, path: Path, name: str, given: dict[str, str]) -> Direct | Pipe | Pool:
        source = submission.read(path)
        self._source = source
        if self.listener is not None and self.listener.link == "pool":
            return confined.linked(source, path, name, self.listener, given)
        try:
            link = Direct(source, name, given=given)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            submission.compiled(source, path, submission.inner_name(name))  # says what is wrong with it
            raise
        failed = self._failed_import(link, path, name)
        if failed is not None:
            link.close()
            raise TroubleError(failed)
        if self.listener is None or self.listener.link == "direct":
            return link
        from halfway.links.pipe import Pipe

        link.close()
        return Pipe(source, name, given=given)

    def _failed_import(self, link: Direct, path: Path, name: str) -> Trouble | None:
        try:
            failed = link.failed_import()
        except LimitReachedError:
            raise
        except BaseException as error:
            frames = submission.frames_of_error(error, submission.names_of(path, name))
            kind, said = type(error).__name__, submission.text_of(error)
        else:
            if failed is None:
                return None
            kind, said, frames = failed["mro"][0], failed["said"], [tuple(f) for f in failed["frames"][-6:]]
        return submission.import_trouble(path, link.source, kind, said, frames)

    _source = ""
    _facts: slips.Facts | None = None

    def close(self) -> None:
        """Leaves nothing of the learner's module behind, and clocks as they were."""
        if self._link is not None:
            self._link.close()
        self._suite = self._link = self._trouble = self._facts = self._unit = None
        self._source = ""
        self._tellings = {}

    # ---- what a test is given

    def unit(self, suite: Path, test: str = "", without: dict[str, str] | None = None) -> JudgedUnit:
        """Gives the learner's module, as this suite sees it; no two tests have the same secret.

        `without` are the pressures that the suite switches off, each with its reason.
        """
        self._without = without or {}
        secret = self.listener.secret if self.listener is not None and self.replay is None else ""
        self._secret = secret and f"{secret}/{test}"
        self._stories = self._story = None
        self._open(suite)
        if self._unit is None:
            self._unit = JudgedUnit(self._link, self._contract)
        self._unit._forget_calls()
        self._unit._is_aloud = self.replay is not None
        return self._unit

    def story(self, unit: JudgedUnit) -> kit.Story:
        """Gives the story in which nothing goes wrong; told again, it is looked at for the same things."""
        if self._story is None:
            self._found_before = frozenset(unit._pressed.done)
        unit._pressed.done = set(self._found_before)
        self._story = kit.only_story(unit, self._secret, kit.PRESSURES - self._without.keys())
        return self._story

    def every_story(self, unit: JudgedUnit) -> Stories:
        """Gives every story; in a replay, that one alone."""
        only = self.replay.faults if self.replay else None
        self._stories = Stories(
            unit, only, self._guard, secret=self._secret, tellings=self._tellings, without=self._without
        )
        return self._stories

    @property
    def _guard(self) -> Guard | None:
        return self.listener.guard if self.listener is not None else None

    # ---- what became of it

    def result(self, item: pytest.Function, error: BaseException | None) -> PromiseResult:
        """Gives the result of a test that ended with `error`; a failure in telling it is told as ours."""
        try:
            return self._result(item, error)
        except (LimitReachedError, MemoryError) as limit:
            end = endings.of(limit, self._where)
        except Exception as failure:
            end = endings.of_checker_fault(failure)
        return endings.result(end, _id(item), self._texts.get(_id(item), ""), self._source, self._where)

    def _result(self, item: pytest.Function, error: BaseException | None) -> PromiseResult:
        if error is not None and self.listener is not None and self.listener.link == "pool":
            error = self._in_the_open(item, confined.limit_of(error, self._guard))
        if self._guard is not None and self._guard.reached:
            error = self._guard.limit()  # whatever the learner's code has made of it
        end = endings.of_trouble(self._trouble) if self._trouble is not None else self._ending(error)
        if end.status == "out_of_memory":
            self._make_room(error)
        told = _Told(stories=0 if self._trouble is not None else self._stories.told if self._stories else 1)
        wanted = end.status != "kept" or self.replay is not None
        most = LOOP_EVENTS if end.rule == endings.LOOP_RULE else EVENTS_MAX
        told.output = self._printed()
        if wanted and self._trouble is None:
            self._read_for_slips()
            if end.told_again and (end.story is not kit.NO_STORY or self.replay is not None):
                end = self._tell(item, end, told)
            end = self._with_slip(end, told.output)
        elif self._unit is not None and isinstance(right := self._unit._right, kit.Shown):
            # The forecast was made, and came true: now its story is shown.
            end, told.timeline = replace(end, saw=right.saw), right.story.timeline
            told.faults = len(right.story.tape.faults)
            told.replay = self._replay_string(_id(item), right.story.tape.faults)
        id, where = _id(item), self._where_now()
        if end.status == "kept" and id == next(iter(self._texts), ""):
            end = replace(end, note=submission.runs_at_import(self._source or self._read()))
        return endings.result(
            end,
            id,
            self._texts.get(id, ""),
            self._source or self._read(),
            where,
            stories=told.stories,
            faults=told.faults,
            replay=told.replay,
            timeline=_events(told.timeline, where, most),
            calm=_events(told.calm, where, EVENTS_MAX),
            output=endings.printed(told.output, where.plainer),
            ways=within(told.ways, len(told.timeline), most),
        )

    def _printed(self) -> str:
        if self._guard is None:
            return ""
        return self._guard.output() + getattr(self._link, "printed", "")[:OUTPUT_KEPT]

    def _in_the_open(self, item: pytest.Function, error: BaseException) -> BaseException | None:
        """Checks a promise that broke under secret names once more, in the public order and with plain names.

        What is told of it is what everybody sees; code that keeps it here knows where it is.
        """
        if not self._secret or self._unit is None or isinstance(error, LimitReachedError | MemoryError):
            return error
        first, self._secret = endings.of(error, self._where_now()), ""
        self._unit._end()
        self._unit._is_aloud = True
        given = self._given_to(item)
        if "every_story" in given:
            given["every_story"] = self._stories = Stories(
                self._unit, None, self._guard, without=self._without
            )
        if "story" in given:
            given["story"] = self.story(self._unit)
        try:
            item.obj(**given)
        except BaseException as again:
            return confined.limit_of(again, self._guard)
        return kit.NotRepeatableError(f"first {first.saw}; then it was kept")

    def _read(self) -> str:
        with suppress(TroubleError):
            return submission.read(self._where.file)
        return ""

    def _read_for_slips(self) -> None:
        """From now on answers are looked at by their types, too: a search has no time for it."""
        if self._unit is None or self._link is None:
            return
        if self._facts is None:
            suite = self._where.suite.read_text(encoding="utf-8")
            owing = self._contract.owing if self._contract is not None else ()
            self._facts = slips.Facts.of(self._link.facts(), suite, owing)
        self._unit._facts = self._facts

    def _with_slip(self, end: Ending, output: str) -> Ending:
        if self._facts is None or self._unit is None:
            return end
        return slips.told(end, self._facts, output, self._unit._odd, self._unit._own)

    def _make_room(self, error: BaseException | None) -> None:
        """What used up the memory is held by the frames that the error passed."""
        if self._guard is not None:
            self._guard.drop_ballast()
        if error is not None:
            error.__traceback__ = None
            error.__context__ = None

    def _ending(self, error: BaseException | None) -> Ending:
        end = endings.with_its_time(endings.of(error, self._where_now()), self._unit)
        if self._unit is not None and end.status == "broken" and isinstance(error, kit.BrokenError):
            # Where the learner's code stopped, in the story that broke the promise.
            end = replace(end, frames=self._unit.stopped_at(end.saw))
        if error is None and self._unit is not None and isinstance(self._unit._right, str):
            end = replace(end, note=self._unit._right)
        # Where the file differs from the stub, no story was begun.
        return replace(end, told_again=end.told_again and not getattr(self._unit, "_different", None))

    def _where_now(self) -> Where:
        if self._unit is None:
            return self._where
        unit = self._unit
        return replace(self._where, last_call=unit._last_call(), under_way=unit._under_way_shown())

    def _replay_string(self, id: str, faults: tuple[Fault, ...]) -> str:
        return str(Replay(self._number(id), faults))

    def _number(self, id: str) -> int:
        return list(self._texts).index(id) + 1 if id in self._texts else 0

    # ---- the smallest story

    def _tell(self, item: pytest.Function, end: Ending, told: _Told) -> Ending:
        """Adds the story in which it happened, and the same without its faults."""
        story = end.story or (self._stories.current if self._stories is not None else self._story)
        if story is None:
            return end
        faults = tuple(story.tape.faults)
        if self._stories is not None or not story.world.telling:
            at = 0 if self.replay or self._stories is None else self._stories.asked
            again, end_again = self._again(item, faults, at)
            if (end_again.status, end_again.rule) != (end.status, end.rule):
                return endings.other_way(end, end_again)
            # What is said must be said of the story that is shown.
            shown = again if self._stories is not None else end_again.story or again
            end, story = end_again, shown or story
            told.output = self._printed()
            if faults:
                calm, _ = self._again(item, (), at)
                told.calm = until_they_differ(calm.timeline, story.timeline) if calm is not None else []
        told.faults, told.replay = len(faults), self._replay_string(_id(item), faults)
        told.timeline = story.timeline[: end.until]
        if self.replay is not None:
            told.ways = ways_of(story.tape, self._number(_id(item)), len(told.timeline))
        missed = ", ".join(str(fault) for fault in story.tape.missed)
        return replace(end, note=f"in this story it never came to: {missed}") if missed else end

    def _again(
        self, item: pytest.Function, faults: tuple[Fault, ...], at: int
    ) -> tuple[kit.Story | None, Ending]:
        """Tells one story again, this time aloud."""
        assert self._unit is not None
        self._unit._end()
        self._unit._is_aloud = True
        stories = Stories(self._unit, faults, self._guard, at, without=self._without)
        stories.begins()
        given = self._given_to(item)
        if "every_story" in given:
            given["every_story"] = stories
        if "story" in given:
            stories.heard = given["story"] = self.story(self._unit)
        try:
            item.obj(**given)
        except (LimitReachedError, MemoryError):
            raise
        except BaseException as error:
            limit = confined.limit_of(error, self._guard)
            if limit is not error:
                raise limit from None
            return stories.heard, self._ending(error)
        return stories.heard, Ending("kept")

    def _given_to(self, item: pytest.Function) -> dict[str, Any]:
        parameters = inspect.signature(item.obj).parameters
        return {name: value for name, value in item.funcargs.items() if name in parameters}


@dataclass
class _Told:
    """What is told of a promise beside its ending."""

    stories: int
    faults: int = 0
    replay: str = ""
    timeline: list[Any] = field(default_factory=list)
    calm: list[Any] = field(default_factory=list)
    ways: tuple[Way, ...] = ()
    output: str = ""


def _id(item: pytest.Function) -> str:
    return getattr(item, "originalname", None) or item.name


def _events(events: Iterable[Any], where: Where, most: int) -> tuple[Event, ...]:
    """Gives a timeline as it is shown; of one that goes on and on, its beginning and its end."""
    told = [
        Event(float(e.at_s), e.who, endings.clean(e.what, where.plainer), bool(e.fault), e.kind, e.to)
        for e in events
    ]
    left_out = len(told) - most
    if left_out <= 0:
        return tuple(told)
    end = most // 4
    gap = Event(told[-end].at_s, "", f"... and so on, {left_out:,} more ...")
    return (*told[: most - end], gap, *told[-end:])
