"""What is checked for ex31: forecasts of a program, each compared with what the program does in every story.

No answer stands here. What is right is what has happened when the given program was run, in each story.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from halfway.kit import (
    NO_STORY,
    BrokenError,
    Port,
    TheirError,
    callers,
    every_end,
    given,
    line_that_differs,
    numbers_of,
    promise,
    show,
)

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
SERVICE = {"the service is busy": "BUSY"}
MALFORMED = "the service does not understand the call"
IN_SILENCE_S = 5


class Phone(Port):
    """The phone service, a relay before it, and a backup phone: a call can go wrong wherever it comes by.

    `rang` counts the rings of both phones, and `called` the calls; `state` is what an incident was set to.
    With `is_unheard` no answer arrives. With `may_be_malformed` the service may not understand the call, and
    then never does.
    """

    serves = frozenset(("ring", "ring_backup"))

    def __init__(self, story, program, *, is_unheard=False, may_be_malformed=False):
        super().__init__(story)
        self.rang, self.called, self.state, self._keys, self._program = 0, 0, "", set(), program
        self._is_unheard, self._is_malformed = is_unheard, None if may_be_malformed else False

    def ring(self, key: str = ""):
        return self._called(f"ring({f'key={key!r}' if key else ''})", self._rings, key)

    def ring_backup(self):
        return self._called("ring_backup()", self._rings, "", "backup")

    def read(self):
        self.lane = "service"
        return self._called("read()", lambda: self.tell("gives a sample"), "")

    def overwrite(self):
        self.lane = "service"
        return self._called("set('open')", self._is_set, "")

    def _called(self, call, act, key, label="call"):
        """One call, there and back."""
        self.called, self._began_s = self.called + 1, self.world.seconds
        self.world.tell(CALLER, call, "call", self.lane)
        self._may_fail(f"{label} leaves", REFUSED=DOOR)
        self.world.pass_time(1)
        self._may_fail(f"{label} goes there", LOST=THERE)
        self._answers_first(label)
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
        if has_rung:
            self._fails("ALREADY_RUNG")
        self.world.pass_time(1)
        self.world.tell(CALLER, "is told: accepted", "reply", self.lane)
        return "accepted"

    def _answers_first(self, label):
        """What the service says before it does anything."""
        if self._is_malformed:
            self.tell("does not understand it now, either")
        elif self._is_malformed is None:
            self._is_malformed = bool(self.fault(f"{label} is understood", REFUSED=MALFORMED))
        if self._is_malformed:
            self._fails("REJECTED")
        self._may_fail(f"{label} is heard", REFUSED=SERVICE)

    def _may_fail(self, label, **kinds):
        for kind, ways in kinds.items():
            taken = self.fault(label, **{kind: tuple(ways)})
            if taken:
                self._fails(ways[taken])

    def _fails(self, name):
        waited_s = self.world.seconds - self._began_s
        self.world.pass_time(IN_SILENCE_S - waited_s if name == "SILENCE" else 1)
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


Words = tuple[str, str]
"""A rule, and a question."""


def compared(unit, every_story, forecast, asked, words, only=None):
    """Compare forecasts of whether it has rung with every story, and show one in which it has, or any.

    `words` gives the rule and the question for what is true of a question: False, True, or both.
    """
    facts = known(unit, asked)
    questions = [question for question in facts if only is None or question[0] in only]
    said = {q: forecast(*(getattr(unit.Failure, failure) for failure in q)).name for q in questions}
    first = {}
    for story in every_story(calls, depth=asked.depth, count=asked.count):
        for question, rang in asked.of(story.seen):
            if question in said:
                first.setdefault(question, story)
                rule, ask = words(facts[question])
                promise(
                    said[question] in ("UNKNOWN", "YES" if rang else "NO"),
                    saw=f"{told(forecast, question)} is {said[question]}; in this story {has_rung(rang)}",
                    rule=rule,
                    ask=ask,
                    story=story,
                )
    for question, story in first.items():
        rule, ask = words(facts[question])
        always = has_rung(True in facts[question])
        promise(
            said[question] != "UNKNOWN" or len(facts[question]) > 1,
            saw=f"{told(forecast, question)} is UNKNOWN; in every story that ends so {always}",
            rule=rule,
            ask=ask,
            story=story,
        )
    every = every_end(unit, calls, asked.depth, count=asked.count)
    ends = [(q, rang, ended) for ended in every for q, rang in asked.of(ended.seen) if q in said]
    question, rang, ended = next((end for end in ends if end[1]), ends[0])
    saw = f"{told(forecast, question)} is {said[question]}; in this story {has_rung(rang)}"
    show(unit, saw, calls, ended, count=asked.count)


def has_rung(rang):
    return "it has rung" if rang else "it has not rung"


def told(forecast, question):
    return f"{forecast!r}({', '.join(question)})"


def of_the_service(_facts) -> Words:
    return (
        "an answer says what the side that gives it knows, be it an error or not",
        "who says this, and what does it know when it says so?",
    )


def of_the_way(_facts) -> Words:
    return (
        "a failure says for certain what all its stories agree about, and nothing else",
        "at which places, on the way there, at the service or on the way back, can a call end like this one?",
    )


def of_both(facts) -> Words:
    """What two calls under one key say together."""
    if len(facts) > 1:
        return (
            "a doubt about either call stays, unless the service says that it has rung for the key",
            "what do you know of each call alone, and does the second one say anything about the first?",
        )
    if True in facts:
        return (
            "under one key, a yes speaks for all calls before it",
            "who says the second failure, and which call does it speak of?",
        )
    return (
        "what has certainly not happened in either call has not happened",
        "what do you know of each call alone?",
    )


def test_what_the_service_says(unit, every_story):
    """Where the phone service itself answers, what you say of its ring holds in every story."""
    for asked, only in ((ONE_CALL, ("BUSY", "REJECTED")), (A_REPEAT, None)):
        compared(unit, every_story, unit.happened, asked, of_the_service, only)


def test_what_is_not_its_answer(unit, every_story):
    """Where no answer of the phone service arrives, what you say of its ring holds in every story."""
    only = ("NOT_REACHED", "SILENCE", "HUNG_UP", "RELAY_ERROR")
    compared(unit, every_story, unit.happened, ONE_CALL, of_the_way, only)


def test_two_calls_under_one_key(unit, every_story):
    """What you say of two calls under one key holds in every story that ends with both failures."""
    compared(unit, every_story, unit.settled, TWO_CALLS, of_both)


# ---- may the same call be made again?


class Retry(NamedTuple):
    """What failed, whether the call and its repeat do harm, and whether the repeat was accepted."""

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


class Wordings(NamedTuple):
    """The rule and the question of a retry that was forbidden: after a doubt, and after a definite no.

    The last is for one that was allowed, and does harm.
    """

    in_doubt: Words
    no_doubt: Words
    harmful: Words = ("", "")


def advised(unit, every_story, effect, words):
    """Compare `may_retry` for this effect with what becomes of the retries, and show one."""
    for handed in reversed(asked_at(effect)):
        compare_advice(unit, every_story, effect, handed, words)


def compare_advice(unit, every_story, effect, handed, words):
    """The same, with so many calls."""
    every, once, at = retried(unit, effect, handed), left_once(unit, effect), getattr(unit.Effect, effect)
    asked = dict.fromkeys(retry.failure for retry, _ in every)
    said = {failure: unit.may_retry(at, getattr(unit.Failure, failure)) for failure in asked}
    first = {}
    for story in every_story(calls, depth=1, **handed):
        for retry in retries(story.seen, effect, once):
            this = retry, story
            if tells_more(this, first.setdefault(retry.failure, this), once):
                first[retry.failure] = this
            rule, ask = words.harmful
            promise(
                not (said[retry.failure] and retry.harms),
                saw=f"may_retry({effect}, {retry.failure}) is True; in this story {left(story.seen)}",
                rule=rule,
                ask=ask,
                story=story,
            )
    for failure, (_, story) in first.items():
        call = f"may_retry({effect}, {failure})"
        found = [(retry, ended.seen[-2]) for retry, ended in every if retry.failure == failure]
        helps = any(retry.helps for retry, _ in found)
        promise(
            not said[failure] or helps,
            saw=f"{call} is True; in no story that begins so is the repeat accepted",
            rule="a retry needs a reason to end in another way",
            ask="what would be new about the repeat?",
            story=story,
        )
        rule, ask = words.in_doubt if len({call.left for _, call in found}) > 1 else words.no_doubt
        promise(
            said[failure] or not helps or any(retry.harms for retry, _ in found),
            saw=f"{call} is False; {HARMLESS[effect]}, and in this one the repeat is accepted",
            rule=rule,
            ask=ask,
            story=story,
        )
    show_advice(unit, effect, said, most_telling(every, once), handed)


def show_advice(unit, effect, said, each, handed):
    retry, ended = each
    saw = f"may_retry({effect}, {retry.failure}) is {said[retry.failure]}; in this story {left(ended.seen)}"
    show(unit, saw, calls, ended, **handed)


HARMLESS = {
    "READ": "in no story that begins so do both calls leave anything",
    "OVERWRITE": "in every story that begins so the last state is that of one accepted call, or of none",
    "RING": "in no story that begins so has it rung more than once",
    "RING_WITH_KEY": "in no story that begins so has it rung more than once",
}


def tells_more(this, other, once):
    """Does this retry tell more than the other, with as many faults?

    One that is accepted does, and then one whose first call has left something.
    """

    def telling(retry, story):
        return retry.helps, story.seen[0].left == once

    return len(this[1].faulted) == len(other[1].faulted) and telling(*this) > telling(*other)


def most_telling(every, once):
    """A retry that harms, else one that is accepted: after a doubt, where the first call left something."""
    lefts: dict[str, set[Any]] = {}
    for retry, ended in every:
        lefts.setdefault(retry.failure, set()).add(ended.seen[-2].left)

    def telling(each):
        retry, ended = each
        return retry.harms, retry.helps, len(lefts[retry.failure]), ended.seen[0].left == once

    return max(every, key=telling)


def left(made):
    """What is left after the last of these calls, in words."""
    count = {2: "both calls", 3: "the call before them and both of these"}[len(made)]
    last = made[-1]
    accepted = "" if last.failure else ", and the repeat was accepted"
    if isinstance(last.left, int):
        return f"after {count} {rung(last.left)}{accepted}"
    has_left = "nothing" if last.left is None else f"the incident {last.left!r}"
    return f"{count} have left {has_left}{accepted}"


def rung(count):
    return {0: "it has not rung", 1: "it has rung once", 2: "it has rung twice"}.get(
        count, f"it has rung {count} times"
    )


NOT_HAPPENED = "what has certainly not happened may be sent again, as long as the answer can change"
OF_THE_KEY = "what does the phone know of this key by then, and what does it do with the next call?"
HOW_OFTEN = "how often has it rung after both calls, in each story that begins with this failure?"
COMPARE = "what do both calls leave, what does one accepted call leave, and what is the difference?"
READS = (
    "what changes nothing may be repeated, as long as the answer can change",
    "what can the repeat change on the other side, and can it be answered in another way?",
)


def test_a_retry_of_what_reads(unit, every_story):
    """Where a call only reads, each retry that you allow is harmless and useful, and no other is."""
    advised(unit, every_story, "READ", Wordings(READS, READS))


def test_a_retry_of_what_overwrites(unit, every_story):
    """Where a call overwrites, each retry that you allow is harmless and useful, and no other is."""
    words = Wordings(
        ("what leaves the same once and twice may be sent again in doubt", COMPARE), (NOT_HAPPENED, COMPARE)
    )
    advised(unit, every_story, "OVERWRITE", words)


def test_a_retry_of_a_ring(unit, every_story):
    """Where a call rings, each retry that you allow is harmless and useful, and no other is."""
    no_doubt = "only doubt makes it harmful to repeat a ring", HOW_OFTEN
    harmful = "a call that may have rung may ring again when it is repeated without a key", HOW_OFTEN
    advised(unit, every_story, "RING", Wordings(no_doubt, no_doubt, harmful))


def test_a_retry_of_a_ring_with_a_key(unit, every_story):
    """Where a call has a key, each retry that you allow is harmless and useful, and no other is."""
    words = Wordings(
        (
            "what the other side recognises may be sent again in doubt",
            "has it rung for this key in each story that begins so, and what becomes of the repeat?",
        ),
        (NOT_HAPPENED, OF_THE_KEY),
    )
    advised(unit, every_story, "RING_WITH_KEY", words)


# ---- how often does a plan ring?


class Rang(NamedTuple):
    """How often it has rung when a plan ended, how many calls it had made, and how it ended."""

    count: int
    called: int
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
    return Rang(phone.rang, phone.called, end)


BESIDE_PLANS = "Failure", "CallFailed", "Phone"
"""What else of the first half is given."""
AS_GIVEN = (
    "who else reads this name, and what do they expect?",
    "what does the plan do before anybody mends it?",
)


def promise_as_given(unit, *names):
    for name in names:
        line = line_that_differs(unit, name)
        where = f"line {line} differs" if line else "there is none of this name"
        what = "the plan that" if name in PLANS else "what"
        promise(
            line is None,
            saw=f"`{name}` in your file is not {what} was given; {where}",
            rule="a forecast is about the program as it stands",
            ask=AS_GIVEN[name in PLANS],
            story=NO_STORY,
        )


class Plan(NamedTuple):
    """The words for a plan: where it need not ring, where it rings more than once, and how often at most."""

    silent: Words
    again: Words
    most: Words


GETS_THROUGH = (
    "with more tries than things that go wrong, one try gets through",
    "when two calls have gone wrong, which call comes next, and what becomes of it?",
)
NEW_RING = (
    "a repeat that nobody recognises can ring again",
    "how many of the calls can have rung before one was accepted?",
)
EQUAL_KEY = (
    "a repeat is recognised by an equal key",
    "with what does the phone compare the key of the second try?",
)
FIRST_ACCEPTED = (
    "a call that is accepted has rung, and a plan ends with it",
    "what does this plan do when its first call is accepted?",
)
AS_MANY = "a plan rings at most as often as it calls", "how many calls does this plan make at most?"
RECOGNISED = (
    "a key prevents a second ring",
    "what does the phone do when a call comes under a key that it has rung for?",
)
NEVER_LESS = "a number of rings is 0 or more", "which story is this number about?"
ONE_NO = "one call can end in one of several places, and nothing makes up for it"
OF_PLANS = {
    "once": Plan((ONE_NO, "where can the only call end, and has it rung there?"), AS_MANY, AS_MANY),
    "until_it_says_ok": Plan(GETS_THROUGH, NEW_RING, AS_MANY),
    "not_reached_or_busy": Plan(
        (
            "who repeats only what did not happen gives up where there is doubt",
            "with which failures does the plan end, and has it rung by then?",
        ),
        AS_MANY,
        (
            "who repeats only what did not happen rings once at most",
            "after which failures does the plan call again, and can it have rung before one of them?",
        ),
    ),
    "one_key": Plan(GETS_THROUGH, RECOGNISED, RECOGNISED),
    "one_key_twice": Plan(
        (
            "a key prevents a second ring; it does not bring about the first",
            "what has happened when both tries have ended before they reach the phone?",
        ),
        RECOGNISED,
        RECOGNISED,
    ),
    "key_in_the_loop": Plan(GETS_THROUGH, EQUAL_KEY, AS_MANY),
    "backup_when_not_reached": Plan(
        (
            "a call to the backup phone can fail like any other",
            "where can each of these calls end, and what has rung by then?",
        ),
        (
            "a call that did not reach the phone says nothing about the call before it",
            "where can each of these calls end, and what has rung by then?",
        ),
        (
            "one key rings once at most, and so does one call without a key",
            "how often can each of the two phones ring in this plan?",
        ),
    ),
    "two_layers": Plan(
        GETS_THROUGH,
        NEW_RING,
        (
            "a loop that has ended well is not entered again",
            "how many things go wrong before the outer loop begins its second round?",
        ),
    ),
}


def of_a_missing(plan, number, said) -> Words:
    """The words for a number of rings that occurs, and was not forecast."""
    if number == 0:
        return OF_PLANS[plan].silent
    if number == 1:
        return FIRST_ACCEPTED
    return NEW_RING if OF_PLANS[plan].again == EQUAL_KEY and max(said) > 1 else OF_PLANS[plan].again


def of_an_extra(plan, number) -> Words:
    """The words for a number of rings that was forecast, and never occurs."""
    if number < 0:
        return NEVER_LESS
    return OF_PLANS[plan].most if number else OF_PLANS[plan].silent


def counted(unit, every_story, plan, *parts):
    """Compare the forecast of a plan with every story, then each of its numbers with all of them."""
    said = list(dict.fromkeys(unit.rings(plan)))
    promise_as_given(unit, plan, *parts)
    for story in every_story(a_plan, plan=plan):
        rule, ask = of_a_missing(plan, story.seen.count, said or [0])
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
        rule, ask = of_an_extra(plan, number)
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
    counted(unit, every_story, "once")


def test_until_it_says_ok_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `until_it_says_ok` occurs, and no other does."""
    counted(unit, every_story, "until_it_says_ok")


