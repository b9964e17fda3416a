"""What is checked for ex31: forecasts of a program, each compared with what the program does in every story.

No answer stands here. What is right is what has happened when the given program was run, in each story.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from halfway.kit import NO_STORY, Port, every_end, given, is_as_given, promise, show

WITHOUT = {
    "the quiet end": "a forecast makes no call, and the program that does is given",
    "slow to leave": "nothing here is cancelled: that is module 2",
    "any length of time": "whoever calls waits for five seconds, and that is in the question",
    "the process lives on": "a forecast is asked again, in another order, by a promise of its own",
    "somebody is beside it": "a forecast is a value: nothing goes on while it is made",
    "asked at any time": "a forecast is a value: nothing goes on while it is made",
    "callers as they are": "nothing is asynchronous, and nothing is cancelled",
    "values of the domain": "every value of the domain is asked about: the questions are enumerated",
    "the whole family of errors": "the seven failures are the family, and each comes from every place it can",
    "clocks of their own": "no clock is handed in",
    "between two lines": "no clock is read, and nothing is shared",
}

PLANS = (
    "once",
    "until_it_says_ok",
    "not_reached_or_busy",
    "one_key",
    "one_key_twice",
    "key_in_the_loop",
    "backup_when_not_reached",
    "two_layers",
)
CALLER = "caller"

THERE = {
    "the request is lost": "SILENCE",
    "the connection breaks on the way there": "HUNG_UP",
    "the relay loses the request": "RELAY_ERROR",
}
BACK = {
    "the reply is lost": "SILENCE",
    "the connection breaks on the way back": "HUNG_UP",
    "the relay loses the reply": "RELAY_ERROR",
}
DOOR = {"nobody listens": "NOT_REACHED"}
DESK = {"the phone is busy": "BUSY"}
MALFORMED = "the phone cannot read the call"


class Phone(Port):
    """The phone service, a relay before it, and a backup phone: a call can go wrong wherever it comes by.

    `rang` counts the rings of both phones; `state` is what an incident was set to. With `is_unheard` no
    answer arrives. With `may_be_malformed` the phone may be unable to read the call, and then always is.
    """

    serves = frozenset(("ring", "ring_backup"))

    def __init__(self, story, program, *, is_unheard=False, may_be_malformed=False):
        super().__init__(story)
        self.rang, self.state, self._keys, self._program = 0, "", set(), program
        self._is_unheard, self._is_malformed = is_unheard, None if may_be_malformed else False

    def ring(self, key: str = ""):
        return self._called(f"ring({f'key={key!r}' if key else ''})", self._rings, key)

    def ring_backup(self):
        return self._called("ring_backup()", self._rings, "", "backup")

    def read(self):
        return self._called("read()", lambda: None, "")

    def overwrite(self):
        return self._called("set('open')", self._is_set, "")

    def _called(self, call, act, key, label="call"):
        """One call, there and back."""
        self.world.tell(CALLER, call, "call", self.lane)
        self._may_fail(f"{label} leaves", REFUSED=DOOR)
        self.world.pass_time(1)
        self._may_fail(f"{label} goes there", LOST=THERE)
        self._desk(label)
        has_rung = bool(key) and key in self._keys
        if has_rung:
            self.tell("stays quiet: it has rung for this key")
        else:
            act()
            self._keys.add(key)
        if self._is_unheard:
            self.world.tell_fault("the reply is lost", "loss", self.lane)
            self._fails("SILENCE")
        self._may_fail(f"{label} comes back", LOST=BACK)
        self.world.pass_time(1)
        if has_rung:
            self._fails("ALREADY_RUNG")
        self.world.tell(CALLER, "is told: accepted", "reply", self.lane)
        return "accepted"

    def _desk(self, label):
        """What the phone says before it does anything."""
        if self._is_malformed is None:
            self._is_malformed = bool(self.fault("the desk reads it", REFUSED=MALFORMED))
        if self._is_malformed:
            self._fails("REJECTED")
        self._may_fail(f"{label} is heard", REFUSED=DESK)

    def _may_fail(self, label, **kinds):
        for kind, ways in kinds.items():
            taken = self.fault(label, **{kind: tuple(ways)})
            if taken:
                self._fails(ways[taken])

    def _fails(self, name):
        self.world.pass_time(5 if name == "SILENCE" else 1)
        self.world.tell(CALLER, f"is told: {name}", "reply", self.lane)
        raise self._program.CallFailed(self._program.Failure[name])

    def _rings(self):
        self.rang += 1
        self.tell("rings")

    def _is_set(self):
        self.state = "open"
        self.tell("the incident is open")


# ---- has it rung?


class Call(NamedTuple):
    """How a call ended, "" where it was accepted, and what has been left on the other side by then."""

    failure: str
    left: Any


class Way(NamedTuple):
    """How a call with this effect is made, where one sees what it has left, and what is there before it."""

    make: Any
    left: Any
    before: Any


WAYS = {
    "READ": Way(lambda phone: phone.read(), lambda phone: None, None),
    "OVERWRITE": Way(lambda phone: phone.overwrite(), lambda phone: phone.state, ""),
    "RING": Way(lambda phone: phone.ring(), lambda phone: phone.rang, 0),
    "RING_WITH_KEY": Way(lambda phone: phone.ring(key="disk-7"), lambda phone: phone.rang, 0),
}


def calls(unit, story, *, effect="RING_WITH_KEY", count=2):
    """The same call, so many times, whatever became of the one before."""
    program = given(unit, *PLANS)
    phone = Phone(story, program, may_be_malformed=True)
    make, left_there, _ = WAYS[effect]
    made = []
    for _ in range(count):
        try:
            make(phone)
            made.append(Call("", left_there(phone)))
        except program.CallFailed as call:
            made.append(Call(call.failure.name, left_there(phone)))
    return made


Question = tuple[str, ...]


class Asked(NamedTuple):
    """Questions about whether it has rung: what they are about, and the stories that answer them."""

    of: Any
    count: int
    depth: int


def of_one_call(made) -> Iterator[tuple[Question, bool]]:
    """A call that is the first one."""
    if made[0].failure:
        yield (made[0].failure,), made[0].left > 0


def of_a_repeat(made) -> Iterator[tuple[Question, bool]]:
    """A call under a key that has been used; only one failure says that it has."""
    if made[1].failure == "ALREADY_RUNG":
        yield (made[1].failure,), made[1].left > 0


def of_two_calls(made) -> Iterator[tuple[Question, bool]]:
    """Two calls under one key, neither of them rejected."""
    first, second = made
    if first.failure and second.failure and "REJECTED" not in (first.failure, second.failure):
        yield (first.failure, second.failure), second.left > 0


ONE_CALL, A_REPEAT, TWO_CALLS = Asked(of_one_call, 1, 1), Asked(of_a_repeat, 2, 1), Asked(of_two_calls, 2, 2)


def known(unit, asked) -> dict[Question, set[bool]]:
    """Of each question: whether it has rung, in the stories that end so."""
    found: dict[Question, set[bool]] = {}
    for ended in every_end(unit, calls, asked.depth, count=asked.count):
        for question, rang in asked.of(ended.seen):
            found.setdefault(question, set()).add(rang)
    return found


def compared(unit, every_story, forecast, asked, only=None, *, rule, ask):
    """Compare forecasts of whether it has rung with every story, and show one in which it has, or any."""
    facts = known(unit, asked)
    questions = [question for question in facts if only is None or question[0] in only]
    said = {q: forecast(*(getattr(unit.Failure, failure) for failure in q)).name for q in questions}
    first = {}
    for story in every_story(calls, depth=asked.depth, count=asked.count):
        for question, rang in asked.of(story.seen):
            if question in said:
                first.setdefault(question, story)
                word = "has rung" if rang else "has not rung"
                promise(
                    said[question] in ("UNKNOWN", "YES" if rang else "NO"),
                    saw=f"{told(forecast, question)} is {said[question]}; in this story it {word}",
                    rule=rule,
                    ask=ask,
                    story=story,
                )
    for question, story in first.items():
        promise(
            said[question] != "UNKNOWN" or len(facts[question]) > 1,
            saw=f"{told(forecast, question)} is UNKNOWN; every story that ends so ends like this one",
            rule=rule,
            ask=ask,
            story=story,
        )
    every = every_end(unit, calls, asked.depth, count=asked.count)
    ends = [(q, rang, ended) for ended in every for q, rang in asked.of(ended.seen) if q in said]
    question, rang, ended = next((end for end in ends if end[1]), ends[0])
    saw = f"{told(forecast, question)} is {said[question]}; in this story it has {'' if rang else 'not '}rung"
    show(unit, saw, calls, ended, count=asked.count)


def told(forecast, question):
    return f"{forecast!r}({', '.join(question)})"


DEFINITE = "a failure is definite only when all its stories agree about the effect"
WHERE = "at which places, on the way there, at the service or on the way back, can a call end like this one?"


def test_what_the_service_says(unit, every_story):
    """Where the phone service itself answers, what you say of its ring holds in every story."""
    for asked, only in ((ONE_CALL, ("BUSY", "REJECTED")), (A_REPEAT, None)):
        compared(
            unit,
            every_story,
            unit.happened,
            asked,
            only,
            rule="an answer says what the side that gives it knows, be it an error or not",
            ask="who says this, and what does it know when it says so?",
        )


def test_what_is_not_its_answer(unit, every_story):
    """Where no answer of the phone service arrives, what you say of its ring holds in every story."""
    only = ("NOT_REACHED", "SILENCE", "HUNG_UP", "RELAY_ERROR")
    compared(unit, every_story, unit.happened, ONE_CALL, only, rule=DEFINITE, ask=WHERE)


def test_two_calls_under_one_key(unit, every_story):
    """What you say of two calls under one key holds in every story that ends with both failures."""
    compared(
        unit,
        every_story,
        unit.settled,
        TWO_CALLS,
        rule="under one key a yes of either call speaks for both, and a no for its own call alone",
        ask="what do you know of the first call alone, and does the second one say anything about it?",
    )


# ---- may the same call be made again?


class Retry(NamedTuple):
    """What failed, whether both calls left more than one leaves, and whether the second was accepted."""

    failure: str
    harms: bool
    helps: bool


def retries(made, effect, once) -> Iterator[Retry]:
    """The retry at the end of these calls; `once` is what one accepted call leaves."""
    first, second = made[-2:]
    if first.failure and (len(made) == 2 or first.failure == "ALREADY_RUNG"):
        harms = second.left not in (WAYS[effect].before, once)
        yield Retry(first.failure, harms, second.failure == "")


def asked_at(effect):
    """A repeat that is told that it has rung is a second call, so its own repeat is the third."""
    return [{"effect": effect, "count": count} for count in ((2, 3) if effect == "RING_WITH_KEY" else (2,))]


def retried(unit, effect, handed) -> list[tuple[Retry, Any]]:
    """The retry at the end of each story of these calls, if there is one, with its story."""
    once = left_once(unit, effect)
    every = every_end(unit, calls, 1, **handed)
    return [(retry, ended) for ended in every for retry in retries(ended.seen, effect, once)]


def left_once(unit, effect):
    """What one accepted call leaves."""
    return every_end(unit, calls, 1, **asked_at(effect)[0])[0].seen[0].left


def advised(unit, every_story, effect, rule, ask):
    """Compare `may_retry` for this effect with what becomes of the retries, and show one."""
    for handed in reversed(asked_at(effect)):
        compare_advice(unit, every_story, effect, handed, rule, ask)


def compare_advice(unit, every_story, effect, handed, rule, ask):
    """The same, with so many calls."""
    every, once, at = retried(unit, effect, handed), left_once(unit, effect), getattr(unit.Effect, effect)
    asked = dict.fromkeys(retry.failure for retry, _ in every)
    said = {failure: unit.may_retry(at, getattr(unit.Failure, failure)) for failure in asked}
    first = {}
    for story in every_story(calls, depth=1, **handed):
        for retry in retries(story.seen, effect, once):
            before = first.setdefault(retry.failure, story)
            if story.seen[0].left == once and len(story.faulted) == len(before.faulted):
                first[retry.failure] = story  # a call that has left something tells more
            promise(
                not (said[retry.failure] and retry.harms),
                saw=f"may_retry({effect}, {retry.failure}) is True; in this story {left(story.seen)}",
                rule=rule,
                ask=ask,
                story=story,
            )
    for failure, story in first.items():
        call = f"may_retry({effect}, {failure})"
        found = [retry for retry, _ in every if retry.failure == failure]
        helps, harms = any(retry.helps for retry in found), any(retry.harms for retry in found)
        promise(
            not said[failure] or helps,
            saw=f"{call} is True; in no story that begins so is the second call accepted",
            rule="a retry needs a reason to end in another way",
            ask="what would be new about the second call?",
            story=story,
        )
        promise(
            said[failure] or harms or not helps,
            saw=f"{call} is False; in no story do both calls leave more than one that is accepted",
            rule=rule,
            ask=ask,
            story=story,
        )
    retry, ended = most_telling(every, once)
    saw = f"may_retry({effect}, {retry.failure}) is {said[retry.failure]}; in this story {left(ended.seen)}"
    show(unit, saw, calls, ended, **handed)


def most_telling(every, once):
    """A retry that harms, else one after a call that has left something, else the first."""
    return max(every, key=lambda each: (each[0].harms, each[1].seen[0] == Call(each[0].failure, once)))


def left(made):
    """What is left after the last of these calls, in words."""
    count = {2: "both calls", 3: "the call before them and both of these"}[len(made)]
    last = made[-1]
    accepted = "" if last.failure else ", and the second was accepted"
    if isinstance(last.left, int):
        return f"after {count} {rung(last.left)}{accepted}"
    has_left = "nothing" if last.left is None else f"the incident {last.left!r}"
    return f"{count} have left {has_left}{accepted}"


def rung(count):
    return {0: "it has not rung", 1: "it has rung once", 2: "it has rung twice"}.get(
        count, f"it has rung {count} times"
    )


def test_a_retry_of_what_reads(unit, every_story):
    """Where a call only reads, each retry that you allow is harmless and useful, and no other is."""
    advised(
        unit,
        every_story,
        "READ",
        rule="what changes nothing may be repeated, as long as the answer can change",
        ask="what is different on the other side after the second call?",
    )


def test_a_retry_of_what_overwrites(unit, every_story):
    """Where a call overwrites, each retry that you allow is harmless and useful, and no other is."""
    advised(
        unit,
        every_story,
        "OVERWRITE",
        rule="what leaves the same once and twice needs no key",
        ask="what is different on the other side after the second call?",
    )


def test_a_retry_of_a_ring(unit, every_story):
    """Where a call rings, each retry that you allow is harmless and useful, and no other is."""
    advised(
        unit,
        every_story,
        "RING",
        rule="doubt forbids a repeat that nobody can recognise, and nothing else does",
        ask="how often has it rung after the second call, in each story that begins with this failure?",
    )


def test_a_retry_of_a_ring_with_a_key(unit, every_story):
    """Where a call has a key, each retry that you allow is harmless and useful, and no other is."""
    advised(
        unit,
        every_story,
        "RING_WITH_KEY",
        rule="what the other side recognises may be sent again, and what it has not done has to be",
        ask="what does the phone know of this key by then, and what does it do with the next call?",
    )


# ---- how often does a plan ring?


class Rang(NamedTuple):
    """How often it has rung when a plan ended, and how the plan ended."""

    count: int
    end: str


def a_plan(unit, story, *, plan, is_unheard=False):
    """One of the given plans is run."""
    program = given(unit, *PLANS)
    phone = Phone(story, program, is_unheard=is_unheard)
    try:
        end = f"{plan}() returned {getattr(program, plan)(phone)!r}"
    except program.CallFailed as call:
        end = f"{plan}() raised CallFailed: {call.failure.name}"
    story.world.tell(CALLER, end)
    return Rang(phone.rang, end)


def promise_as_given(unit, *plans):
    for plan in plans:
        promise(
            is_as_given(unit, plan),
            saw=f"`{plan}` in your file is not the plan that was given",
            rule="a forecast is about the program as it stands",
            ask="what does the plan do before anybody mends it?",
            story=NO_STORY,
        )


def counted(unit, every_story, plan, *parts, rule, ask):
    """Compare the forecast of a plan with every story, then each of its numbers with all of them."""
    said = list(dict.fromkeys(unit.rings(plan)))
    promise_as_given(unit, plan, *parts)
    for story in every_story(a_plan, plan=plan):
        promise(
            story.seen.count in said,
            saw=f"rings({plan!r}) is {said!r}; in this story {rung(story.seen.count)}",
            rule=rule,
            ask=ask,
            story=story,
        )
    every = every_end(unit, a_plan, plan=plan)
    counts = {ended.seen.count for ended in every}
    for number in sorted(set(said) - counts):
        promise(
            False,
            saw=f"rings({plan!r}) is {said!r}; of {len(every)} stories there is none in which {rung(number)}",
            rule=rule,
            ask=ask,
            story=NO_STORY,
        )
    most = next(ended for ended in every if ended.seen.count == max(counts))
    others = " each of these occurs, and" if len(counts) > 1 else ""
    saw = f"rings({plan!r}) is {said!r};{others} in this story {rung(most.seen.count)}"
    show(unit, saw, a_plan, most, plan=plan)


def test_once_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `once` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "once",
        rule="one call ends in one of several places, and nothing makes up for it",
        ask="where can the only call end, and has it rung there?",
    )


def test_until_it_says_ok_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `until_it_says_ok` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "until_it_says_ok",
        rule="a repeat that nobody recognises is a new effect",
        ask="how many of the calls can have rung before one was accepted?",
    )


def test_not_reached_or_busy_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `not_reached_or_busy` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "not_reached_or_busy",
        rule="who repeats only what did not happen gives up where there is doubt",
        ask="with which failures does the plan go on, and what has happened when it ends at another one?",
    )


def test_one_key_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `one_key` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "one_key",
        rule="one key makes it at most once; more tries than faults make it at least once",
        ask="which of the three tries gets through, when two things go wrong?",
    )


def test_one_key_twice_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `one_key_twice` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "one_key_twice",
        rule="a key forbids the second ring; the first one is for the tries to bring about",
        ask="what has happened when both tries have ended before the phone?",
    )


def test_key_in_the_loop_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `key_in_the_loop` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "key_in_the_loop",
        rule="a repeat is recognised by an equal key",
        ask="with what does the phone compare the key of the second try?",
    )


def test_the_backup_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `backup_when_not_reached` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "backup_when_not_reached",
        rule="each call can end in several places, the backup's too, and knows of itself alone",
        ask="where can each of these calls end, and what has rung by then?",
    )


def test_two_layers_ring_as_you_say(unit, every_story):
    """Each number of rings that you give for `two_layers` occurs, and no other does."""
    counted(
        unit,
        every_story,
        "two_layers",
        "until_it_says_ok",
        rule="a loop that has ended well is not entered again",
        ask="how many things go wrong before the outer loop begins its second round?",
    )


def test_it_rings_unheard_as_you_say(unit, every_story):
    """Where every answer is lost, each plan rings as often as you say."""
    said = {plan: unit.rings_unheard(plan) for plan in PLANS}
    for plan in PLANS:
        promise_as_given(unit, plan)
        handed = {"plan": plan, "is_unheard": True}
        for story in every_story(a_plan, depth=0, **handed):
            promise(
                said[plan] == story.seen.count,
                saw=f"rings_unheard({plan!r}) is {said[plan]}; in this story {rung(story.seen.count)}",
                rule="in silence a plan does what its lines say of a failure: go on, end, or call once more",
                ask="how many calls does this plan make in silence, and which does the phone recognise?",
                story=story,
            )
        (ended,) = every_end(unit, a_plan, depth=0, **handed)
        saw = f"rings_unheard({plan!r}) is {said[plan]}; in this story {rung(said[plan])}"
        show(unit, saw, a_plan, ended, **handed)


# ---- all of them


def questions(unit):
    """Everything that is asked: the name of a function, and what it is given."""
    yield from (("happened", question) for asked in (ONE_CALL, A_REPEAT) for question in known(unit, asked))
    yield from (("settled", question) for question in known(unit, TWO_CALLS))
    for at in WAYS:
        every = (each for handed in asked_at(at) for each in retried(unit, at, handed))
        asked = dict.fromkeys(retry.failure for retry, _ in every)
        yield from (("may_retry", (at, failure)) for failure in asked)
    yield from ((name, (repr(plan),)) for name in ("rings", "rings_unheard") for plan in PLANS)


def answered(unit, name, handed):
    """One answer; of a list, the numbers alone."""
    if name == "may_retry":
        said = unit.may_retry(getattr(unit.Effect, handed[0]), getattr(unit.Failure, handed[1]))
    elif name in ("happened", "settled"):
        said = getattr(unit, name)(*(getattr(unit.Failure, failure) for failure in handed))
    else:
        said = getattr(unit, name)(handed[0].strip("'"))
    return sorted(set(said)) if isinstance(said, list) else said


def all_answered(unit, every):
    return [(question, answered(unit, *question)) for question in every]


def turned(every, turn):
    """The questions in another order: as `turn` grows, each value of each argument is the first one once.

    Whoever remembers an answer under less than its question gives it to the next question that is like it.
    """
    columns: dict[Any, dict[str, int]] = {}
    for name, handed in every:
        for at, value in (("", name), *((f"{name} {at}", value) for at, value in enumerate(handed))):
            column = columns.setdefault(at, {})
            column.setdefault(value, len(column))

    def place(question):
        name, handed = question
        found = [(columns[""], name), *((columns[f"{name} {at}"], value) for at, value in enumerate(handed))]
        return [(column[value] - turn) % len(column) for column, value in found]

    return sorted(every, key=place)


def test_a_question_has_one_answer(unit, story):
    """A question has one answer, in every process and whatever was asked before."""
    every = list(questions(unit))
    with story.process():
        first = dict(all_answered(unit, every))
        again = {"once more": all_answered(unit, every[::-1]), "in another order": []}
    for turn in range(1, len(PLANS)):
        with story.process():
            again["in another order"] += all_answered(unit, turned(every, turn))
    again["on another machine"] = story.other_machine(lambda: all_answered(unit, turned(every, 0)))
    for when, answers in again.items():
        for (name, handed), answer in answers:
            before = first[name, handed]
            promise(
                answer == before,
                saw=f"{name}({', '.join(handed)}) is {before!r}, and {answer!r} when it is asked {when}",
                rule="a forecast that changes when it is asked for is none",
                ask="what besides the question does this answer depend on?",
                story=NO_STORY,
            )
