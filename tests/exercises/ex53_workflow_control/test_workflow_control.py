"""What is checked for ex53: an engine's answers to every command, held against an engine of the judge's own.

A story plays operator and workers. After each command it looks at every workflow: at its status, at its
results, and where that is the point at more. The first answer that the contract does not give is shown, with
what was true of the workflows before that command; what the right answer is, the learner finds.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache

from halfway.kit import (
    QUIET_END,
    Dice,
    bounds_of,
    callers,
    literals_of,
    promise,
    promise_under,
    tried,
    words_of,
)

AT_ONCE = "no call takes time, so nothing is ever under way: a step lasts from one command to another"
IN_MEMORY = "nothing is handed in, and an engine is all in memory: neither a port nor a crash is met"
WITHOUT = {
    "asked at any time": AT_ONCE,
    "between two lines": IN_MEMORY,
    "clocks of their own": "no clock is handed in",
    "elsewhere": "nothing is made of the machine",
    "kinds meet": IN_MEMORY,
    "somebody is beside it": f"{AT_ONCE}; two engines are a promise of their own",
    "the process lives on": f"{AT_ONCE} and can be stopped; an engine is asked again in every story",
    "the whole family of errors": IN_MEMORY,
}
ONE, TWO = "1.0.0", "2.0.0"
DAY_S = 86_400
YEAR_S = 365.0 * DAY_S
NO_LIMIT = 10**18
"""So many places that nobody can make a list of them."""
BREAK = "\0"
ENQUEUED, RUNNING, CANCELLED, FAILED, FINISHED = (
    f"Status.{name}" for name in ("ENQUEUED", "RUNNING", "CANCELLED", "FAILED", "FINISHED")
)


# ---- the judge's own engine


@dataclass
class Row:
    """One workflow of the judge's own engine."""

    steps: tuple
    version: str
    parent: str | None
    status: str = ENQUEUED
    recorded: list = field(default_factory=list)
    out: tuple | None = None
    attempts: int = 0


class Refused(Exception):
    """An error that the contract names."""


class Expected:
    """What the contract answers."""

    def __init__(self, places):
        self.places, self.rows = places, {}

    def row(self, key):
        if key not in self.rows:
            raise Refused("UnknownWorkflow")
        return self.rows[key]

    def enqueue(self, key, steps, version, parent=None):
        if parent is not None:
            self.row(parent)
        if key in self.rows:
            raise Refused("ValueError")
        self.rows[key] = Row(tuple(steps), version, parent)

    def status(self, key):
        return self.row(key).status

    def begin(self, version):
        held = sum(row.out is not None or row.status == RUNNING for row in self.rows.values())
        some = (RUNNING, ENQUEUED) if held < self.places else (RUNNING,)
        rows = [(key, row) for key, row in self.rows.items() if row.version == version]
        fit = [pair for pair in rows if pair[1].status in some]
        ready = [pair for pair in fit if pair[1].status == RUNNING and not pair[1].out]
        ready += [pair for pair in fit if pair[1].status == ENQUEUED]
        if not ready:
            return None
        key, row = ready[0]
        row.status, row.attempts = RUNNING, row.attempts + 1
        number = len(row.recorded) + 1
        row.out = Fields((key, number, row.steps[number - 1], row.attempts))
        return row.out

    def end(self, ticket, result):
        row = self.row(ticket[0])
        if row.out == ticket:
            row.out = None
            row.recorded.append(result)
            if row.status == RUNNING and len(row.recorded) == len(row.steps):
                row.status = FINISHED

    def fail(self, ticket):
        row = self.row(ticket[0])
        if row.out == ticket:
            row.out = None
            if row.status == RUNNING:
                row.status = FAILED

    def cancel(self, key, *, children):
        family = [(key, self.row(key))]
        for parent, _ in family if children else ():
            family += [pair for pair in self.rows.items() if pair[1].parent == parent]
        hit = [(name, row) for name, row in family if row.status in (ENQUEUED, RUNNING)]
        for _, row in hit:
            row.status = CANCELLED
        return [name for name, _ in hit]

    def stopped(self, key):
        row = self.row(key)
        return row.status in (FINISHED, FAILED, CANCELLED) and row.out is None

    def resume(self, key):
        row = self.row(key)
        if row.status in (RUNNING, FINISHED):
            return False
        if row.out:
            raise Refused("StillRunning")
        row.status = FINISHED if len(row.recorded) == len(row.steps) else RUNNING
        return True

    def fork(self, key, start_step, new, *, version=None):
        row = self.row(key)
        most = min(len(row.recorded) + 1, len(row.steps))
        if new in self.rows or not 1 <= start_step <= most:
            raise Refused("ValueError")
        kept = row.recorded[: start_step - 1]
        self.rows[new] = Row(row.steps, version or row.version, None, recorded=kept)

    def steps(self, key):
        row = self.row(key)
        return [Fields((place + 1, row.steps[place], result)) for place, result in enumerate(row.recorded)]


# ---- where the learner's file runs


def played(lists):
    """The answers to each of these lists of commands, in an engine of its own; see `as_json`."""
    import json

    import control

    remade, commands, lists = json.loads(lists)

    def of_one(places, numbers):
        asked = [commands[number] for number in numbers]
        return answers_of(control.Engine(places), namer(control), asked, control.Ticket if remade else None)

    return json.dumps([of_one(*one) for one in lists])


def looked(engine, looks):
    """The answers to these questions, as text."""
    import control

    return answers_of(engine, namer(control), [(look, [key], {}) for look, key in looks])


def kept_lists(report, version):
    """What is seen where a caller keeps and clears its lists, as far as it comes."""
    return as_far_as_it_comes(uses_of_lists, report, version)


def names_in_sequences(report, version):
    """What is seen where a caller has its names in other sequences than a list, as far as it comes."""
    return as_far_as_it_comes(sequences_of_all_kinds, report, version)


def as_far_as_it_comes(uses, report, version):
    import control

    seen = []
    try:
        uses(control.Engine(1), seen, report, version)
    except NotImplementedError:
        raise
    except Exception as error:
        seen.append(["the next command", namer(control)(error)])
    return seen


def uses_of_lists(engine, seen, report, version):
    """A caller keeps and clears lists that went in or came out: what it did, and what is seen then."""
    given = ["collect", "send"]
    engine.enqueue(report, given, version)
    given.clear()
    engine.steps(report).append("more")
    seen.append(["an empty list from steps is filled; the next list", as_text("steps", engine.steps(report))])
    ticket = engine.begin(version)
    seen.append(["the list that went into enqueue is cleared; the ticket", as_text("begin", ticket)])
    engine.end(ticket, "rows")
    kept = engine.steps(report)
    engine.end(engine.begin(version), "sent")
    engine.steps(report).reverse()
    seen.append(["a list from steps is reversed; the next list", as_text("steps", engine.steps(report))])
    seen.append(["a list from steps is kept while the next step ends; it", as_text("steps", kept)])
    kept.clear()
    seen.append(["a list from steps is cleared; the next list", as_text("steps", engine.steps(report))])
    for number in (2, 3):
        engine.fork(report, 1, f"{report}-{number}")
    cancelled = engine.cancel(f"{report}-2", children=False)
    engine.cancel(f"{report}-3", children=False)
    seen.append(["a list from cancel is kept while another is cancelled; it", as_text("cancel", cancelled)])
    engine.cancel(f"{report}-2", children=False).append("more")
    once_more = engine.cancel(f"{report}-2", children=False)
    seen.append(["an empty list from cancel is filled; the next list", as_text("cancel", once_more)])


def sequences_of_all_kinds(engine, seen, report, version):
    """A caller hands in names in whatever it has, and changes that later."""
    from collections import UserList, deque

    kinds = (
        *((UserList, "a UserList"), (own_list(), "a list of a class of its own"), (deque, "a deque")),
        (around_a_list(), "a sequence around a list"),
    )
    for kind, what in kinds:
        given, came_out = kind(["collect", "send"]), "None"
        try:
            engine.enqueue(f"{report}-{what}", given, version)
        except Exception as error:
            came_out = repr(error)
        seen.append([f"{what} goes into enqueue; what comes out", came_out])
        if came_out != "None":
            return
        given[0] = "other"
        ticket = engine.begin(version)
        seen.append([f"{what} went into enqueue and is changed; the ticket", as_text("begin", ticket)])
        engine.end(ticket, "rows")
        given.clear()
        ticket = engine.begin(version)
        seen.append([f"{what} went into enqueue and is cleared; the next ticket", as_text("begin", ticket)])
        engine.end(ticket, "sent")


def own_list():
    """A list as a caller may have it, with a class of its own."""

    class Names(list):
        """Names."""

    return Names


def around_a_list():
    """A sequence that is no list, and has one inside."""
    from collections.abc import Sequence

    class Around(Sequence):
        """Names, and only one of them at a time."""

        def __init__(self, names):
            self.names = list(names)

        def __len__(self):
            return len(self.names)

        def __getitem__(self, place):
            return self.names[place]

        def __setitem__(self, place, name):
            self.names[place] = name

        def clear(self):
            self.names.clear()

    return Around