def test_not_reached_or_busy_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `not_reached_or_busy` occurs, and no other does."""
    counted(unit, every_story, "not_reached_or_busy")


def test_one_key_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `one_key` occurs, and no other does."""
    counted(unit, every_story, "one_key")


def test_one_key_twice_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `one_key_twice` occurs, and no other does."""
    counted(unit, every_story, "one_key_twice")


def test_key_in_the_loop_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `key_in_the_loop` occurs, and no other does."""
    counted(unit, every_story, "key_in_the_loop")


def test_the_backup_rings_as_you_say(unit, every_story):
    """Each number of rings that you give for `backup_when_not_reached` occurs, and no other does."""
    counted(unit, every_story, "backup_when_not_reached")


def test_two_layers_ring_as_you_say(unit, every_story):
    """Each number of rings that you give for `two_layers` occurs, and no other does."""
    counted(unit, every_story, "two_layers", "until_it_says_ok")


AS_ITS_LINES_SAY = "after a failure a plan ends or calls once more, as its lines say"


def in_silence(plan, said, rang) -> Words:
    """The words for a plan that rings otherwise, where every call arrives and no answer does."""
    if said < 1:
        return (
            "a call that has arrived has rung, though its answer is lost",
            "what has the phone done when the answer is lost?",
        )
    if said > rang.count:
        if rang.called > rang.count:
            return RECOGNISED
        return AS_ITS_LINES_SAY, "what do the lines of this plan do after SILENCE?"
    if said == 1 and OF_PLANS[plan].again == EQUAL_KEY:
        return EQUAL_KEY
    return AS_ITS_LINES_SAY, "how many calls does this plan make in silence?"


