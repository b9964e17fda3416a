"""Law 16: a suite is under every pressure, or says by name and with a reason which it is not under."""

from __future__ import annotations

from itertools import chain, combinations_with_replacement

from halfway import kit
from halfway.prove.case import Case, Findings
from halfway.prove.pressing import GROUP, Ran, ran

MEET = f"{kit.KINDS_MEET}: "
"""How a suite says that two kinds of fault cannot meet: "kinds meet: CRASH and LOST"."""

USED = {
    kit.VALUES: ("words_of", "numbers_of"),
    kit.ERRORS: ("Remote", "Phone", "Table"),
    kit.OWN_CLOCKS: ("Clock", "FakeClock"),
    kit.BETWEEN: ("Clock", "Database", "FakeClock", "Lane", "Table"),
    kit.ELSEWHERE: ("other_machine",),
}
"""The names of the kit with which a suite puts itself under a pressure that it has to take part in."""
GROUPS = (GROUP, "all_sorts", "odd_errors", "odd_ways")
"""The names with which a suite raises errors that are groups."""
ASKED_FOR = {kit.LIVES_ON: "process.again(...)", kit.BESIDE: "beside=...", kit.ASKED: "asking=..."}
"""The calls that do so, which leave a trace of themselves when they are made."""


def law_16_pressures(case: Case) -> Findings:
    """The suite takes part in every pressure, or `WITHOUT` names it with a reason, which is printed.

    Every two kinds of fault that its ports know meet in one story, and so do two cancels; a process is asked
    again after each way in which its calls end; and a promise answers for what is found in scenarios.
    """
    found = ran(case)
    if found.without:
        case.report.without[case.unit.slug] = dict(found.without)
    findings = _reasons(found), _used(found), _groups(found), _promised(found), _ends(found), _meetings(found)
    for what, step in chain.from_iterable(findings):
        yield case.found(16, case.unit.suite, what, step)


def _reasons(found: Ran) -> list[tuple[str, str]]:
    told = []
    for name, reason in found.without.items():
        kinds = name.removeprefix(MEET).split(" and ") if name.startswith(MEET) else ()
        if name not in kit.PRESSURES and not (kinds and found.kinds.issuperset(kinds)):
            told.append(
                (f"WITHOUT names {name!r}, which is no pressure.", "name one of halfway.kit.PRESSURES")
            )
        if len(str(reason).split()) < 3:
            told.append((f"WITHOUT gives no reason for {name!r}.", "say why this unit cannot be under it"))
    return told


def _used(found: Ran) -> list[tuple[str, str]]:
    missed = [
        (pressure, " or ".join(names)) for pressure, names in USED.items() if found.names.isdisjoint(names)
    ]
    missed += [(pressure, call) for pressure, call in ASKED_FOR.items() if pressure not in found.pressed.used]
    return [
        (
            f"The suite is not under {pressure!r}: nothing in it takes part.",
            f"use {names}, or give the reason in WITHOUT",
        )
        for pressure, names in missed
        if pressure not in found.without
    ]


def _groups(found: Ran) -> list[tuple[str, str]]:
    """Where errors are raised, one of them is a group: `except*` and `split` take nothing else apart."""
    is_under = kit.ERRORS not in found.without and not found.names.isdisjoint(USED[kit.ERRORS])
    if not is_under or not found.names.isdisjoint(GROUPS):
        return []
    return [
        (
            f"The suite is under {kit.ERRORS!r}, and none of its errors is a group.",
            f"use ports.odd_ways(...), or odd_errors for callers, or raise an {GROUP}",
        )
    ]


def _promised(found: Ran) -> list[tuple[str, str]]:
    """What is found in a scenario waits for a promise; outside of one it breaks the promise that tells it."""
    if not found.pressed.scenarios:
        return []
    return [
        (
            f"No promise answers for what {pressure!r} finds by itself.",
            "say promise_under(story, ...) in the promise that it breaks",
        )
        for pressure in kit.FINDS
        if pressure not in found.without and pressure not in found.promised
    ]


def _ends(found: Ran) -> list[tuple[str, str]]:
    """After each way in which calls ended, the same process was asked again."""
    if kit.LIVES_ON in found.without:
        return []
    missed = found.pressed.ends - found.pressed.used.get(kit.LIVES_ON, set())
    return [
        (f"No process was asked again after a call that {end}.", "call process.again(...) there too")
        for end in sorted(missed)
    ]


def _meetings(found: Ran) -> list[tuple[str, str]]:
    if kit.KINDS_MEET in found.without:
        return []
    told = []
    for one, other in combinations_with_replacement(sorted(found.kinds), 2):
        name = f"{MEET}{one} and {other}"
        if one == other != kit.CANCEL:
            continue
        if (one, other) not in found.pressed.met and name not in found.without:
            what = f"In no story {one} and {other} meet."
            told.append(
                (what, f"tell a scenario with both, at depth 2; or give the reason in WITHOUT[{name!r}]")
            )
    return told