def lived(lives, about, left):
    """The answers that an engine gives in each of these lives, as a text; who asks is deep in the stack."""
    import control

    def asked(life, places):
        return answers_of(control.Engine(places), namer(control), globals()[life](*about))

    return ["\0".join(from_deep(lambda life=life: asked(*life), left)) for life in lives]


def from_deep(call, left):
    """Call it from so deep in the stack that only so many calls fit in below it."""
    import sys

    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return deeper(call, min(sys.getrecursionlimit(), 3_000) - depth - left)


def deeper(call, frames):
    return deeper(call, frames - 1) if frames > 0 else call()


def a_long_life(report, one, two, times):
    """One that fails and is cancelled often and hears of its first attempt, a long one, many, many forks."""
    begin, end, cancel = (
        ("begin", [one], {}),
        ("end", [-1, "done"], {}),
        ("cancel", [report], {"children": False}),
    )
    yield "enqueue", [report, ["collect", "send"], one], {}
    for _ in range(times["failures"]):
        yield from (begin, ("fail", [-1], {}), ("resume", [report], {}))
    yield from (begin, ("end", [-1 - times["failures"], "late"], {}), end)
    for _ in range(times["resumed"]):
        yield from (cancel, ("resume", [report], {}))
    yield from (begin, end)
    yield "enqueue", [f"{report}-long", ["send"] * times["steps"], one], {}
    for number in range(times["steps"]):
        yield from (begin, ("end", [-1, number], {}))
    yield "steps", [f"{report}-long"], {}
    for number in range(times["finished"]):
        yield "enqueue", [f"{report}-{number}", ["send"], one], {}
        yield from (begin, end)
    yield from ((look, [report], {}) for look in ("status", "stopped", "steps"))
    for number in range(times["forks"]):
        original, fork = f"{report}-fork-{number - 1}" if number else report, f"{report}-fork-{number}"
        yield "fork", [original, 2, fork], {"version": two}
    for number in range(times["finished"]):
        yield "fork", [report, 1, f"{report}-again-{number}"], {"version": two}
    yield "steps", [fork], {}


def one_behind_the_other(report, one, two, times):
    """Many wait, and the last ones are of a version that is asked for."""
    many = times["waiting"]
    for number in range(many):
        yield "enqueue", [f"{report}-{number}", ["send"], one if number > many - 7 else two], {}
    for _ in range(7):
        yield "begin", [one], {}


def a_large_family(report, one, two, times):
    """Many children of one parent, and then it is cancelled with them."""
    yield "enqueue", [report, ["send"], one], {}
    for number in range(times["children"]):
        yield "enqueue", [f"{report}-{number}", ["send"], two], {"parent": report}
    for _ in range(2):
        yield "cancel", [report], {"children": True}


def asked_often(report, one, _, times):
    """Between any two commands that change something come many that change nothing."""
    begin, stopped, resume = ("begin", [one], {}), ("stopped", [report], {}), ("resume", [report], {})
    cancel, fork = ("cancel", [report], {"children": False}), ("fork", [report, 9, f"{report}-fork"], {})
    end, fail = ("end", [-1, "done"], {}), ("fail", [-1], {})
    again, nobody = ("enqueue", [report, ["send"], one], {}), ("status", [f"{report}-fork"], {})
    yield "enqueue", [report, ["collect", "send"], one], {}
    yield "enqueue", [f"{report}-2", ["send"], one], {}
    yield begin
    for nothing, something in (
        ((begin, stopped, resume, fork, again), [fail]),
        ((cancel, end), [resume, begin, cancel]),
        ((begin, stopped, resume), [end]),
        ((cancel, fail), [begin]),
        ((begin, stopped, nobody), [resume, begin, begin, end]),
        ((resume, end), [("end", [-2, "done"], {}), begin]),
    ):
        for _ in range(times["questions"]):
            yield from nothing
        yield from something
        yield "steps", [report], {}
    yield "steps", [f"{report}-2"], {}


def going_on(engine, commands, tickets, back_s):
    """The answers to these commands, which go on with these tickets; the machine's clock is set back."""
    import control

    put_right = set_back(back_s)
    try:
        remade = [tuple(ticket) for ticket in tickets]
        return answers_of(engine, namer(control), commands, control.Ticket, remade)
    finally:
        put_right()


def set_back(seconds):
    """Set the machine's clock back, the hand that shows the date and no other; give what puts it right."""
    import sys
    import time
    from datetime import timedelta

    api, hands = vars(sys.modules.get("freezegun.api", time)), vars(time)
    kept, by = [(names, dict(names)) for names in (api, hands)], timedelta(seconds=seconds)
    frozen, never_back = api.get("freeze_factories"), ("_get_fake_monotonic", "_get_fake_monotonic_ns")
    if frozen and api.keys() >= set(never_back):
        frozen[-1].time_to_freeze -= by
        api.update({name: shifted(api[name], seconds * 10 ** (9 * ("ns" in name))) for name in never_back})
    else:
        frozen = None
        for name, much in (("time", -seconds), ("time_ns", -seconds * 10**9)):
            hands[name] = shifted(hands[name], much)

    def put_right():
        for names, as_before in kept:
            names.update(as_before)
        if frozen:
            frozen[-1].time_to_freeze += by

    return put_right


def shifted(hand, much):
    return lambda: hand() + much


def at_once(mine, others):
    """The answers of an engine, and those of others that are used between any two lines of its methods.

    Each comes after what the same commands are answered with where nobody is beside them.
    """
    import contextvars
    import json
    import sys

    import control

    named, lines, seen, theirs = namer(control), set(), set(), vars(control)

    def beside():
        seen.add(tuple(answers_of(control.Engine(1), named, others)))

    def watch(frame, event, _):
        if frame.f_globals is not theirs:
            return None
        line = frame.f_code, frame.f_lineno
        if event == "line" and line not in lines:
            lines.add(line)
            contextvars.Context().run(beside)
        return watch

    alone = [answers_of(control.Engine(1), named, commands) for commands in (mine, others)]
    before = sys.gettrace()
    sys.settrace(watch)
    try:
        answers = answers_of(control.Engine(1), named, mine)
    finally:
        sys.settrace(before)
    return json.dumps([(alone[0], answers), *((alone[1], one) for one in sorted(seen))])


def unusual_results(own):
    """Odd results, one after the other: [what it is, what comes back where that is another one].

    `own` are values that stand in the code, as JSON: what it takes for none may be a result.
    """
    import json

    import control

    seen, named = [], namer(control)
    kinds = {**odd_json(), **{f"{value!a}": value for value in json.loads(own)}}
    for what, result in kinds.items():
        engine = control.Engine(1)
        engine.enqueue("report", ["collect", "send"], "1")
        try:
            engine.end(engine.begin("1"), result)
            engine.fork("report", 2, "fork")
            came = [step.result for key in ("report", "fork") for step in engine.steps(key)]
            number = engine.begin("1").number
            kept = len(came) == 2 and number == 2 and all(is_same_json(one, result) for one in came)
            seen.append([what, "" if kept else f"step {number} is next, and {str(came)[:60]!a} is recorded"])
        except NotImplementedError:
            raise
        except Exception as error:
            seen.append([what, named(error)[:80]])
    return seen


def odd_json():
    """What `json.dumps` writes and few think of."""
    return {
        "nan": float("nan"),
        "-inf": float("-inf"),
        "-0.0": -0.0,
        "1.0": 1.0,
        "0.1 + 0.2": 0.1 + 0.2,
        "2**53 + 1": 2**53 + 1,
        "10**30": 10**30,
        "an empty str": "",
        "an empty list": [],
        "an empty dict": {},
        "a list with None in it": [None],
        "a dict whose key is empty": {"": 0},
        "half of a surrogate pair": "\ud800",
        "both halves of a surrogate pair": "\ud83d\ude00",
        "a str with a NUL in it": "a\0b",
        "a str of 10,000 signs": "x" * 10_000,
        "a list in a list, and so on, 600 deep": nested(600),
        "a dict in a dict, and so on, 600 deep": nested(600, lambda value: {"a": value}),
    }


def is_same_json(one, other):
    """Does `json.dumps` write them alike? The order of keys is nobody's."""
    import json

    return repr(one) == repr(other) or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def nested(depth, around=lambda value: [value]):
    """A value in a value, so deep."""
    value = 1
    for _ in range(depth):
        value = around(value)
    return value


def namer(control):
    """Gives the name of an error, as the contract has it."""
    kinds = (control.UnknownWorkflow, control.StillRunning, ValueError)

    def named(error):
        return next((kind.__name__ for kind in kinds if isinstance(error, kind)), repr(error))

    return named


def answers_of(engine, named, commands, ticket_of=None, tickets=None):
    """The answers to these commands, as text; a ticket is said by how many were handed out since.

    With `ticket_of` nobody keeps a ticket: it goes away as its fields, and is made anew for its report.
    """
    tickets, answers = [] if tickets is None else tickets, []
    for command in commands:
        try:
            answers.append(answer_of(engine, tickets, command, ticket_of))
        except NotImplementedError:
            raise
        except Exception as error:
            answers.append(named(error))
    return answers


