"""Slips: what a broken promise came of, where the learner's file says so by itself.

A call without its await, a function without its return, a helper that nobody calls, a name misspelt: whoever
made one of these has not met the unit's idea yet, and is told the slip before anything else.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from halfway.grading.judge.endings import (
    MISSING_ASK,
    SHAPE_ASK,
    SHAPE_RULE,
    STUB_RULE,
    Ending,
)
from halfway.grading.verdict import NEVER_BEGINS
from halfway.kit.values import EnumMember, TheirError, Theirs
from halfway.sim.answers import MALFORMED

_NO_ATTRIBUTE = re.compile(r"'?(?P<holder>\w+)'? object has no attribute '(?P<name>\w+)'\Z")
_NO_NAME = re.compile(r"(?P<holder>\w+(?:\.py)?) has no `(?P<name>\w+)`\Z")
_ASKED = re.compile(
    r"(?<=raised )(?:AttributeError: (?:.*? has no attribute )?'?(?P<name>\w+)'?|"
    r"NameError: name '(?P<global>\w+)' is not defined)"
)
_NOT_DEFINED = re.compile(r"name '(?P<name>\w+)' is not defined")
_NEVER_AWAITED = re.compile(
    r"<(?!callers\.py>)\w+\.py>:(\d+): RuntimeWarning: coroutine '(?:\w+\.)*([a-z]\w*)' was never awaited"
)
"""What Python says where it is thrown away, if that is in a file that its reader can look at."""
_IN_A_THREAD = re.compile(
    r"^Exception in thread [^\n]*:\nTraceback [^\n]*\n(?P<frames>(?:  [^\n]*\n)+)(?P<said>[A-Za-z_][^\n]*)",
    re.MULTILINE,
)
_LINE = re.compile(r"  File \"[^\"]*?\b(\w+\.py)>?\", line (\d+)")
_PLAIN: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bytes": (bytes,),
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
    "list": (list,),
    "dict": (dict,),
    "set": (set,),
    "tuple": (tuple,),
}
_GIVES_NOTHING = "has no `return` with a value"
_ARTICLES = {"int": "an int", "NoneType": "nothing"}
_NO_KEY = re.compile(r"(?<=raised )KeyError: '(?P<key>[^'\\]+)'")
NEAR, NEAR_KEY = 0.75, 0.88
"""How near a name has to be to be offered. Keys are data: `disk-8` is no misspelt `disk-7`."""


@dataclass(frozen=True)
class Facts:
    """What stands in the learner's file, as its reader on the other side says; `suite` is who calls it."""

    unawaited: list[tuple[int, str]] = field(default_factory=list)
    uncalled: list[tuple[int, str]] = field(default_factory=list)
    valueless: list[tuple[int, str]] = field(default_factory=list)
    falling: list[tuple[int, str]] = field(default_factory=list)
    unused: list[tuple[int, str]] = field(default_factory=list)
    stuck: list[tuple[int, str]] = field(default_factory=list)
    returns: dict[str, str] = field(default_factory=dict)
    defined: list[tuple[str, int, str]] = field(default_factory=list)
    enums: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    keys: list[tuple[int, str]] = field(default_factory=list)
    suite: str = ""

    @classmethod
    def of(cls, told: dict[str, Any], suite: str, owing: Iterable[str] = ()) -> Facts:
        """Takes what crossed; a reader in a sandbox may say anything, so that each part has its type.

        `owing` are the functions that give something, by the contract.

        What has another shape than facts have says nothing.
        """
        try:
            return cls._of(told, suite, frozenset(owing))
        except MALFORMED:
            return cls(suite=suite)

    @classmethod
    def _of(cls, told: dict[str, Any], suite: str, owing: frozenset[str]) -> Facts:
        lines = {
            kind: [(int(line), str(name)) for line, name in told.get(kind, ())]
            for kind in ("unawaited", "uncalled", "valueless", "falling", "silent", "unused", "stuck", "keys")
        }
        lines["valueless"] += [(line, name) for line, name in lines.pop("silent") if name in owing]
        return cls(
            **lines,
            returns=_unambiguous([(str(name), str(text)) for name, text in told.get("returns", ())]),
            defined=[(str(name), int(line), str(holder)) for name, line, holder in told.get("defined", ())],
            enums=frozenset(str(name) for (name,) in told.get("enums", ())),
            names=tuple(str(name) for (name,) in told.get("names", ())),
            suite=suite,
        )


