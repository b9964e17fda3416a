"""What a hidden suite is given: the unit, which remembers its last call, and stories, public or secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from halfway import kit
from halfway.grading.judge import endings, slips
from halfway.grading.judge.slips import Facts
from halfway.kit import lost_async
from halfway.kit.missing import missing_name
from halfway.kit.process import AFTER
from halfway.kit.values import CALLER, Theirs, speaker_of
from halfway.links.guard import Guard, OutOfMemoryError
from halfway.sim import FOR_EVER, Event, Fault, Life
from halfway.sim.timeline import NS

CALL_MAX, TOLD_MAX = 80, 40
NOWHERE = endings.Where(Path(), Path())
_BY_ITSELF = frozenset(("AttributeError", "TypeError", "KeyError", "IndexError", "ZeroDivisionError"))


def _shown(value: Any) -> str:
    return value.lane if isinstance(value, kit.Port) else repr(value)


def _name_of(call: Any) -> str:
    target = call[0]
    return str(target.rpartition(".")[2] if isinstance(target, str) else target[1])


def _call_shown(call: Any, most: int = CALL_MAX) -> str:
    target, args, kwargs = call
    if target == AFTER:
        seconds, patience, _, name, *given = args
        limit = "" if patience is None else f", and gives up {patience:g} s later"
        after = f"{seconds:g}" if seconds < 1e6 else f"{seconds:,.0f}"
        return f"{_call_shown((name, given, kwargs), most)}  in {after} s{limit}"
    name = target if isinstance(target, str) else target[1]
    told = [_shown(a) for a in args] + [f"{key}={_shown(value)}" for key, value in kwargs.items()]
    text = ", ".join(told)
    return f"{name}({text if len(text) <= most else text[: most - 4] + ' ...'})"


class JudgedUnit(kit.Unit):
    """A unit that remembers the last call made of it: an answer of a wrong shape is told with its call.

    Before its first process it is compared with the stub. That belongs to the promise which needs the
    process: whatever becomes of it is the file's doing, and an ending as any other.
    """

    _last: tuple[Any, Any] | None = None
    _under_way: Any = None
    _went_on = False
    """Did a later call of it end well than the one that raised last?"""
    _own: Any = None
    """The first error, in the story that is told, that came of a line of theirs by itself."""
    _facts: Facts | None = None
    _odd = ""
    """The first answer, in the story that is told, of another type than its signature gives."""

    _is_compared = False
    _different: tuple[str, str, str] | None = None
    """What of the file differs from the stub, the rule, what to ask: then no story is worth telling."""

    def _begin(self, world: Any) -> Any:
        """Begins a process, if the file can be called as the stub says."""
        if self._contract is not None and not self._is_compared:
            self._compare(self._contract)
        if self._different is not None:
            raise kit.BrokenError(*self._different)
        return super()._begin(world)

    def _compare(self, contract: kit.Contract) -> None:
        """Compares what others rely on, before any story: a slip is told as one, in one line."""
        self._end()
        self._is_compared = True
        try:
            shapes = self._shapes(contract.names)
            missing = missing_name(contract, shapes, self._link.source, f"{self._link.module}.py")
            found = (missing, endings.MISSING_ASK) if missing else contract.difference(shapes)
            found = found or lost_async.lost(contract, shapes, self._link.source)
            self._different = (found[0], endings.STUB_RULE, found[1]) if found is not None else None
        except (Exception, endings.SlipError, endings.EndlessError) as error:
            end = endings.of(error, NOWHERE)
            if end.status != "broken":
                raise
            self._different = end.saw, end.rule or endings.STUB_RULE, end.ask or endings.NAMES_ASK
        except BaseException:
            self._is_compared = False
            raise
        finally:
            self._end()

    def _shown(self, call: Any) -> str:
        return _call_shown(call)

    def _forget_calls(self) -> None:
        """Another test begins."""
        self._last = self._raised = self._right = self._own = None

    def _value(self, life: Any, how: str, value: Any) -> Any:
        """Gives, or raises, how a call ended; what no story is about ends the story at once."""
        try:
            return super()._value(life, how, value)
        except kit.HungError as error:
            if FOR_EVER in str(error):
                raise endings.EndlessError(str(error)) from None
            raise
        except kit.TheirError as error:
            self._raised, self._went_on, self._under_way = error, False, None
            if self._own is None and self._is_slip_of_theirs(error):
                self._own = error
            if error.mro[0] == "MemoryError":
                raise OutOfMemoryError(error.frames[-6:]) from None
            if endings.is_slip(error):
                raise endings.SlipError(error) from None
            raise

    def stopped_at(self, saw: str) -> tuple[tuple[int, str], ...]:
        """The lines where the learner's code stopped, if that is what was seen.

        It is not, where a later call ended well, and what was seen names no such error.
        """
        raised = self._raised
        if raised is None or (self._went_on and raised.mro[0] not in saw):
            return ()
        return tuple(raised.frames[-6:])

    def _is_slip_of_theirs(self, error: kit.TheirError) -> bool:
        """Did a line raise it that has no `raise`: an attribute or a key that is not there, a wrong type?"""
        if not error.own or error.mro[0] not in _BY_ITSELF or not error.frames:
            return False
        line = self._link.source.splitlines()[error.frames[-1][0] - 1 :][:1]
        return not "".join(line).lstrip().startswith("raise")

    def _call(self, call: Any) -> Any:
        """Makes the call and gives what it returns."""
        self._last = self._under_way = None
        is_ours = type(call[0]) is str and call[0][0] == "!"
        if not is_ours:
            self._under_way = call
        life = self._life
        value = self._told(call, life) if life and life.world.telling and not is_ours else super()._call(call)
        self._under_way = None
        if not is_ours:
            self._last, self._went_on = (call, value), True
            if self._facts is not None and not self._odd:
                self._odd = slips.odd_answer(self._facts, _name_of(call), repr(value), value)
        return value

    def _told(self, call: Any, life: Life) -> Any:
        """Makes the call, and tells of it where anything happens in it: the story has its caller, too."""
        world, timeline = life.world, life.world.timeline
        here, began_s = timeline.here(), world.seconds
        value: Any = None
        ended = ""
        try:
            value = super()._call(call)
            ended = "" if isinstance(value, Theirs) and value._fields is None else f"returned {value!r}"
        except kit.TheirError as error:
            ended = f"raised {error.mro[0]}"
            raise
        finally:
            who = speaker_of(call, life)
            if timeline.here()[0] > here[0] or who == CALLER:
                timeline.tell_at(here, Event(began_s, who, _call_shown(call, TOLD_MAX), False))
                if ended and not life.stoppable:  # whoever can be stopped is told of by the process
                    world.tell(who, f"{_name_of(call)}() {ended}"[:CALL_MAX])
        return value

    def _call_together(self, calls: list[Any], stoppable: int | None = None) -> list[kit.Outcome]:
        """Makes several calls at once; in a story that is told, each has a lane of its own."""
        life = self._life
        if life is None or not life.world.telling:
            return super()._call_together(calls, stoppable)
        world, lanes = life.world, [f"call {number}" for number in range(1, len(calls) + 1)]
        for lane, call in zip(lanes, calls, strict=True):
            world.tell(lane, _call_shown(call, TOLD_MAX))
        since = len(world.timeline.events)
        outcomes = super()._call_together(calls, stoppable)
        known = life.ended_ns if len(life.ended_ns) == len(calls) else [-1] * len(calls)
        for lane, outcome, at_ns in zip(lanes, outcomes, known, strict=True):
            ended_s = (at_ns if at_ns >= 0 else world.now_ns) / NS
            world.timeline.tell_then(Event(ended_s, lane, repr(outcome)[:CALL_MAX], False), since)
        return outcomes

    def _last_call(self) -> str:
        """Tells the last call and its answer, as the learner would write it; "" if it gave none."""
        if self._last is None:
            return ""
        call, value = self._last
        return endings.clean(f"{_call_shown(call)} returned {value!r}")

    def _under_way_shown(self) -> str:
        """Tells the call that has not ended; "" if there is none."""
        call = self._under_way
        if call is None:
            return ""
        with suppress(Exception):  # no int of thousands of digits can be told
            return endings.clean(_call_shown(call))
        return f"{_name_of(call)}(...)"


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
        *,
        tellings: kit.Tellings | None = None,
        without: Iterable[str] = (),
    ) -> None:
        order = in_secret_order(secret)
        super().__init__(unit, only=only, secret=secret, order=order, tellings=tellings, without=without)
        self._judged, self._guard, self._faults, self._at = unit, guard, only, at
        self.asked = 0
        self.heard: kit.Story | None = None

    def begins(self) -> None:
        """A story is about to be told: what was raised and printed before is not of it."""
        self._judged._raised = self._judged._own = None
        if self._guard is not None:
            self._guard.forget_output()

    def __call__(self, *asked: Any, **given: Any) -> Iterator[kit.Story]:
        """Gives the stories that the test asks for."""
        self.asked += 1
        here = self._at in (0, self.asked)
        if self._faults is not None:
            self._only = self._faults if here else ()
        try:
            for story in super().__call__(*asked, **given):
                self.heard = story if here else self.heard
                yield story
        finally:
            self.heard = self.current if here and self.current is not None else self.heard


def in_secret_order(secret: str) -> Callable[[list[Any]], list[Any]] | None:
    """Gives what shuffles the stories of one number of faults; None where there is no secret."""
    if not secret:
        return None
    chance = Random(f"order {secret}")  # noqa: S311 - nobody who does not know the secret can guess it

    def shuffled(stories: list[Any]) -> list[Any]:
        chance.shuffle(stories)
        return stories

    return shuffled