def answer_of(engine, tickets, command, ticket_of):
    """The answer to one command; when this returns, nothing of it is kept but its ticket."""
    name, args, given = command
    if name in ("end", "fail"):
        if len(tickets) < -args[0]:
            return "None"
        ticket = tickets[args[0]]
        args = [ticket_of(*ticket) if ticket_of else ticket, *args[1:]]
    value = getattr(engine, "steps" if name == "results" else name)(*args, **given)
    if name == "begin" and value is not None:
        tickets.append(fields_of(value, "workflow_id", "number", "name", "attempt") if ticket_of else value)
    return as_text(name, value)


def as_text(name, value):
    """An answer as text, that of either engine; what is of another type is another text."""
    if name in ("steps", "results") and type(value) is list:
        steps = [fields_of(one, "number", "name", "result") for one in value]
        return repr(steps if name == "steps" else [result for _, _, result in steps])
    if name == "begin" and value is not None:
        return repr(fields_of(value, "workflow_id", "number", "name", "attempt"))
    if name == "cancel" and type(value) is list:
        return repr(sorted(value))
    return str(value) if name == "status" else repr(value)


def fields_of(value, *names):
    """The fields of theirs and of ours alike; what has none of them is itself."""
    if isinstance(value, tuple):
        return tuple(value)
    return tuple(getattr(value, name) for name in names) if hasattr(value, names[0]) else value


CALLERS = {
    "all": (answers_of, answer_of, as_text, fields_of, namer),
    played: (),
    looked: (),
    kept_lists: (as_far_as_it_comes, uses_of_lists),
    names_in_sequences: (as_far_as_it_comes, sequences_of_all_kinds, own_list, around_a_list),
    unusual_results: (odd_json, nested, is_same_json),
    lived: (from_deep, deeper, a_long_life, one_behind_the_other, a_large_family, asked_often),
    going_on: (set_back, shifted),
    at_once: (),
}
"""Whom to ask where the learner's file runs, and what each needs beside what all need."""


def theirs_of(unit, who):
    """This function, where the learner's file runs."""
    return getattr(callers(unit, who, *CALLERS[who], *CALLERS["all"]), who.__name__)


# ---- the two engines side by side


@dataclass(frozen=True)
class Held:
    """A ticket: the learner's, and what it says."""

    theirs: object
    said: tuple
    copied: str = ""
    """How it is shown, where it is not the ticket that `begin` gave."""


TICKET = ("workflow_id", "number", "name", "attempt")
LOOKS = ("status", "results")
ALL_LOOKS = ("status", "stopped", "steps")


class Desk:
    """An engine at work. Once an answer is not the contract's, nothing more is asked."""

    def __init__(self, unit, story, places=1, *, looks=LOOKS):
        self.unit, self.story, self.looks = unit, story, looks
        self.expected, self.known, self.facts = Expected(places), [], ""
        self.places, self.said, self.wrong, self.asking, self.waited = places, [], "", "", ""
        made = tried(lambda: unit.Engine(places))
        self.engine = made.value if made.kind == "returned" else None
        if self.engine is None:
            self.wrong = f"Engine({places}) {made}"

    def enqueue(self, key, *steps, version=ONE, parent=None):
        self.known.append(key)
        given = {"parent": parent} if parent else {}
        self.do("enqueue", key, list(steps) or ["collect", "send"], version, **given)

    def begin(self, version=ONE):
        return self.do("begin", version)

    def end(self, ticket, result="done"):
        self.do("end", ticket, result)

    def fail(self, ticket):
        self.do("fail", ticket)

    def cancel(self, key, *, children=False):
        self.do("cancel", key, children=children)

    def resume(self, key):
        self.do("resume", key)

    def fork(self, key, start_step, new, **given):
        self.known.append(new)
        self.do("fork", key, start_step, new, **given)

    def later(self):
        """A year goes by."""
        self.story.world.pass_time(YEAR_S)
        self.said.append("a year goes by")

    def copy(self, held, **other):
        """A ticket that is not the same object: an equal one, or one in which a field is another."""
        if not held:
            return None
        said = Fields(other.get(field, value) for field, value in zip(TICKET, held.said, strict=True))
        step = f"<copy of step {said[1]} of {said[0]}, attempt {said[3]}>"
        return Held(self.unit.Ticket(*said), said, copied=repr(said) if other else step)

    def one_step(self, result="done", version=ONE):
        """A worker takes a step and ends it."""
        self.end(self.begin(version), result)

    def do(self, name, *args, **given):
        """Give a command to both engines, and then look at every workflow."""
        if self.wrong:
            return None
        told = shown(name, args, given)
        self.facts = facts(self.expected, name, args, given)
        if self.story.world.telling:
            self.story.world.tell("operator" if name in OPERATOR else "worker", told)
        began_s = self.story.world.seconds
        held = self.asked(name, args, given, told)
        if not self.wrong:
            self.look_around(told)
        took_s = self.story.world.seconds - began_s
        if took_s and not self.waited:
            self.waited = f"{self.facts}then {told} and a look at every workflow took {took_s:g} s"
        self.said.append(told)
        return held

    def look_around(self, told):
        """Ask about every workflow; all at once, and one by one where an answer is not the contract's."""
        looks = [
            (look, key)
            for key in dict.fromkeys(self.known)
            for look in self.looks
            if key in self.expected.rows or look == "status"
        ]
        ours = answers_of(self.expected, str, [(look, [key], {}) for look, key in looks])
        with self.story.untold():
            as_said = not looks or theirs_of(self.unit, looked)(self.engine, looks) == ours
        if not as_said:
            for look, key in looks:
                if not self.wrong:
                    question = shown("steps" if look == "results" else look, (key,), {})
                    self.asked(look, (key,), {}, f"{told}, and {question}")

    def asked(self, name, args, given, told):
        of_engine = "steps" if name == "results" else name
        try:
            right = getattr(self.expected, of_engine)(*(plain(a) for a in args), **given)
            error = ""
        except Refused as refused:
            right, error = None, str(refused)
        end = tried(lambda: getattr(self.engine, of_engine)(*(theirs(a) for a in args), **given))
        if error:
            kind = ValueError if error == "ValueError" else getattr(self.unit, error)
            kept = end.raised(kind)
        else:
            kept = end.kind == "returned" and same(name, end.value, right, self.expected)
        if not kept:
            answer = f"returned {answered(end.value)}" if end.kind == "returned" else str(end)
            if name == "cancel" and not error and same_ids(end.value, right):
                answer += ", a child before its parent"
            self.wrong, self.asking = f"{told} {answer}", name
        return Held(end.value, right) if name == "begin" and right and kept else None

    @property
    def saw(self):
        """The commands before the last one, what was true then, and the answer."""
        before = [*(["..."] if len(self.said) > 6 else []), *self.said[-6:-1]]
        return f"{'; '.join((f'places={self.places}', *before))}. {self.facts}then {self.wrong}"


OPERATOR = ("enqueue", "cancel", "resume", "fork")


class Bare:
    """A value as it is shown: a status without quotes, a ticket and a recorded step as they are written."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        value = self.value
        if isinstance(value, str) and value.startswith("Status."):
            return value
        if isinstance(value, list):
            return f"[{', '.join(repr(Bare(one)) for one in value)}]"
        return repr(value)


class Fields(tuple):
    """The fields of a ticket, or of a recorded step."""

    __slots__ = ()

    def __repr__(self):
        return f"{'Ticket' if len(self) == 4 else 'RecordedStep'}({', '.join(map(repr, self))})"


def plain(value):
    return value.said if isinstance(value, Held) else value


def theirs(value):
    return value.theirs if isinstance(value, Held) else value


def shown(name, args, given):
    """A command as a learner would write it; a ticket is shown by its workflow and step."""
    words = [
        arg.copied or f"<step {arg.said[1]} of {arg.said[0]}, attempt {arg.said[3]}>"
        if isinstance(arg, Held)
        else short(repr(arg))
        for arg in args
    ]
    if name in ("end", "fail") and type(args[0]) is int:
        words[0] = "<the newest ticket>" if args[0] == -1 else f"<the {-args[0]}th ticket from the end>"
    return f"{name}({', '.join((*words, *(f'{key}={value!r}' for key, value in given.items())))})"


def short(text):
    """A text without what is there very often."""
    return re.sub(r"(.)\1{40,}", r"\1\1\1...", text)


def read(value):
    """What came back, as plain values."""
    if isinstance(value, list):
        return Bare([read(one) for one in value])
    for fields in (TICKET, ("number", "name", "result")):
        try:
            return Fields(getattr(value, one) for one in fields)
        except AttributeError:
            continue
    return Bare(value)


def answered(value):
    """What came back, as it is shown; of a long list the beginning and the end."""
    if isinstance(value, list) and len(value) > 12:
        first, last = (repr(read(part))[1:-1] for part in (value[:2], value[-2:]))
        return f"[{first}, ..., {last}], {len(value)} of them"
    return repr(read(value))


def facts(expected, name, args, given):
    """What is true before a command, of those whom it may be about."""
    rows = expected.rows
    about = rows if name in ("begin", "enqueue") or given.get("children") else list(map(named, args))
    if name not in ("begin", "enqueue") and named(args[0]) not in rows:
        return f"No workflow has the id {args[0]!r}; "
    alike = {}
    for key in rows:
        if key in about:
            alike.setdefault(condition(rows[key]), []).append(key)
    told = [f"{listed_names(keys)} {state}" for state, keys in alike.items()]
    return f"Now {'; '.join(told) or 'no workflow is in this engine'}; "


def named(arg):
    return arg.said[0] if isinstance(arg, Held) else arg


def listed_names(keys):
    shown_names = keys if len(keys) < 7 else [*keys[:2], f"{len(keys) - 2} more"]
    verb = "is" if len(keys) == 1 else "are"
    return f"{' and '.join(filter(None, (', '.join(shown_names[:-1]), shown_names[-1])))} {verb}"


def condition(row):
    """What was decided about a workflow, what is recorded, and what is out."""
    status = row.status.removeprefix("Status.")
    if not row.attempts and not row.recorded:
        return status
    out = f"step {row.out[1]} out (attempt {row.out[3]})" if row.out else "no step out"
    return f"{status} with {len(row.recorded)} of {len(row.steps)} recorded and {out}"


def same(name, value, right, expected):
    if name == "cancel":
        return family_first(value, right, expected)
    if name == "results":
        return isinstance(value, list) and [repr(one.result) for one in value] == [
            repr(r) for _, _, r in right
        ]
    return repr(read(value)) == repr(Bare(right))


def family_first(value, right, expected):
    """The same ids, each once, and each after its parent."""
    if not same_ids(value, right):
        return False
    places = {key: place for place, key in enumerate(value)}
    return all(places.get(expected.rows[key].parent, -1) < place for key, place in places.items())


def same_ids(value, right):
    return isinstance(value, list) and sorted(map(repr, value)) == sorted(map(repr, right))


def at_desk(unit, story, *, script, places=1, looks=LOOKS):
    """An engine with one script."""
    with story.process():
        desk = Desk(unit, story, places, looks=looks)
        script(desk, story.name)
    return desk


def keeps(every_story, scripts, rule, ask, **asks):
    """Promise that in each script every answer is the contract's; `asks` are for answers of one method."""
    for script, given in scripts:
        for story in every_story(at_desk, (), 0, script=script, **given):
            desk = story.seen
            promise_under(story, QUIET_END)
            promise(desk.wrong == "", saw=desk.saw, rule=rule, ask=asks.get(desk.asking, ask), story=story)
            promise(
                desk.waited == "",
                saw=desk.waited,
                rule="one thread uses an engine: while a call waits, nobody can report what it waits for",
                ask="what would have to happen while this call waits, and who could let it happen?",
                story=story,
            )