def _unambiguous(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Gives what each name is said to return, where all functions of that name say the same."""
    found = dict(pairs)
    return {name: text for name, text in found.items() if all(t == text for n, t in pairs if n == name)}


def told(end: Ending, facts: Facts, output: str, odd: str, own: TheirError | None = None) -> Ending:
    """Gives the ending with the slip that explains it, if there is one, as the first line of what was seen.

    `odd` is an answer of another type than its signature gives, in the story that is told; `own` is an error
    that a line of the file raised there by itself.
    """
    if end.status != "broken":
        return end
    misnamed = _misnamed(end, facts) or _misspelt_key(end, facts)
    if misnamed is not None:
        return misnamed
    if end.rule == STUB_RULE:
        return end  # What differs from the stub is a slip itself, and what else is seen may come of it.
    slip = next(_slips(end, facts, output, odd, own), "") if end.told_again else ""
    if not slip:
        return end
    if _GIVES_NOTHING in slip:
        end = replace(end, rule=SHAPE_RULE, ask=SHAPE_ASK)
    return replace(end, saw=f"{slip}\n{end.saw}")


def _slips(end: Ending, facts: Facts, output: str, odd: str, own: TheirError | None = None) -> Iterator[str]:
    for line, name in facts.valueless:
        yield f"{name}() {_GIVES_NOTHING} (line {line}): what its caller gets is None"
    yield from _not_called(facts)
    if own is not None and own.frames and not end.saw.startswith("your code raised "):
        yield _raised_by_itself(own, facts)
    yield from _raised_in_a_thread(output)
    yield from _asked(end, facts)
    for line, name in _NEVER_AWAITED.findall(output):
        yield f"line {line} calls {name}(), and nobody awaits it, so it never begins"
    yield from _odd(facts, odd)
    yield from _left_alone(facts)


def _odd(facts: Facts, odd: str) -> Iterator[str]:
    if "None" in odd:
        for line, name in facts.falling:
            if odd.startswith(f"{name}()"):
                yield f"{name}() can come to its end without a `return` (line {line}): its caller gets None"
    if odd:
        yield odd


def _left_alone(facts: Facts) -> Iterator[str]:
    for line, name in facts.unused:
        if not name.startswith("test_") and not re.search(rf"\b{name}\b", facts.suite):
            yield f"nothing calls {name}() (line {line})"
    for line, name in facts.stuck:
        yield f"`{name}` is set before a loop (line {line}), and nothing in the loop changes it"


def _not_called(facts: Facts) -> Iterator[str]:
    for line, name in facts.unawaited:
        yield f"line {line} calls {name}() {NEVER_BEGINS}"
    for line, name in facts.uncalled:
        yield f"line {line} names {name}, and does not call it: there are no `()` after its name"


# ---- names


def _misnamed(end: Ending, facts: Facts) -> Ending | None:
    """Gives the ending of a name that is not there, with where something like it stands."""
    raised = end.saw.removeprefix("your code raised AttributeError: ")
    of_class, of_file = _NO_ATTRIBUTE.match(raised), _NO_NAME.match(raised)
    missing = of_class or of_file
    if missing is not None and not end.frames:
        holder = missing["holder"]
        saw = f"{holder} has no `{missing['name']}`"
        saw = _elsewhere(facts, missing["name"], "" if holder.endswith(".py") else f"the class {holder}", saw)
        return replace(end, saw=saw, rule=STUB_RULE, ask=MISSING_ASK, note="")
    undefined = _NOT_DEFINED.search(end.saw) or _NO_ATTRIBUTE.search(end.saw)
    if undefined is None or not end.saw.startswith("your code raised "):
        return None
    is_global = undefined.re is _NOT_DEFINED
    near = (is_global and _held(facts, undefined["name"])) or _near(facts, undefined["name"])
    return replace(end, saw=f"{end.saw}; the file has `{near}`") if near else None


def _raised_by_itself(error: TheirError, facts: Facts) -> str:
    """An error that came of a line of the file, and of nothing that the line called."""
    line, kind = error.frames[-1][0], error.mro[0]
    missing = _NO_ATTRIBUTE.search(error.said) or _NOT_DEFINED.search(error.said)
    near = _near(facts, missing["name"]) if missing else ""
    return f"your code raised {kind}: {error.said} (line {line})" + (
        f"; the file has `{near}`" if near else ""
    )


def _raised_in_a_thread(output: str) -> Iterator[str]:
    """What ended a thread: who joins it hears nothing of that, and goes on without what it was to give."""
    for found in _IN_A_THREAD.finditer(output):
        lines = [line for _, line in _LINE.findall(found["frames"])]
        where = f" in line {lines[-1]}" if lines else ""
        yield f"a thread ended{where} by an error that nobody hears who waits for it: {found['said']}"


def _misspelt_key(end: Ending, facts: Facts) -> Ending | None:
    """Gives the ending of a key that a table of theirs has not, with where something like it stands."""
    missing = _NO_KEY.search(end.saw)
    if missing is None or not end.saw.startswith("your code raised "):
        return None
    others = {key: line for line, key in facts.keys if key != missing["key"]}
    near = difflib.get_close_matches(missing["key"], others, 1, NEAR_KEY)
    if not near:
        return None
    return replace(end, saw=f"{end.saw}; the file has the key '{near[0]}' (line {others[near[0]]})")


def _asked(end: Ending, facts: Facts) -> Iterator[str]:
    """A name that is not there, in what a suite says of how a call ended."""
    asked = _ASKED.search(end.saw)
    if asked is None:
        return
    near = _held(facts, asked["global"] or "") or _near(facts, asked["name"] or asked["global"])
    if near:
        yield f"your code raised {asked[0]}; the file has `{near}`"


def _held(facts: Facts, name: str) -> str:
    """Gives `self.cap` for a `cap` that is nowhere, where objects of theirs hold it; "" if they do not."""
    return next((held for held in (f"self.{name}", f"self._{name}") if held in facts.names), "")


def _near(facts: Facts, name: str) -> str:
    """Gives the name in the file that is nearest to one that is not there; "" if none is near."""
    others = [other for other in facts.names if other != name]
    return next(iter(difflib.get_close_matches(name, others, 1, NEAR)), "")


def _elsewhere(facts: Facts, name: str, holder: str, saw: str) -> str:
    """Says where a function stands that is looked for in `holder`, or what of nearly its name stands there.

    The file itself is "".
    """
    found_at = [(place, line) for found, line, place in facts.defined if found == name and place != holder]
    for place, line in sorted(found_at, key=lambda at: at[0] != ""):
        stands = f"inside {place}" if place else f"outside {holder}"
        wanted = holder or "the file itself, outside of every class"
        return f"`{name}` stands {stands} (line {line}); its callers look for it in {wanted}"
    inside = {found: line for found, line, place in facts.defined if place == holder}
    near = difflib.get_close_matches(name, inside, 1, NEAR)
    return f"{saw}; it has `{near[0]}` (line {inside[near[0]]})" if near else saw


# ---- types


def odd_answer(facts: Facts, name: str, shown: str, value: Any) -> str:
    """Says that an answer is not of the type that its own signature gives; "" if it is, or nobody can say."""
    wanted = facts.returns.get(name, "")
    if wanted and not _may_be(facts, wanted, value):
        given = "" if value is None else f", {_kind(value)}"
        return f"{name}() returned {shown}{given}, and its signature says {wanted}"
    for part, held in (value._fields or {}).items() if isinstance(value, Theirs) else ():
        says = facts.returns.get(f"{value._cls}.{part}", "")
        if says and not _may_be(facts, says, held):
            return f"{name}() returned {shown}: its `{part}` is {_kind(held)}, and {value._cls} says {says}"
    return ""


def _may_be(facts: Facts, wanted: str, value: Any) -> bool:
    wanted = wanted.strip("'\"")
    if "|" in wanted and "[" not in wanted:
        return any(_may_be(facts, part.strip(), value) for part in wanted.split("|"))
    if wanted == "None":
        return value is None
    outer = wanted.partition("[")[0].rpartition(".")[2]
    if outer in _PLAIN:
        is_bool_for_number = isinstance(value, bool) and outer in ("int", "float")
        return isinstance(value, _PLAIN[outer]) and not is_bool_for_number
    if outer not in {name for name, _, holder in facts.defined if not holder}:
        return True
    if outer in facts.enums:
        return isinstance(value, EnumMember) and value.cls == outer
    return isinstance(value, Theirs) and value._cls in {name for name, _, _ in facts.defined}


def _kind(value: Any) -> str:
    if isinstance(value, EnumMember):
        return f"a {value.cls}"
    if isinstance(value, Theirs):
        return f"a {value._cls}"
    name = type(value).__name__
    return _ARTICLES.get(name, f"a {name}")
