"""What is true of one submission: every promise of its unit, kept or not, and why. Data, with one JSON form.

The JSON form is described by `verdict.schema.json` beside this file, which `form` makes of these classes;
`SCHEMA` is its version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, cast, get_args

SCHEMA = 3
READABLE = (1, 2, SCHEMA)
"""Version 1 had no `unusual`; version 2 had no `ways`, and events without `kind` and `to`."""

Status = Literal[
    "kept",
    "broken",
    "not_proved",
    "not_reached",
    "out_of_time",
    "out_of_memory",
    "too_much_output",
    "checker_fault",
]
STATUSES: tuple[str, ...] = get_args(Status)
Suite = Literal["hidden", "examples"]

CHECKER_FAILED = "The checker itself failed; this is not your code."
STILL_TO_WRITE = "is still to be written"
NEVER_BEGINS = "without `await`, so it never begins"
NOT_ASKED = "one story of another promise was told again"
"""What is said of the promises that a replay is not about."""


@dataclass(frozen=True)
class Started:
    """A promise begins to be checked; told while a verdict is in the making."""

    id: str
    text: str


@dataclass(frozen=True)
class Replay:
    """One story to tell again, with these faults; `promise` is its number from 1, or 0 for all of them."""

    promise: int
    faults: tuple[Any, ...] = ()

    def __str__(self) -> str:
        told = "+".join(map(str, self.faults))
        return f"{self.promise}/{told}" if told else str(self.promise)

    @classmethod
    def read(cls, text: str) -> Replay:
        """Reads "2/ring~1~the-reply-is-lost", "2", or faults alone. Raises ValueError for anything else."""
        from halfway.sim.tape import parse_replay

        number, _, told = text.strip().partition("/")
        if number.isdigit():
            return cls(int(number), parse_replay(told))
        return cls(0, parse_replay(text.strip()))


@dataclass(frozen=True)
class Frame:
    """One line of the learner's file that was running."""

    line: int
    function: str
    text: str


@dataclass(frozen=True)
class Event:
    """One thing that happened in a story, at a virtual time; `fault` marks what went wrong by intent.

    `kind` says what it is to whoever draws it (request, reply, call, cancel, kill, loss, block, or ""), and
    `to` names the lane that it goes to, comes from, or goes wrong at.
    """

    at_s: float
    who: str
    what: str
    fault: bool = False
    kind: str = ""
    to: str = ""


@dataclass(frozen=True)
class Way:
    """How the story could have gone on instead, after its first `at` events; `replay` tells that story."""

    at: int
    words: str
    replay: str
    chosen: bool = False
    """Is it how this story went? Then `replay` tells the story without it."""


@dataclass(frozen=True)
class Misconception:
    """The wrong idea whose pattern of broken promises is the same: the mutant's name, and its words."""

    name: str
    words: str


@dataclass(frozen=True)
class PromiseResult:
    """What became of one promise, with what the learner is shown of it."""

    id: str
    text: str
    status: Status
    saw: str = ""
    rule: str = ""
    ask: str = ""
    frames: tuple[Frame, ...] = ()
    stories: int = 0
    replay: str = ""
    faults: int = 0
    timeline: tuple[Event, ...] = ()
    calm: tuple[Event, ...] = ()
    note: str = ""
    output: str = ""
    ways: tuple[Way, ...] = ()
    """What else could have happened in the story: told where one story was asked for."""

    @property
    def kept(self) -> bool:
        """True for a kept promise alone."""
        return self.status == "kept"

    @property
    def unwritten(self) -> bool:
        """True where the learner's code said NotImplementedError."""
        return self.status == "broken" and self.saw.endswith(STILL_TO_WRITE)