def scripts(*made, **given):
    return [(script, given) for script in made]


# ---- cancel


def cancelled_at_work(desk, name):
    desk.enqueue(report := name("report"))
    ticket = desk.begin()
    desk.cancel(report)
    desk.cancel(report)
    desk.begin()
    desk.fail(ticket)


def cancelled_between(desk, name):
    desk.enqueue(report := name("report"))
    desk.one_step()
    desk.cancel(report)
    desk.begin()


def over_with_a_child(desk, name):
    """A parent that is finished has stopped, though its child waits; and so has a child that failed."""
    desk.enqueue(report := name("report"), "send")
    desk.enqueue(name("child"), parent=report)
    desk.one_step()
    desk.one_step()
    desk.fail(desk.begin())


def test_cancelled_is_not_stopped(unit, every_story):
    """Cancelled is true at once; it has stopped when its step that is out has ended, and not before."""
    keeps(
        every_story,
        scripts(cancelled_at_work, cancelled_between, looks=("status", "stopped")),
        rule="a status is what was decided; whether anything still happens is another fact",
        ask="which of your values changes when the step really ends?",
    )
    keeps(
        every_story,
        scripts(over_with_a_child, looks=("status", "stopped")),
        rule="what one workflow still does is a question about that one alone",
        ask="whose steps does your answer depend on?",
    )


def cancelled_then_ended(desk, name):
    desk.enqueue(report := name("report"), "collect", "draw", "send")
    ticket = desk.begin()
    desk.cancel(report)
    desk.end(ticket, "42 rows")
    desk.begin()


def test_what_a_cancelled_step_did_is_recorded(unit, every_story):
    """A step that ends after the cancel is recorded, and nobody is given the next one."""
    keeps(
        every_story,
        scripts(cancelled_then_ended),
        rule="what has happened is not undone by a decision, and does not undo the decision",
        ask="what does the end of a step say, and what does it not say?",
    )


def cancelled_in_the_queue(desk, name):
    first, second, third = map(name, ("first", "second", "third"))
    for key in (first, second, third):
        desk.enqueue(key, "send")
    desk.cancel(first)
    desk.cancel(second)
    desk.one_step()
    desk.begin()
    desk.cancel(third)


def failed_then_cancelled(desk, name):
    desk.enqueue(report := name("report"))
    desk.fail(desk.begin())
    desk.cancel(report)


def test_a_workflow_that_waits_can_be_cancelled(unit, every_story):
    """Cancelled while it waits it never runs, and those behind it do; what is over stays what it is."""
    keeps(
        every_story,
        scripts(cancelled_in_the_queue, failed_then_cancelled),
        rule="a cancel stops what would still run, whether it has begun or not",
        ask="in which of the five statuses would a workflow still do something?",
    )


def cancelled_with_a_step_out(desk, name):
    first, second, third = map(name, ("first", "second", "third"))
    for key in (first, second, third):
        desk.enqueue(key)
    ticket = desk.begin()
    desk.cancel(first)
    desk.begin()
    desk.end(ticket)
    ticket = desk.begin()
    desk.cancel(second)
    desk.fail(ticket)
    desk.begin()


def of_two_versions(desk, name):
    first, second, third = map(name, ("first", "second", "third"))
    desk.enqueue(first, "a", "b", "c")
    desk.enqueue(second, "a", "b", "c", version=TWO)
    desk.enqueue(third, version=TWO)
    for version in (TWO, ONE):
        desk.one_step(version=version)
    desk.begin(TWO)
    desk.begin(TWO)


def more_places_than_anybody_needs(desk, name):
    first, second = map(name, ("first", "second"))
    desk.enqueue(first)
    desk.enqueue(second)
    desk.begin()
    desk.begin()


def test_a_place_is_held_until_the_step_has_ended(unit, every_story):
    """A cancelled workflow keeps its place while its step is out, and then the next one is let in."""
    keeps(
        every_story,
        scripts(cancelled_with_a_step_out),
        rule="a limit counts what runs, and not what was decided",
        ask="what still runs after your cancel?",
    )
    keeps(
        every_story,
        scripts(of_two_versions, places=2),
        rule="a place is held from the first step to the end of the last, whoever can run what is between",
        ask="who holds a place now, and what can this worker run?",
    )
    keeps(
        every_story,
        scripts(more_places_than_anybody_needs, places=NO_LIMIT),
        rule="a limit is a number, however large; what it costs is what is really held",
        ask="what does your engine keep for a place that nobody holds?",
    )


# ---- resume


def resumed_with_all_places_taken(desk, name):
    first, second, third = map(name, ("first", "second", "third"))
    for key in (first, second, third):
        desk.enqueue(key)
    desk.cancel(second)
    desk.begin()
    desk.begin()
    desk.resume(second)
    ticket = desk.begin()
    desk.begin()
    desk.resume(third)
    desk.begin()
    desk.end(ticket)
    desk.begin()


def resumed_holds_a_place(desk, name):
    first, second, third = map(name, ("first", "second", "third"))
    desk.enqueue(first, "send")
    desk.enqueue(second)
    desk.enqueue(third)
    ticket = desk.begin()
    desk.cancel(second)
    desk.resume(second)
    desk.end(ticket)
    desk.begin()
    desk.begin()


def resumed_is_the_older_one(desk, name):
    first, second = map(name, ("first", "second"))
    desk.enqueue(first, "collect", "draw", "send")
    desk.enqueue(second, "collect", "draw", "send")
    desk.one_step()
    desk.cancel(first)
    desk.one_step()
    desk.resume(first)
    desk.one_step()
    desk.begin()


def resumed_is_the_younger_one(desk, name):
    first, second = map(name, ("first", "second"))
    desk.enqueue(first, "collect", "draw", "send")
    desk.enqueue(second, "collect", "draw", "send")
    desk.one_step()
    desk.resume(second)
    desk.one_step()
    desk.cancel(second)
    desk.resume(second)
    desk.begin()
    desk.begin()


def test_resume_waits_for_no_place(unit, every_story):
    """What is resumed runs at once although every place is taken, also when it was waiting in the queue."""
    keeps(
        every_story,
        scripts(resumed_with_all_places_taken, resumed_holds_a_place)
        + scripts(resumed_is_the_older_one, resumed_is_the_younger_one, places=2),
        rule="the queue is the program's, and resume is the operator's",
        ask="in which status does a workflow get its next step without a free place?",
        begin="who runs now, who holds a place, and whose turn is it?",
    )


def resumed_in_the_middle(desk, name):
    desk.enqueue(report := name("report"), "ring", "ring", "ring", "send", "ring")
    for falsy in (None, None, 0, False):
        desk.one_step(falsy)
    desk.cancel(report)
    desk.resume(report)
    desk.resume(report)
    desk.one_step("")
    desk.resume(report)