def test_it_rings_unheard_as_you_say(unit, every_story):
    """Where every answer is lost, each plan rings as often as you say."""
    said = {plan: unit.rings_unheard(plan) for plan in PLANS}
    promise_as_given(unit, *BESIDE_PLANS)
    for plan in PLANS:
        promise_as_given(unit, plan)
        handed = {"plan": plan, "is_unheard": True}
        for story in every_story(a_plan, depth=0, **handed):
            rule, ask = in_silence(plan, said[plan], story.seen)
            promise(
                said[plan] == story.seen.count,
                saw=f"rings_unheard({plan!r}) is {said[plan]}; in this story {rung(story.seen.count)}",
                rule=rule,
                ask=ask,
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
    """One answer, in words; of a list, the numbers alone.

    What is no answer has a promise of its own: here it is told as it is, and so is an error.
    """
    try:
        if name == "may_retry":
            said = unit.may_retry(getattr(unit.Effect, handed[0]), getattr(unit.Failure, handed[1]))
        elif name in ("happened", "settled"):
            said = getattr(unit, name)(*(getattr(unit.Failure, failure) for failure in handed))
        else:
            said = getattr(unit, name)(handed[0].strip("'"))
    except BrokenError as odd:
        return odd.saw.partition(" returned ")[2].partition(", and the stub says")[0]
    except TheirError as error:
        if error.mro[0] == "NotImplementedError":
            raise
        return f"an error, {error.mro[0]}"
    return repr(sorted(set(said)) if isinstance(said, list) else said)


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


ASKED_AGAIN, ASKED_MOST = 4, 60
"""How often each question is asked in one process, and up to which number of the file's own more often."""
BY_NAME = {
    "happened": ["failure"],
    "settled": ["first", "second"],
    "may_retry": ["effect", "failure"],
    "rings": ["plan"],
    "rings_unheard": ["plan"],
}


NOT_OF_THE_MACHINE = "hash", "input"
"""Watched calls that ask no clock, no chance, no file and no database."""
ON_ANOTHER_MACHINE = "on another machine (other hashes, another name of the module, `python -OO`)"
IN_ANOTHER_THREAD, BY_KEYWORD = "in another thread", "with named arguments"
BY_A_NEIGHBOUR = "by a caller in the same process"
FROM_TIME_TO_TIME = (
    "what changes from one time to the next is no forecast",
    "what besides the question does this answer depend on?",
)
WORDS_OF = {
    ON_ANOTHER_MACHINE: (
        "a forecast is about the plan or the call, and not about the process that asks",
        "on which of these does this answer depend?",
    ),
    IN_ANOTHER_THREAD: (
        "a question has the same answer in every thread",
        "what in your file is there for one thread alone?",
    ),
    BY_A_NEIGHBOUR: (
        "an answer has exactly the type that its function says",
        "what does `type()` say of what your function returns?",
    ),
    BY_KEYWORD: (
        "a caller may name the arguments, as the stub does",
        "by which names does your function know its parameters?",
    ),
}


def asked_one_by_one(every, parameters):
    """A caller: every question once, in words; each argument by its name, where `parameters` has one."""
    from enum import Enum

    import forecast

    def found(name, text):
        return getattr(getattr(forecast, name), text) if name else text

    def asked(name, handed):
        given = [found(*each) for each in handed]
        try:
            if name in parameters:
                said = getattr(forecast, name)(**dict(zip(parameters[name], given, strict=True)))
            else:
                said = getattr(forecast, name)(*given)
        except Exception as error:
            return f"an error, {type(error).__name__}"
        for number in said if isinstance(said, list) else [said]:
            if isinstance(number, int) and type(number) not in (int, bool):
                return f"{number!r}, of type {type(number).__name__},"
        if isinstance(said, list):
            return repr(sorted(set(said)))
        return f"{type(said).__name__}.{said.name}" if isinstance(said, Enum) else repr(said)

    return [asked(name, handed) for name, handed in every]


def change_every_list(plans):
    """A caller who keeps every list that it is given, and then writes in it: each plan, before and after."""
    import forecast

    kept = [forecast.rings(plan) for plan in plans]
    before = [sorted(set(forecast.rings(plan))) for plan in plans]
    for each in kept:
        each[:] = [7]
    after = [sorted(set(forecast.rings(plan))) for plan in plans]
    return [found for found in zip(plans, before, after, strict=True) if found[1] != found[2]]


def keep_every_list(plans):
    """A caller who keeps every list that it is given: each plan, when it was asked and later."""
    import forecast

    kept, before = [], []
    for plan in plans:
        kept.append(forecast.rings(plan))
        before.append(sorted(set(kept[-1])))
    after = [sorted(set(each)) for each in kept]
    return [found for found in zip(plans, before, after, strict=True) if found[1] != found[2]]


def asked_meanwhile(asks, other, at):
    """Two threads that ask: as the first one enters its function number `at`, the other one asks, to its end.

    Gives both answers, or how many functions the first one enters, where it is fewer. A file with threads has
    locks of its own, and is not asked.
    """
    import sys
    from contextvars import Context

    import forecast

    for thing in vars(forecast).values():
        if {getattr(thing, "__name__", ""), getattr(thing, "__module__", "")} & {"threading", "_thread"}:
            return 0
    entered, plans, answers = 0, set(), ["", ""]

    def answer(name, plan):
        try:
            said = getattr(forecast, name)(plan)
        except Exception as error:
            return f"an error, {type(error).__name__}"
        return repr(sorted(set(said)) if isinstance(said, list) else said)

    def watch(frame, event, _):
        nonlocal entered
        if frame.f_globals is vars(forecast):
            entered += 1
            if frame.f_code.co_varnames[:1] == ("phone",):
                plans.add(frame.f_code.co_name)
            if at in (entered, -len(plans)):
                sys.settrace(None)
                answers[1] = Context().run(answer, *other)

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        answers[0] = answer(*asks)
    finally:
        sys.settrace(before)
    return answers if answers[1] else entered


def as_callers_ask(every):
    """The questions as callers can ask them: an argument of an enum with the name of its class."""
    enums = {"happened": ("Failure",), "settled": ("Failure", "Failure"), "may_retry": ("Effect", "Failure")}
    return [
        [
            name,
            [list(each) for each in zip(enums.get(name, ("",)), (h.strip("'") for h in handed), strict=True)],
        ]
        for name, handed in every
    ]


def asked_by_callers(unit, story, every, first):
    """Every question as other callers ask it: by name, and in another thread than the file was read in."""
    asked, again = as_callers_ask(every), {}
    with story.process() as process:
        there = callers(unit, asked_one_by_one)
        here = there.asked_one_by_one(asked, {})
        again[BY_KEYWORD] = there.asked_one_by_one(asked, BY_NAME)
        end = process.in_another_thread(there.asked_one_by_one.later(asked, {}))
        again[IN_ANOTHER_THREAD] = (
            end.value if end.kind == "returned" else [f"nothing: it {end}"] * len(every)
        )
    found = {when: list(zip(every, here, said, strict=True)) for when, said in again.items()}
    odd = [(question, first[question], said) for question, said in zip(every, here, strict=True)]
    return {BY_A_NEIGHBOUR: [each for each in odd if ", of type " in each[2]]} | found


MEANWHILE = (
    (("rings", "one_key"), ("rings", "one_key")),
    (("rings", "two_layers"), ("rings", "once")),
    (("rings_unheard", "two_layers"), ("rings", "one_key_twice")),
    (("rings_unheard", "two_layers"), ("rings_unheard", "until_it_says_ok")),
)
ANOTHER_PLAN = -2
MOMENTS = ANOTHER_PLAN, 2, 3, 5, 8, 13, 21, 34, 89
"""At which functions of theirs another thread goes on: at the second plan that is run for one question, at
the beginning, and amid the stories."""


def at_each_moment(tell):
    """What `tell` gives for each moment, as far as there are so many functions."""
    for at in MOMENTS:
        said = tell(at)
        if not isinstance(said, int):
            yield said
        elif at > 0:
            return


def asked_by_threads(unit, story, first):
    """Two threads ask at once: each has the answers that it has alone."""
    for questions_at_once in MEANWHILE:

        def tell(at, asked=questions_at_once):
            with story.process():
                return callers(unit, asked_meanwhile).asked_meanwhile(*asked, at)

        for said in at_each_moment(tell):
            for (name, plan), answer in zip(questions_at_once, said, strict=True):
                alone = first[name, (repr(plan),)]
                promise(
                    answer == alone,
                    saw=f"{name}({plan!r}) is {alone}, and {answer} while another thread asks too",
                    rule="what is needed for one answer is no other answer's to change",
                    ask="what do two questions share while both are being answered?",
                    story=NO_STORY,
                )


def interrupted(asks, at):
    """Somebody interrupts the first question as it enters its function number `at`, and asks again.

    Gives the answer, or how many functions were entered, where it is fewer.
    """
    import sys

    import forecast

    name, plan = asks
    entered, plans, is_stopped = 0, set(), False

    def watch(frame, event, _):
        nonlocal entered, is_stopped
        if frame.f_globals is vars(forecast):
            entered += 1
            if frame.f_code.co_varnames[:1] == ("phone",):
                plans.add(frame.f_code.co_name)
            if at in (entered, -len(plans)):
                sys.settrace(None)
                is_stopped = True
                raise KeyboardInterrupt

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        getattr(forecast, name)(plan)
    except BaseException:
        pass  # it was interrupted, or has no answer: the others find that
    finally:
        sys.settrace(before)
    if not is_stopped:
        return entered
    try:
        said = getattr(forecast, name)(plan)
    except Exception as error:
        return f"an error, {type(error).__name__}"
    return repr(sorted(set(said)) if isinstance(said, list) else said)


def asked_after_an_interrupt(unit, story, first):
    """What was found out by half is no answer to the next one who asks."""
    for name, plan in dict.fromkeys(asks for asks, _ in MEANWHILE):

        def tell(at, asked=(name, plan)):
            with story.process():
                return callers(unit, interrupted).interrupted(asked, at)

        for said in at_each_moment(tell):
            alone = first[name, (repr(plan),)]
            promise(
                said == alone,
                saw=f"{name}({plan!r}) is {alone}, and {said} after a Ctrl-C amid the same question",
                rule="what was found out by half is no answer to the next one who asks",
                ask="what has your code noted by then, and who takes it for the whole?",
                story=NO_STORY,
            )


CALLERS = {
    asked_one_by_one: (),
    interrupted: (),
    asked_meanwhile: (),
    change_every_list: (),
    keep_every_list: (),
}
"""Whom to ask where the learner's file runs."""
LISTS = (
    (change_every_list, "once its caller has changed the list that it was given"),
    (keep_every_list, "in the same list, once other plans have been asked about"),
)


def lists_are_their_callers(unit, story, plans):
    """A list that was given is changed by its caller, and by nobody else."""
    for caller, when in LISTS:
        with story.process():
            found = getattr(callers(unit, caller), caller.__name__)(plans)
        for plan, before, after in found:
            promise(
                False,
                saw=f"rings({plan!r}) is {before}, and {after} {when}",
                rule="a list that is given away is its caller's own",
                ask="who else holds the list that your function returns?",
                story=NO_STORY,
            )


def test_a_question_has_one_answer(unit, story):
    """A question has one answer, whoever asks it, where, how often and after what."""
    every = list(questions(unit))
    often = max(ASKED_AGAIN, *(number + 1 for number in [0, *numbers_of(unit, ASKED_MOST)]))
    with story.process(watch=True) as process:
        first = dict(all_answered(unit, every))
        of_the_machine = [call for call in process.calls if call[0] not in NOT_OF_THE_MACHINE]
        again = {"once more": all_answered(unit, every[::-1]), "in another order": []}
        for time in range(3, often + 1):
            again[f"once more, {time} times in all"] = all_answered(unit, every)
    for turn in range(1, len(PLANS)):
        with story.process():
            again["in another order"] += all_answered(unit, turned(every, turn))
    with story.process():
        beside = sorted(every, key=lambda question: (question[1], question[0]))
        again["right after another question about the same"] = all_answered(unit, beside + beside[::-1])
    again[ON_ANOTHER_MACHINE] = story.other_machine(lambda: all_answered(unit, turned(every, 0)))
    for name, function, line in of_the_machine[:1]:
        promise(
            False,
            saw=f"{function}() calls {name}() (line {line}), and answers may depend on what that gives",
            rule="a forecast is about the plan or the call: it asks no clock, chance, file or database",
            ask="what of the question would be answered in another way at another time?",
            story=NO_STORY,
        )
    found = {when: [(q, first[q], answer) for q, answer in answers] for when, answers in again.items()}
    for when, answers in (found | asked_by_callers(unit, story, every, first)).items():
        rule, ask = WORDS_OF.get(when, FROM_TIME_TO_TIME)
        for (name, handed), before, answer in answers:
            promise(
                answer == before,
                saw=f"{name}({', '.join(handed)}) is {before}, and {answer} when it is asked {when}",
                rule=rule,
                ask=ask,
                story=NO_STORY,
            )
    asked_by_threads(unit, story, first)
    asked_after_an_interrupt(unit, story, first)
    lists = [plan for plan in PLANS if re.fullmatch(r"\[[-\d, ]*\]", first["rings", (repr(plan),)])]
    lists_are_their_callers(unit, story, lists)