@dataclass(frozen=True)
class Verdict:
    """All promises of one submission, in the order of the suite."""

    unit: str
    file: str
    sha256: str
    python: str
    halfway: str
    seeds: tuple[str, ...]
    seconds: float
    stories: int
    promises: tuple[PromiseResult, ...]
    misconception: Misconception | None = None
    fault: str = ""
    suite: Suite = "hidden"
    unusual: tuple[str, ...] = ()
    """What the file imports that no unit needs, where submissions are confined: for whoever reads it."""

    @property
    def passed(self) -> bool:
        """True if there are promises, every one is kept, and the checker itself was sound."""
        return bool(self.promises) and all(p.kept for p in self.promises) and not self.fault

    @property
    def replayed(self) -> PromiseResult | None:
        """The one promise whose story was told again; None if this is no replay."""
        others = [p for p in self.promises if p.saw != NOT_ASKED]
        return others[0] if len(others) == 1 < len(self.promises) else None

    @property
    def broken(self) -> tuple[PromiseResult, ...]:
        """The promises that are not kept, for whatever reason."""
        return tuple(p for p in self.promises if not p.kept)

    def to_dict(self) -> dict[str, Any]:
        """Gives plain data, in the shape of the schema."""
        head = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return {"schema": SCHEMA, "passed": self.passed, **head}

    def to_json(self, indent: int | None = None) -> str:
        """Gives one JSON text; equal verdicts give equal texts."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Verdict:
        """Reads plain data in the shape of the schema. Raises ValueError for another version of it."""
        if data.get("schema") not in READABLE:
            raise ValueError(f"a verdict of schema {data.get('schema')!r}, and this is {SCHEMA}: grade again")
        known = {name: data[name] for name in cls.__dataclass_fields__ if name != "unusual"}
        known["unusual"] = tuple(data.get("unusual", ()))
        wrong = known["misconception"]
        known["seeds"] = tuple(known["seeds"])
        known["promises"] = tuple(promise_from_dict(p) for p in known["promises"])
        known["misconception"] = Misconception(**wrong) if wrong else None
        return cls(**known)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """Reads what `to_json` gave."""
        return cls.from_dict(json.loads(text))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def promise_to_dict(result: PromiseResult) -> dict[str, Any]:
    """Gives one promise as plain data."""
    return cast(dict[str, Any], _plain(result))


def promise_from_dict(data: dict[str, Any]) -> PromiseResult:
    """Reads what `promise_to_dict` gave. Raises ValueError for a status that is none."""
    if data["status"] not in STATUSES:
        raise ValueError(f"{data['status']!r} is no status of a promise")
    parts = {
        "frames": tuple(Frame(**f) for f in data["frames"]),
        "timeline": tuple(Event(**e) for e in data["timeline"]),
        "calm": tuple(Event(**e) for e in data["calm"]),
        "ways": tuple(Way(**w) for w in data.get("ways", ())),
    }
    return PromiseResult(**{**data, **parts})


def with_examples(hidden: Verdict, examples: Verdict) -> Verdict:
    """Gives a verdict in which examples that do not work come first: who breaks one has not kept everything.

    Of examples that work nothing is said, and a fault of ours among them costs nothing.
    """
    broken = tuple(result for result in examples.promises if result.status == "broken")
    if examples.fault or not broken:
        return hidden
    return replace(hidden, promises=broken + hidden.promises)


def without_what_never_began(results: tuple[PromiseResult, ...]) -> tuple[PromiseResult, ...]:
    """Gives the results, none of them kept where another is broken because a call of theirs never begins.

    A promise about what is never done is kept by nobody: it is not reached.
    """
    first = (result.saw.partition("\n")[0] for result in results if result.status == "broken")
    why = next((saw for saw in first if saw.endswith(NEVER_BEGINS)), "")
    if not why:
        return results
    return tuple(replace(r, status="not_reached", saw=why) if r.kept else r for r in results)


class WrongIdea(Protocol):
    """What has to be known of a wrong idea to recognise it: see `halfway.catalog.Mutant`."""

    @property
    def name(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def caught_by(self) -> tuple[str, ...]: ...
    @property
    def at_times(self) -> tuple[str, ...]: ...
    @property
    def first_in(self) -> str: ...


def recognise(results: Iterable[PromiseResult], ideas: Iterable[WrongIdea]) -> Misconception | None:
    """Names the misconception, if one idea alone breaks exactly these promises, in the same story at first.

    A file that is still to be written shows no idea yet, so it has no misconception; neither has one that
    ran into a limit.
    """
    results = tuple(results)
    if not any(r.status == "broken" for r in results) or any(r.unwritten for r in results):
        return None
    if any(r.status not in ("kept", "broken") for r in results):
        return None
    same = [one for one in ideas if _breaks(one, results) and first_in(results, one) == one.first_in]
    return Misconception(same[0].name, same[0].words) if len(same) == 1 else None


def _breaks(idea: WrongIdea, results: Iterable[PromiseResult]) -> bool:
    broken = {result.id for result in results if result.status == "broken"}
    return broken.issuperset(idea.caught_by) and broken.issubset({*idea.caught_by, *idea.at_times})


def first_in(results: Iterable[PromiseResult], idea: WrongIdea) -> str:
    """Gives the faults of the story that is shown first of the promises that the idea always breaks."""
    stories = (r.replay for r in results if r.status == "broken" and r.id in idea.caught_by)
    return next(stories, "").partition("/")[2]