def resumed_after_a_failure(desk, name):
    desk.enqueue(report := name("report"))
    desk.one_step()
    desk.fail(desk.begin())
    desk.begin()
    desk.resume(report)
    desk.one_step()


def resumed_while_it_runs(desk, name):
    desk.enqueue(report := name("report"))
    desk.resume(report)
    ticket = desk.begin()
    desk.resume(report)
    desk.end(ticket)
    desk.resume(report)
    desk.one_step()


def test_resume_goes_on_after_what_is_recorded(unit, every_story):
    """Cancelled or failed, it goes on after its last recorded step; running or finished, it is left alone."""
    keeps(
        every_story,
        scripts(resumed_while_it_runs, resumed_in_the_middle, resumed_after_a_failure),
        rule="a recorded step is behind us, whatever its result is; a step without a record is to be done",
        ask="for each of the five statuses: what does resume find, and what is there to do?",
    )


def resumed_too_early(desk, name):
    desk.enqueue(report := name("report"))
    ticket = desk.begin()
    desk.cancel(report)
    desk.later()
    desk.resume(report)
    desk.end(ticket)
    desk.begin()
    desk.resume(report)
    desk.begin()


def test_resume_is_refused_while_the_old_step_runs(unit, every_story):
    """While the step of a cancelled workflow is out, resume is refused, and the refusal changes nothing."""
    keeps(
        every_story,
        scripts(resumed_too_early),
        rule="two runs of one step at once are two effects; what is refused leaves nothing behind",
        ask="what has to be known before anything is changed?",
    )


# ---- end


def reported_twice(desk, name):
    desk.enqueue(report := name("report"), "a", "b", "c")
    first = desk.begin()
    desk.end(first, 1)
    desk.end(first, 2)
    second = desk.begin()
    desk.end(first, 3)
    desk.fail(second)
    desk.end(second, 4)
    desk.resume(report)
    third = desk.begin()
    desk.end(second, 5)
    desk.end(third, 6)


def reported_from_elsewhere(desk, name):
    """The ticket went to another machine and came back: it is equal, and not the same object."""
    desk.enqueue(name("report"))
    desk.end(desk.copy(desk.begin()))
    desk.fail(desk.copy(desk.begin()))


def reported_with_another_ticket(desk, name):
    """Each ticket is like the one that is out, but for one field; another engine gives out such tickets."""
    first, second = map(name, ("first", "second"))
    desk.enqueue(first, "a", "b", "c")
    desk.enqueue(second, "a", "b", "c")
    desk.one_step("rows")
    ticket = desk.begin()
    for other in ({"number": 3}, {"name": "c"}, {"attempt": 1}, {"workflow_id": second}):
        desk.end(desk.copy(ticket, **other), "of another")
        desk.fail(desk.copy(ticket, **other))
    desk.end(ticket, "picture")


def test_a_report_is_heard_once(unit, every_story):
    """A result that comes again, late, or after the failure of the same step changes nothing."""
    keeps(
        every_story,
        scripts(reported_twice, reported_from_elsewhere, reported_with_another_ticket),
        rule="a ticket is good once, and only while it is the one that is out",
        ask="how do you know that this ticket, and no other, is out?",
    )


def cancelled_in_the_last(desk, name):
    desk.enqueue(report := name("report"), "send")
    ticket = desk.begin()
    desk.cancel(report)
    desk.end(ticket, "sent")
    desk.begin()
    desk.resume(report)
    desk.resume(report)
    desk.begin()


def failed_in_the_last(desk, name):
    desk.enqueue(report := name("report"), "send")
    ticket = desk.begin()
    desk.cancel(report)
    desk.fail(ticket)
    desk.resume(report)
    desk.one_step("sent")
    desk.begin()


def test_the_last_step_does_not_unsay_a_cancel(unit, every_story):
    """When the last step ends after the cancel it stays cancelled; once it is resumed, it is finished."""
    keeps(
        every_story,
        scripts(cancelled_in_the_last, failed_in_the_last),
        rule="whoever was told cancelled does not read finished later, unless somebody asked for it",
        ask="who may change a status that somebody has read?",
    )


# ---- families


def family(desk, name):
    """A grandparent, two parents, and a child; a stranger whose name begins like theirs."""
    top = name("p")
    keys = [top, f"{top}-1", f"{top}-2", f"{top}-1-1", f"{top}-x"]
    for key, parent in zip(keys, (None, top, top, f"{top}-1", None), strict=True):
        desk.enqueue(key, "send", parent=parent, version=TWO if key.endswith("2") else ONE)
    return keys


def family_goes_on(desk, name):
    top, *_ = family(desk, name)
    desk.cancel(top)
    desk.cancel(top, children=True)
    desk.enqueue(f"{top}-1-2", "send", parent=f"{top}-1")
    desk.cancel(top, children=True)
    desk.enqueue(f"{top}-3", "send", parent=top)
    desk.cancel(top, children=True)


def family_of_what_is_over(desk, name):
    top, *_ = family(desk, name)
    desk.enqueue(f"{top}-2-1", "send", parent=f"{top}-2")
    desk.one_step()
    desk.one_step()
    desk.fail(desk.begin(TWO))
    desk.cancel(top, children=True)
    desk.resume(f"{top}-1-1")


def family_resumed(desk, name):
    top, *_ = family(desk, name)
    ticket = desk.begin()
    desk.begin()
    desk.cancel(top, children=True)
    desk.end(ticket)
    desk.resume(top)


def strangers(desk, name):
    """Their ids are made of one of the family's and something more; they are nobody's child."""
    top = name("p")
    desk.enqueue(top, "send")
    desk.enqueue(name("child"), "send", parent=top)
    for more in ("/x", ".x", ":x", "-1", " ", "x"):
        desk.enqueue(f"{top}{more}", "send")
    desk.cancel(top, children=True)


def refused_and_nobodys_child(desk, name):
    """A request comes twice, the second time with a parent, and is refused: it has made no family."""
    top, other = name("p"), name("other")
    desk.enqueue(top, "send")
    desk.enqueue(other, "send")
    desk.enqueue(other, "send", parent=top)
    desk.fork(other, 9, top)
    desk.cancel(top, children=True)
    desk.begin()


def long_line(desk, name):
    keys = [f"{name('p')}/{number}" for number in range(100)]
    for parent, key in zip((None, *keys), keys, strict=False):
        desk.enqueue(key, "send", parent=parent)
    desk.cancel(keys[0], children=True)


def test_children_are_cancelled_when_asked_for(unit, every_story):
    """Children go on unless the caller asks for them; then all descendants are cancelled, and nobody else."""
    keeps(
        every_story,
        scripts(family_goes_on, family_of_what_is_over, family_resumed, refused_and_nobodys_child, places=3)
        + scripts(strangers, long_line, looks=()),
        rule="a command means one workflow alone, or all its family: children, their children, and so on",
        ask="whom does this command reach in your engine, and how does it find them?",
    )


# ---- fork


def two_of_three(desk, name):
    desk.enqueue(report := name("report"), "collect", "draw", "send")
    desk.one_step("rows")
    desk.one_step("picture")
    return report


def forked_from_each(desk, name):
    report = two_of_three(desk, name)
    for start in (1, 2, 3):
        desk.fork(report, start, name(f"fork{start}"))
    desk.one_step()
    for _ in range(6):
        desk.one_step()


def test_a_fork_starts_at_the_step_that_was_named(unit, every_story):
    """A fork keeps the results before the named step, waits in the queue, and runs that step and the rest."""
    keeps(
        every_story,
        scripts(forked_from_each),
        rule="the step that is named is the first to run, and a fork is new work like any other",
        ask="what does a fork take over from its original, and what begins anew in it?",
        status="who lets new work in, and when?",
    )


def listed(desk, name):
    report = two_of_three(desk, name)
    desk.one_step(0)
    desk.fork(report, 3, name("copy"))


def test_the_list_counts_as_fork_does(unit, every_story):
    """The number in the list is the number that fork takes: the first step has number 1."""
    keeps(
        every_story,
        scripts(listed, looks=("steps",)),
        rule="there is one numbering for every command",
        ask="which number in your list belongs to the first step?",
    )


def forked_and_both_go_on(desk, name):
    report, copy = two_of_three(desk, name), name("copy")
    desk.fork(report, 2, copy)
    desk.one_step("sent")
    desk.one_step("another picture")
    desk.one_step("sent again")


def forked_while_a_step_is_out(desk, name):
    report, copy = two_of_three(desk, name), name("copy")
    ticket = desk.begin()
    desk.fork(report, 3, copy)
    desk.cancel(report)
    desk.begin()
    desk.end(ticket)
    desk.begin()


def forked_child(desk, name):
    top, child, *_ = family(desk, name)
    copy = name("copy")
    desk.fork(child, 1, copy)
    desk.fork(top, 1, name("another"))
    desk.cancel(top, children=True)
    desk.cancel(name("another"), children=True)
    desk.one_step()
    desk.one_step()


def test_a_fork_shares_nothing_with_its_original(unit, every_story):
    """Original and fork go separate ways: results, status, a step that is out and family are their own."""
    keeps(
        every_story,
        scripts(forked_and_both_go_on, forked_while_a_step_is_out, forked_child),
        rule="a fork takes over what was recorded, and nothing that is going on",
        ask="which fields of a row tell what was done, and which what is under way?",
    )


