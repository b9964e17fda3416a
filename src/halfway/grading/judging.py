"""The judge of one pytest run: gives tests their `unit` and stories, and says how each of them ended."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from halfway import catalog, kit
from halfway.grading import ending, submission
from halfway.grading.ending import Ending, Where
from halfway.grading.limits import OUTPUT_KEPT, Guard, LimitReachedError, OutOfMemoryError
from halfway.grading.submission import Trouble, TroubleError
from halfway.grading.verdict import Event, PromiseResult, Replay
from halfway.links.direct import Direct
from halfway.sim import Fault, until_they_differ

if TYPE_CHECKING:
    import pytest

    from halfway.links.pipe import Pipe
    from halfway.links.pool import Pool

CALL_MAX = 80


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


def _shown(value: Any) -> str:
    return value.lane if isinstance(value, kit.Port) else repr(value)


def _call_shown(call: Any) -> str:
    target, args, kwargs = call
    name = target if isinstance(target, str) else target[1]
    told = [_shown(a) for a in args] + [f"{key}={_shown(value)}" for key, value in kwargs.items()]
    text = ", ".join(told)
    return f"{name}({text if len(text) <= CALL_MAX else text[: CALL_MAX - 4] + ' ...'})"


class JudgedUnit(kit.Unit):
    """A unit that remembers the last call made of it: an answer of a wrong shape is told with its call."""

    _last: tuple[Any, Any] | None = None
    _raised: Any = None

    def value(self, life: Any, how: str, value: Any) -> Any:
        """Gives, or raises, how a call ended; what no story is about ends the story at once."""
        try:
            return super().value(life, how, value)
        except kit.TheirError as error:
            self._raised = error
            if error.mro[0] == "MemoryError":
                raise OutOfMemoryError(error.frames[-6:]) from None
            if ending.is_slip(error):
                raise ending.SlipError(error) from None
            raise

    def call(self, call: Any) -> Any:
        """Makes the call and gives what it returns."""
        self._last = None
        value = super().call(call)
        if type(call[0]) is not str or call[0][0] != "!":
            self._last = call, value
        return value

    def _last_call(self) -> str:
        """Tells the last call and its answer, as the learner would write it; "" if it gave none."""
        if self._last is None:
            return ""
        call, value = self._last
        return ending.clean(f"{_call_shown(call)} returned {value!r}")


class Stories(kit.EveryStory):
    """`every_story` of one test. A test may ask for stories several times: `asked` counts that.

    When a story is told again, it is told where it was asked for (`at`), and elsewhere nothing goes wrong;
    `heard` is what was told there.
    """

    def __init__(
        self,
        unit: JudgedUnit,
        only: tuple[Fault, ...] | None,
        guard: Guard | None,
        at: int = 0,
        secret: str = "",
    ) -> None:
        super().__init__(unit, only=only, secret=secret, order=in_secret_order(secret))
        self._judged, self._guard, self._faults, self._at = unit, guard, only, at
        self.asked = 0
        self.heard: kit.Story | None = None

    def __call__(self, faults: Any, depth: int = 2, cap: int = 2_000) -> Iterator[kit.Story]:
        self.asked += 1
        here = self._at in (0, self.asked)
        if self._faults is not None:
            self._only = self._faults if here else ()
        for story in super().__call__(faults, depth, cap):
            self.heard = story if here else self.heard
            self._judged._raised = None
            if self._guard is not None:
                self._guard.forget_output()
            yield story


def in_secret_order(secret: str) -> Callable[[list[Any]], list[Any]] | None:
    """Gives what shuffles the stories of one number of faults; None where there is no secret."""
    if not secret:
        return None
    chance = Random(f"order {secret}")  # noqa: S311 - nobody who does not know the secret can guess it

    def shuffled(stories: list[Any]) -> list[Any]:
        chance.shuffle(stories)
        return stories

    return shuffled


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
        self._stories: Stories | None = None
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
            suite, path, names=names, plainer=ending.without_paths(path.resolve().parent, files.course)
        )
        told = self.listener.promises if self.listener is not None else None
        self._texts = dict(told or files.promises())
        try:
            self._link = self._linked(path, Path(files.file).stem)
        except TroubleError as e:
            self._trouble = e.trouble
            if self.listener is not None:
                self.listener.troubled(e.trouble)

    def _linked(self, path: Path, name: str) -> Direct | Pipe | Pool:
        source = submission.read(path)
        self._source = source
        if self.listener is not None and self.listener.link == "pool":
            return self._confined(self.listener, source, path, name)
        try:
            link = Direct(source, name)
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
        return Pipe(source, name)

    def _confined(self, listener: Listener, source: str, path: Path, name: str) -> Pool:
        """Gives the link to sandboxes; nothing of the source is compiled or run in this process."""
        from halfway.grading import confining

        assert listener.guard is not None, "who listens to a confined verdict guards it"
        link = confining.pool(source, name, listener.guard)
        looked = link.look()
        if "syntax" in looked:
            raise TroubleError(submission.not_python(path, source, *looked["syntax"]))
        if "strange" in looked:
            raise TroubleError(submission.strange(path, *looked["strange"]))
        listener.imports([str(module) for module in looked["unusual"]])
        try:
            failed = link.try_import()
        except kit.FoulError as error:
            raise TroubleError(Trouble(f"{error}, while your file was imported", ending.EXIT_ASK)) from None
        except BaseException as error:
            raise self._limit_of(error) from None
        if failed is not None:
            frames = [tuple(f) for f in failed["frames"][-6:]]
            kind, said = str(failed["mro"][0]), str(failed["said"])
            raise TroubleError(submission.import_trouble(path, source, kind, said, frames))
        return link

    def _limit_of(self, error: BaseException) -> BaseException:
        """Gives the error of the limit that a process elsewhere says it reached; any other as it is."""
        from halfway.links.pool import ReachedError

        if not isinstance(error, ReachedError):
            return error
        if error.limit == "memory" or self._guard is None:
            return OutOfMemoryError(error.frames)
        self._guard.note_reached(error.limit, error.frames)
        return self._guard.limit()

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

    def close(self) -> None:
        """Leaves nothing of the learner's module behind, and clocks as they were."""
        if self._link is not None:
            self._link.close()
        self._suite = self._link = self._trouble = None
        self._source = ""

    # ---- what a test is given

    def unit(self, suite: Path, test: str = "") -> JudgedUnit:
        """Gives the learner's module, as this suite sees it; no two tests have the same secret."""
        secret = self.listener.secret if self.listener is not None and self.replay is None else ""
        self._secret = secret and f"{secret}/{test}"
        self._stories = self._story = None
        self._open(suite)
        self._unit = JudgedUnit(self._link)
        return self._unit

    def story(self, unit: JudgedUnit) -> kit.Story:
        """Gives the story in which nothing goes wrong."""
        self._story = kit.only_story(unit, self._secret)
        return self._story

    def every_story(self, unit: JudgedUnit) -> Stories:
        """Gives every story; in a replay, that one alone."""
        only = self.replay.faults if self.replay else None
        self._stories = Stories(unit, only, self._guard, secret=self._secret)
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
            end = ending.of(limit, self._where)
        except Exception as failure:
            end = ending.of_checker_fault(failure)
        return ending.result(end, _id(item), self._texts.get(_id(item), ""), self._source, self._where)

    def _result(self, item: pytest.Function, error: BaseException | None) -> PromiseResult:
        if error is not None and self.listener is not None and self.listener.link == "pool":
            error = self._in_the_open(item, self._limit_of(error))
        if self._guard is not None and self._guard.reached:
            error = self._guard.limit()  # whatever the learner's code has made of it
        end = ending.of_trouble(self._trouble) if self._trouble is not None else self._ending(error)
        if end.status == "out_of_memory":
            self._make_room(error)
        told = _Told(stories=0 if self._trouble is not None else self._stories.told if self._stories else 1)
        wanted = end.status != "kept" or self.replay is not None
        if wanted:
            told.output = self._printed()
        if wanted and end.told_again and self._trouble is None:
            end = self._tell(item, end, told)
        id, where = _id(item), self._where_now()
        return ending.result(
            end,
            id,
            self._texts.get(id, ""),
            self._source or self._read(),
            where,
            stories=told.stories,
            faults=told.faults,
            replay=told.replay,
            timeline=_events(told.timeline, where),
            calm=_events(told.calm, where),
            output=ending.clean(told.output, where.plainer),
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
        first, self._secret = ending.of(error, self._where_now()), ""
        self._unit.end()
        given = self._given_to(item)
        if "every_story" in given:
            given["every_story"] = self._stories = Stories(self._unit, None, self._guard)
        if "story" in given:
            given["story"] = self._story = kit.only_story(self._unit)
        try:
            item.obj(**given)
        except BaseException as again:
            return self._limit_of(again)
        return kit.NotRepeatableError(f"first {first.saw}; then it was kept")

    def _read(self) -> str:
        with suppress(TroubleError):
            return submission.read(self._where.file)
        return ""

    def _make_room(self, error: BaseException | None) -> None:
        """What used up the memory is held by the frames that the error passed."""
        if self._guard is not None:
            self._guard.drop_ballast()
        if error is not None:
            error.__traceback__ = None
            error.__context__ = None

    def _ending(self, error: BaseException | None) -> Ending:
        end = ending.of(error, self._where_now())
        raised = self._unit._raised if self._unit is not None else None
        if end.status == "broken" and isinstance(error, kit.BrokenError) and raised is not None:
            # Where the learner's code stopped, in the story that broke the promise.
            end = replace(end, frames=tuple(raised.frames[-6:]))
        return end

    def _where_now(self) -> Where:
        if self._unit is None or self._unit._last is None:
            return self._where
        return replace(self._where, last_call=self._unit._last_call())

    def _replay_string(self, id: str, faults: tuple[Fault, ...]) -> str:
        number = list(self._texts).index(id) + 1 if id in self._texts else 0
        return str(Replay(number, faults))

    # ---- the smallest story

    def _tell(self, item: pytest.Function, end: Ending, told: _Told) -> Ending:
        """Adds the story in which it happened, and the same without its faults."""
        story = end.story or (self._stories.current if self._stories is not None else self._story)
        if story is None:
            return end
        faults = tuple(story.tape.faults)
        if self._stories is not None:
            at = 0 if self.replay else self._stories.asked
            again, end_again = self._again(item, faults, at)
            if (end_again.status, end_again.rule) != (end.status, end.rule):
                return _other_way(end, end_again)
            # What is said must be said of the story that is shown.
            end, story = end_again, again or story
            told.output = self._printed()
            if faults:
                calm, _ = self._again(item, (), at)
                told.calm = until_they_differ(calm.timeline, story.timeline) if calm is not None else []
        told.faults, told.replay = len(faults), self._replay_string(_id(item), faults)
        told.timeline = story.timeline
        came_up = {(label, time) for label, time, _ in story.tape.log}
        missed = [str(fault) for fault in faults if (fault.label, fault.time) not in came_up]
        return replace(end, note=f"in this story it never came to: {', '.join(missed)}") if missed else end

    def _again(
        self, item: pytest.Function, faults: tuple[Fault, ...], at: int
    ) -> tuple[kit.Story | None, Ending]:
        """Tells one story again, this time aloud."""
        assert self._unit is not None
        self._unit.end()
        stories = Stories(self._unit, faults, self._guard, at)
        try:
            item.obj(**{**self._given_to(item), "every_story": stories})
        except (LimitReachedError, MemoryError):
            raise
        except BaseException as error:
            limit = self._limit_of(error)
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
    output: str = ""


def _id(item: pytest.Function) -> str:
    return getattr(item, "originalname", None) or item.name


def _other_way(first: Ending, second: Ending) -> Ending:
    after = "it was kept" if second.status == "kept" else second.saw
    saw = f"the same story ran differently when it was told again: first {first.saw}; then {after}"
    return Ending("broken", saw, ending.SAME_RULE, ending.SAME_ASK)


def _events(events: Iterable[Any], where: Where) -> tuple[Event, ...]:
    return tuple(
        Event(float(e.at_s), e.who, ending.clean(e.what, where.plainer), bool(e.fault)) for e in events
    )