def forked_from_nowhere(desk, name):
    report = two_of_three(desk, name)
    for start in (-1, 0, 4, 99):
        desk.fork(report, start, name("copy"))
    desk.enqueue(fresh := name("fresh"))
    desk.fork(fresh, 2, name("copy"))
    desk.cancel(report)
    desk.fail(desk.begin())
    desk.fork(fresh, 2, name("copy"))
    desk.resume(fresh)
    desk.one_step()
    desk.fork(fresh, 2, name("copy"))


def forked_onto_a_taken_id(desk, name):
    report = two_of_three(desk, name)
    desk.enqueue(fresh := name("fresh"), version=TWO)
    desk.enqueue(fresh, version=TWO)
    desk.fork(report, 1, fresh)
    desk.fork(report, 1, report)
    desk.fork(report, 2, copy := name("copy"))
    desk.fork(report, 2, copy)
    desk.one_step()
    desk.fork(fresh, 1, report)


def forked_at_the_end(desk, name):
    desk.enqueue(report := name("report"), "send")
    desk.one_step()
    desk.fork(report, 2, name("copy"))
    desk.fork(report, 1, name("copy"))


def test_a_fork_that_cannot_start_is_refused(unit, every_story):
    """From a step that is not there or too far ahead, or onto a taken id, there is no fork."""
    keeps(
        every_story,
        scripts(forked_from_nowhere, forked_at_the_end),
        rule="a fork starts at a step of the workflow, and every step before that has a result",
        ask="which is the first step without a result, and which is the last step of all?",
    )
    keeps(
        every_story,
        scripts(forked_onto_a_taken_id),
        rule="an id names one workflow, also when that is finished",
        ask="what becomes of the workflow that has this id?",
    )


def forked_to_a_version(desk, name):
    report, patched, same_code = two_of_three(desk, name), name("patched"), name("same")
    desk.fork(report, 2, patched, version=TWO)
    desk.fork(report, 2, same_code)
    desk.cancel(report)
    for version in (TWO, ONE, TWO, ONE):
        desk.one_step(version=version)
    desk.fork(patched, 1, name("again"))
    desk.begin(ONE)
    desk.begin(TWO)


def test_a_version_is_said_or_stays(unit, every_story):
    """A fork goes on with the version that is given, and without one with that of its original."""
    keeps(
        every_story,
        scripts(forked_to_a_version, places=2),
        rule="recorded results belong to the code that made them, until somebody says otherwise",
        ask="who vouches that the old results fit the new code?",
    )


# ---- all together


def nobody(desk, name):
    nobody_, new = name("nobody"), name("new")
    desk.enqueue(report := name("report"))
    for children in (True, False):
        desk.cancel(nobody_, children=children)
    desk.resume(nobody_)
    desk.fork(nobody_, 0, report)
    desk.fork(nobody_, 1, new)
    desk.enqueue(new, parent=nobody_)
    for look in ("status", "stopped", "steps"):
        desk.do(look, nobody_)


def test_an_unknown_id_is_told(unit, every_story):
    """A wrong id is told by every method, and none obeys it in silence."""
    keeps(
        every_story,
        scripts(nobody),
        rule="a command that found nothing was not obeyed, and who gave it is told",
        ask="what does whoever mistyped an id believe now?",
    )


def one_and_another(unit, story):
    """Two engines by turns with the same ids; who is a child in one of them is nobody's in the other."""
    with story.process():
        desks = [Desk(unit, story), Desk(unit, story)]
        report, disk = map(story.name, ("report", "disk-7"))
        for desk, parent, result in zip(desks, (report, None), (1, True), strict=True):
            desk.enqueue(report)
            desk.enqueue(disk, "send", parent=parent)
            desk.one_step(result)
        for desk in reversed(desks):
            desk.cancel(report, children=True)
        for desk in desks:
            desk.begin()
            desk.resume(report)
            desk.begin()
    return desks


def in_two_threads(unit, story):
    """An engine in the middle of a method, while another one is used; each has a thread of its own."""
    report, child = map(story.name, ("report", "child"))
    begin, end = ("begin", [ONE], {}), ("end", [NEWEST, "rows"], {})
    mine = [
        ("enqueue", [report, ["collect", "send"], ONE], {}),
        ("enqueue", [child, ["send"], ONE], {"parent": report}),
        *(begin, end, begin, ("fail", [NEWEST], {}), ("resume", [report], {})),
        ("fork", [report, 2, story.name("fork")], {}),
        *(begin, ("cancel", [report], {"children": True})),
        *(end, ("resume", [report], {}), *looked_at(report, child, story.name("fork"))),
    ]
    others = [
        ("enqueue", [report, ["draw", "print", "send"], ONE], {}),
        ("enqueue", [story.name("other"), ["send"], ONE], {"parent": report}),
        *(begin, ("end", [NEWEST, 1], {}), ("fork", [report, 2, child], {})),
        ("cancel", [report], {"children": True}),
        *(("resume", [report], {}), begin, ("steps", [report], {}), ("status", [child], {})),
    ]
    with story.untold(), story.process():
        pairs = json.loads(theirs_of(unit, at_once)(mine, others))
    for number, (alone, given) in enumerate(pairs):
        what, commands = ("the other one's ", others) if number else ("", mine)
        for place, (right, answer) in enumerate(zip(alone, given, strict=True)):
            if answer != right:
                told = [shown(*command) for command in commands[: place + 1][-6:]]
                for one in told:
                    story.world.tell("thread", one)
                story.world.tell("another thread", "uses an engine of its own meanwhile")
                return f"while another thread uses another engine, {what}{'; '.join(told)} gives {answer}"
    return ""


def test_two_engines_share_nothing(unit, every_story):
    """The same id in two engines names two workflows, also while two threads use them, one each."""
    for story in every_story(in_two_threads, (), 0):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="a method may stand still between two lines, while another thread runs",
            ask="what does this method keep while it runs, and where?",
            story=story,
        )
    for story in every_story(one_and_another, (), 0):
        for desk in story.seen:
            promise(
                desk.wrong == "",
                saw=desk.saw,
                rule="an engine knows its own workflows, and no others",
                ask="where does each of your values live: in the object, or where all of them share it?",
                story=story,
            )


def lists_are_kept(unit, story, *, caller=kept_lists, uses=uses_of_lists):
    """What a caller sees first that is not so in an engine as it should be, in words."""
    report = story.name("report")
    with story.untold(), story.process():
        seen = theirs_of(unit, caller)(report, ONE)
    ours = []
    uses(Expected(1), ours, report, ONE)
    for (what, answer), right in zip(seen, ours, strict=False):
        story.world.tell("caller", what)
        if [what, answer] != right:
            return f"{what} is {answer}"
    return ""


def sequences_are_kept(unit, story):
    """The same, of names that come in other sequences than a list."""
    return lists_are_kept(unit, story, caller=names_in_sequences, uses=sequences_of_all_kinds)


def test_a_list_is_its_callers_own(unit, every_story):
    """What a caller does to a list of names, ids or steps, given or got, is not seen by whoever asks next."""
    for story in every_story(lists_are_kept, (), 0):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="who hands out its own list lets everybody write in it",
            ask="whose list does a caller hold, and who else does?",
            story=story,
        )


def test_names_come_in_a_sequence_of_any_kind(unit, every_story):
    """Names in a sequence of any kind are taken as they were in that moment, whatever becomes of it."""
    for story in every_story(sequences_are_kept, (), 0):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="of a sequence of any kind an engine has its items, as they were, and nothing else",
            ask="what does your code ask of the names, and what does it keep of them?",
            story=story,
        )


def results_come_back(unit, story):
    with story.untold(), story.process():
        seen = theirs_of(unit, unusual_results)(json.dumps(literals_of(unit)))
    for what, wrong in seen:
        story.world.tell("worker", f"ends a step with {what}")
        if wrong:
            return f"end(<step 1 of report, attempt 1>, {what}): {wrong}"
    return ""


def test_a_result_comes_back_as_it_was(unit, every_story):
    """Whatever `json.dumps` can write is recorded, and comes back as the same JSON, also in a fork."""
    for story in every_story(results_come_back, (), 0):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="a result is its worker's: what is recorded is all of it, or the step is never over",
            ask="what does your engine do with a result, and for which results can that fail?",
            story=story,
        )


TIMES = {
    "children": 190,
    "failures": 260,
    "finished": 130,
    "forks": 190,
    "questions": 130,
    "resumed": 130,
    "steps": 190,
    "waiting": 1_003,
}
FEW = {**dict.fromkeys(TIMES, 2), "waiting": 8}
OFTEN_MOST, MOST = 2_000, {"failures": 70_000, "questions": 12_000, "waiting": 70_000}
"""How often at most, and what is cheap enough for more: begin() may look at every workflow."""
CALLS_LEFT = 160
"""So many calls fit in below whoever asks: 190 of anything are too many for a function that calls itself."""
LIVES = {asked_often: 1, a_large_family: 1, a_long_life: 1, one_behind_the_other: 6}
"""With so many places."""


def times_for(unit):
    """As often as that, and more often than the code can count by its own numbers."""
    bounds = [bound + 3 for bound in bounds_of(unit, max(MOST.values()))]
    return {
        what: max([number, *(bound for bound in bounds if bound <= MOST.get(what, OFTEN_MOST) + 4)])
        for what, number in TIMES.items()
    }


def in_a_long_life(unit, story):
    """The first answer that is not as on the first day; the commands are made on both sides.

    Where the first days go wrong nothing is said: that is another promise.
    """
    about, names = [story.name("report"), ONE, TWO], []
    lives, times = [[life.__name__, places] for life, places in LIVES.items()], times_for(unit)
    with story.untold(), story.process():
        few, many = (theirs_of(unit, lived)(lives, [*about, each], CALLS_LEFT) for each in (FEW, times))
    for (life, places), first_days, text in zip(LIVES.items(), few, many, strict=True):
        if first_days.split(BREAK) != answers_of(Expected(places), str, life(*about, FEW)):
            continue
        names.clear()
        ours, given = answers_of(Expected(places), str, life(*about, times)), text.split(BREAK)
        for (name, args, more), answer, right in zip(life(*about, times), given, ours, strict=True):
            if answer != right:
                often = ", ".join(f"{names.count(each)} x {each}" for each in dict.fromkeys(names))
                for told in (often, shown(name, args, more)):
                    story.world.tell("operator and worker", told)
                deep = ", asked by a caller that is deep in calls" if "RecursionError" in answer else ""
                return f"after {often}: {shown(name, args, more)} is answered with {answer}{deep}"
            names.append(name)
    return ""


def in_each_state(name):
    """Workflows in every state, with a step out and without; then what comes a year later, and what then."""
    keys = [name(what) for what in ("between", "out", "leaves", "cancelled", "failed", "finished", "waits")]
    leaves, finished, waits = keys[2], *keys[5:]
    begin, end = ("begin", [ONE], {}), ("end", [NEWEST, "rows"], {})
    enqueued = [("enqueue", [key, ["collect", "send"], ONE], {}) for key in keys[:5]]
    cancels = [("cancel", [key], {"children": False}) for key in keys]
    first = [*enqueued[1:2], begin, *enqueued[2:3], begin, cancels[2]]
    first += [*enqueued[3:4], begin, end, cancels[3], *enqueued[4:], begin, ("fail", [NEWEST], {})]
    first += [("enqueue", [finished, ["send"], ONE], {}), begin, end, *enqueued[:1], begin, end]
    first += [("enqueue", [waits, ["send"], TWO], {})]
    later = [*looked_at(*keys), begin, begin, ("begin", [TWO], {})]
    later += [("resume", [key], {}) for key in keys]
    later += [("end", [-8, "late"], {}), ("end", [-7, "late"], {}), ("resume", [leaves], {})]
    later += [("enqueue", [key, ["send"], ONE], {}) for key in keys]
    later += [("fork", [key, 1, f"{key} again"], {"version": TWO}) for key in keys]
    later += [*looked_at(*keys), ("enqueue", [name("first"), ["collect", "send"], "3"], {})]
    last = [("enqueue", [name("second"), ["collect", "send"], "3"], {}), ("begin", ["3"], {}), end]
    last += [*[("begin", ["3"], {})] * 3, *looked_at(*keys)]
    return first, later, last


def as_time_goes(unit, story):
    """The first answer that is another one after a year, or where the machine's clock is set back."""
    with story.untold():
        at_once_, later = answers_over(unit, story, 0.0, 0), answers_over(unit, story, YEAR_S, DAY_S)
    events, told = ("", "a year goes by", "the machine's clock is set back a day"), []
    for event, commands, first, then in zip(events, in_each_state(story.name), at_once_, later, strict=True):
        told = [*told[-2:], event] if event else told
        for command, before, answer in zip(commands, first, then, strict=True):
            if answer != before or command[0] not in ALL_LOOKS:
                told.append(shown(*command))
            if answer != before:
                told = told if len(told) < 8 else [event, "...", *told[-4:]]
                for one in told:
                    story.world.tell("operator and worker", one)
                return f"{'; '.join(told)} gives {answer}, and otherwise {before}"
    return ""


def answers_over(unit, story, passed_s, back_s):
    """The answers before and after this time, and those after the clock is set back then."""
    expected, tickets, answers = Expected(20), [], []
    with story.process():
        engine, ask = unit.Engine(20), theirs_of(unit, going_on)
        for number, commands in enumerate(in_each_state(story.name)):
            story.world.pass_time(passed_s if number == 1 else 0.0)
            fields = [list(ticket) for ticket in tickets]
            answers.append(ask(engine, commands, fields, back_s if number == 2 else 0))
            answers_of(expected, str, commands, None, tickets)
    return answers


def test_an_engine_gives_nothing_up(unit, every_story):
    """After hundreds of workflows and failures, or a year, every answer is as on the first day."""
    for story in every_story(in_a_long_life, (), 0):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="a limit that nobody was told of is met by somebody who relies on there being none",
            ask="what in your engine changes with the number of workflows, attempts or questions?",
            story=story,
        )
    for story in every_story(as_time_goes, (), 0):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="no clock is in the contract: how late it is, and what a clock shows, decides nothing",
            ask="which of your answers would be another one tomorrow, or yesterday?",
            story=story,
        )


# ---- all together: many orders of commands


NEWEST = -1
"""A ticket is said by how many were handed out since: -1 is the newest, -2 the one before it."""


@cache
def looks_at(key):
    return [(look, [key], {}) for look in ALL_LOOKS]


def looked_at(*keys):
    return [look for key in keys for look in looks_at(key)]


ABOUT_IT = ("begin", "end", "fail", "cancel", "resume")


def histories(steps, most, idle):
    """Each order of commands about one workflow of so many steps; `idle` of them at most change nothing."""
    grown = [((), 0)]
    for orders_, used in grown:
        yield orders_
        for command in ABOUT_IT if len(orders_) < most else ():
            before, after = (after_all(steps, each) for each in (orders_, (*orders_, command)))
            if used + (before == after) <= idle:
                grown.append(((*orders_, command), used + (before == after)))


def after_all(steps, commands):
    """What is true of a workflow after these."""
    engine = Expected(1)
    answers_of(engine, str, told_about("it", steps, commands))
    return repr(engine.rows)


def told_about(key, steps, commands):
    given = {"begin": [ONE], "end": [-1, 1], "fail": [-1], "cancel": [key], "resume": [key]}
    more = {"cancel": {"children": False}}
    yield "enqueue", [key, ["collect", "send"][:steps], ONE], {}
    yield from ((command, given[command], more.get(command, {})) for command in commands)


HISTORIES = [
    (steps, commands)
    for steps in (1, 2)
    for commands in dict.fromkeys((*histories(steps, 4, 0), *histories(steps, 3, 1)))
]


def orders(name):
    """Each of these orders; then as many more are let in as there is room for, out of two that wait."""
    report, begin = name("report"), ("begin", [ONE], {})
    waiting = [("enqueue", [name(other), ["send"], ONE], {}) for other in ("other", "third")]
    ends = [*looks_at(report), begin, begin, begin]
    for steps, commands in HISTORIES:
        first, *more = told_about(report, steps, commands)
        yield 1, [first, *waiting, *more, *ends]


WALKS, STEPS_OF_A_WALK = 24, 72
KINDS = ("enqueue", "begin", "end", "fail", "cancel", "resume", "fork")
SOME_TICKET = (NEWEST, NEWEST, NEWEST, NEWEST - 1, NEWEST - 2)
SOME_VERSION = (ONE, ONE, ONE, TWO)


class Walk:
    """Commands of a few kinds, one after the other; each walk has a mixture of its own.

    Most ids that are wanted new are new: a command that is refused leads nowhere.
    """

    def __init__(self, name, number):
        self.dice, self.name, self.keys = Dice(number), name, []
        for _ in range(3):  # the first throws of neighbours are alike
            self.dice.choice(KINDS)
        bag = [kind for kind in KINDS for _ in range(self.dice.choice((0, 1, 1, 3)))]
        self.bag = [*bag, "begin", "end"]

    def commands(self):
        made = [self.enqueue(0), self.enqueue(0)]
        for number in range(STEPS_OF_A_WALK):
            made.append(getattr(self, self.dice.choice(self.bag))(number))
            made.append(self.dice.choice(looks_at(self.dice.choice(self.keys))))
        return self.dice.choice((1, 1, 2, 3)), made + looked_at(*self.keys)

    def new(self):
        if not self.keys or self.dice.choice((True, True, False)):
            self.keys.append(self.name(f"report-{len(self.keys)}"))
            return self.keys[-1]
        return self.dice.choice(self.keys)

    def enqueue(self, _):
        parent = (
            {"parent": self.dice.choice(self.keys)} if self.keys and self.dice.choice((True, False)) else {}
        )
        steps = ["ring", "ring", "draw", "ring"][: self.dice.choice((1, 1, 2, 3, 4))]
        return "enqueue", [self.new(), steps, self.dice.choice(SOME_VERSION)], parent

    def begin(self, _):
        return "begin", [self.dice.choice(SOME_VERSION)], {}

    def end(self, number):
        result = self.dice.choice((None, 0, 1, True, "rows", number + 10, number + 10))
        return "end", [self.dice.choice(SOME_TICKET), result], {}

    def fail(self, _):
        return "fail", [self.dice.choice(SOME_TICKET)], {}

    def cancel(self, _):
        return "cancel", [self.dice.choice(self.keys)], {"children": self.dice.choice((True, False))}

    def resume(self, _):
        return "resume", [self.dice.choice(self.keys)], {}

    def fork(self, _):
        key, start = self.dice.choice(self.keys), self.dice.choice((0, 1, 1, 2, 2, 3, 4))
        return "fork", [key, start, self.new()], self.dice.choice(({}, {}, {"version": TWO}))


def walks(name):
    for number in range(WALKS):
        yield Walk(name, number).commands()


def as_json(lists, remade):
    """Each command once, and the lists as numbers of commands: many lists share most of theirs."""
    every = {id(command): command for _, commands in lists for command in commands}
    numbers = {key: number for number, key in enumerate(every)}
    of_numbers = [(places, [numbers[id(command)] for command in commands]) for places, commands in lists]
    return json.dumps([remade, list(every.values()), of_numbers])


def first_wrong(unit, lists, *, remade):
    """The first of these lists of commands that is not answered as the contract says, up to that answer."""
    given = json.loads(theirs_of(unit, played)(as_json(lists, remade)))
    for (places, commands), theirs_said in zip(lists, given, strict=True):
        ours = answers_of(Expected(places), str, commands)
        for place, pair in enumerate(zip(ours, theirs_said, strict=True)):
            if pair[0] != pair[1]:
                return places, commands[: place + 1], pair[1]
    return None


def smallest(unit, found, *, remade):
    """Leave out commands as long as an answer is wrong: many at once first, one by one at last."""
    places, commands, answer = found
    size = len(commands) // 2
    while size:
        shorter = [
            (places, commands[:place] + commands[place + size :])
            for place in range(0, len(commands) - 1, size)
        ]
        again = first_wrong(unit, shorter, remade=remade)
        if again is None:
            size //= 2
        else:
            places, commands, answer = again
            size = min(size, len(commands) // 2)
    return places, commands, answer


def in_every_order(unit, story, lists, words=(), *, remade=True):
    """All lists of commands; the first one that goes wrong is made small, and given once more, aloud."""
    with story.untold(), story.process():
        found = first_wrong(unit, list(lists(story.name, words)), remade=remade)
        if found is None:
            return ""
        places, commands, answer = smallest(unit, found, remade=remade)
    with story.process():
        desk = Desk(unit, story, places, looks=ALL_LOOKS)
        tickets = []
        for name, args, given in commands:
            if name in ("enqueue", "fork"):
                desk.known.append(args[0] if name == "enqueue" else args[2])
            if name not in ALL_LOOKS and (name not in ("end", "fail") or len(tickets) >= -args[0]):
                about = [tickets[args[0]], *args[1:]] if name in ("end", "fail") else args
                tickets += filter(None, [desk.do(name, *about, **given)])
    if desk.wrong:
        return desk.saw
    with story.untold(), story.process():
        is_of_objects = remade and not first_wrong(unit, [(places, commands)], remade=False)
    why = "where nobody keeps a ticket, and an equal one is reported" if is_of_objects else ""
    told = "; ".join(shown(*command) for command in commands[-6:])
    return f"{why or 'in a process that has had other engines before'}: {told} is answered with {answer}"


def all_orders(name, _):
    first_days = [
        (places, [*life(name("report"), ONE, TWO, FEW), *looked_at(name("report"))])
        for life, places in LIVES.items()
    ]
    return [*orders(name), *first_days, *walks(name)]


MANY = 1_000
GIVEN = {"Engine", "Json", "RecordedStep", "Status", "StillRunning", "Ticket", "UnknownWorkflow"}
GIVEN |= {"enqueued", "running", "cancelled", "failed", "finished"}
"""Words that every submission begins with."""
MARKS, WORDS_MOST = ("/", "-", ":", ".", "|", " ", ""), 16


def look_alikes(name, words):
    """Names and numbers that run together, as "a" with "b/c" and "a/b" with "c"; and words of the code."""
    a, b, c = name("a"), name("b"), name("c")
    for mark in dict.fromkeys((*MARKS, *words)):
        pairs = [(a, f"{b}{mark}{c}"), (f"{a}{mark}{b}", c)]
        pairs += [(step, key) for key, step in pairs]
        numbered = [(f"{part}", c) for part in (f"{a}{mark}1", f"1{mark}{a}", f"{a}{mark}{ONE}")]
        numbered += [(b, f"1{mark}{c}"), (f"{b}{mark}1", c)]  # with its number before its name
        long = 11 if mark == "" else 2  # number 11 of "a" is number 1 of "a1"
        ids = {key: [step] * (long if key == a else 2) for key, step in pairs + numbered}
        yield MANY, all_run(ids, {f"{b}{mark}{c}": a})
    if words:
        yield MANY, all_run({word: [word, *words[:2]] for word in words})


TEXTS = (
    *(ONE, f"{ONE} ", f" {ONE}", f"{ONE}\n", f"{ONE}\u200b", f"{ONE}\0", f"v{ONE}", f"V{ONE}", "1", "1.0"),
    *("1.0.0.0", "01.0.0", "1.00.0", "1,0,0", "1.0.00", "+1.0.0", "1.0.0.", "\uff11.0.0", "\u0661.0.0"),
    *(
        "caf\u00e9",
        "cafe\u0301",
        "CAF\u00c9",
        "cafe",
        "stra\u00dfe",
        "strasse",
        "\ufb01x",
        "fix",
        "Fix",
        "FIX",
    ),
    *("a b", "a  b", "a\u00a0b", "a%20b", "a+b", "a_b", "a/b", "a//b", "a/./b", "a\\b", '"a"', "'a'", "a"),
    *("x" * 1_100, "x" * 1_100 + "1"),
)
"""Some would take two of these for one: blanks, case, scripts, zeros, versions as numbers, a long end."""


def texts_alike(name, words):
    """Each is an id, a version and a step: who asks for a version is given its own workflow, and no other."""
    marks = dict.fromkeys(("+", "-", "/", ":", "~", "#", "@", " ", *words))
    texts = list(dict.fromkeys((*TEXTS, *(f"{ONE}{mark}fix" for mark in marks))))
    made = [("enqueue", [text, [text, text], text], {}) for text in texts]
    for number, text in enumerate(reversed(texts)):
        made += [("begin", [text], {}), ("end", [NEWEST, number], {})]
        made += [("cancel", [text], {"children": True})] if number % 2 else []
    for text in texts:
        made += [("begin", [text], {}), ("resume", [text], {}), ("steps", [text], {})]
    yield MANY, made + [(look, [name("nobody")], {}) for look in ALL_LOOKS]


def all_run(ids, parents=None):
    """They are enqueued, each runs to its end and is forked, and its results are its own.

    Whoever has no children is cancelled alone. The first one goes on to its last step while the first steps
    of all others are out; then these end, and the rest goes one by one.
    """
    parents = parents or {}
    commands = [
        ("enqueue", [key, steps, ONE], {"parent": parents[key]} if key in parents else {})
        for key, steps in ids.items()
    ]
    for key in ids if parents else ():
        if key not in parents.values():
            commands.append(("cancel", [key], {"children": True}))
        commands.append(("resume", [key], {}))  # all of them: they begin in the order of these ids
    begin, many = ("begin", [ONE], {}), len(ids)
    alone = len(next(iter(ids.values()))) - 1
    commands += [begin] * many
    for number in range(alone):
        commands += [("end", [NEWEST if number else -many, number], {}), begin]
    commands += [("end", [place - many - alone, place], {}) for place in range(1, many)]
    commands.append(("end", [NEWEST, alone], {}))
    for number in range(sum(map(len, ids.values())) - many - alone):
        commands += [begin, ("end", [NEWEST, number], {})]
    forks = [f"{key} again" for key in ids]
    commands += [("fork", [key, 2, fork], {}) for key, fork in zip(ids, forks, strict=True)]
    return commands + [("steps", [key], {}) for key in (*ids, *forks)]


def test_names_do_not_run_together(unit, every_story):
    """Ids, names and versions that are alike, or are so once they are put together, are kept apart."""
    words = [word for word in words_of(unit) if word.isprintable() and word not in GIVEN][:WORDS_MOST]
    for story in every_story(in_every_order, (), 0, lists=texts_alike, words=tuple(words), remade=False):
        promise(
            story.seen == "",
            saw=short(story.seen),
            rule="a text is what somebody wrote, sign by sign",
            ask="which two texts are one to your engine?",
            story=story,
        )
    for story in every_story(in_every_order, (), 0, lists=look_alikes, words=tuple(words), remade=False):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="parts that are put together have to be told apart again",
            ask="by what does your engine find a result, and can two of them have the same one?",
            story=story,
        )


def test_no_order_of_commands_confuses_an_engine(unit, every_story):
    """In whatever order commands come, one step of a workflow is out at a time, and none runs again."""
    for story in every_story(in_every_order, (), 0, lists=all_orders):
        promise(
            story.seen == "",
            saw=story.seen,
            rule="every command meets every state that the commands before it can leave",
            ask="for each command: what do you find before it, and what is true after it?",
            story=story,
        )
