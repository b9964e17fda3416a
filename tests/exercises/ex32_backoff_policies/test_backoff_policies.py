"""What is checked for ex32: which failures are tried again and after how long, whoever asks, and whenever."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from halfway.kit import (
    NO_STORY,
    callers,
    known_errors,
    numbers_of,
    odd_errors,
    only_story,
    promise,
    tried,
)

WITHOUT = {
    "asked at any time": "a policy is asked and answers at once: nothing is ever under way",
    "between two lines": "no clock is read, and there is no world to look at between a look and an act",
    "clocks of their own": "no clock is handed in; a year between two questions is a promise of its own",
    "somebody is beside it": "no answer takes time; calls that take turns are a promise of their own",
    "the process lives on": "nothing can be stopped; what a policy keeps of a call is a promise of its own",
    "the whole family of errors": "no port is called; whole families of errors are asked about, one by one",
}

YEAR_S = 366 * 86_400
FAILED = "ConnectionError"
KINDS = ("FixedRetry", "ExponentialBackoff")
NAMED_ALONE = (FAILED,)
"""What is named where classes are not in question: the very class of the error."""
# The first waits, one that is cut in part, one that is cut from its first digit on, and the cap.
SHAPES = (
    *((2, 60), (0.5, 3), (3, 4), (0.37, 1e6), (0.0415, 60.0)),
    *((0.00123456, 3_600), (1, 1), (5, 5.0), (7.0, 1e9)),
)
FINE, HUGE = 2**53 + 1, 10**400
"""Numbers of attempts that no float has."""
LATE = (1_025, 5_000, 100_000)
NEVER = 10**12
AGENTS, APART = 60, 45
SMALL = (0.0012341234, 0.0012567896789)
"""A base and a cap that no rounding leaves as they are, but for one within a relative error of 1e-9."""


def told(value):
    """A value as the learner would write it; classes of errors are given by their names."""
    if isinstance(value, tuple):
        names = [name.partition("(")[0] for name in value]
        return f"({names[0]},)" if len(names) == 1 else f"({', '.join(names)})"
    if type(value) is int and value > FINE:
        return "10**400" if value == HUGE else f"10**400 {'+' if value > HUGE else '-'} {abs(value - HUGE)}"
    if type(value) is int and value == -HUGE:
        return "-10**400"
    return repr(value)


@dataclass(frozen=True, repr=False)
class Chance:
    """A generator that is handed in as it is, and how its maker would write it."""

    told: str
    rng: Any

    def __repr__(self):
        return self.told


@dataclass(frozen=True)
class Seen:
    """So many waits: their ends, the tenth from each, how many lie in each quarter, how many are alike."""

    count: int
    least: float
    tenth: float
    tenth_from_the_end: float
    most: float
    quarters: list[int]
    different: int
    often: float
    times: int


class Policy:
    """A policy of theirs, made and asked. `retry_on` are names of classes, `rng` is a seed or a Chance."""

    def __init__(self, unit, process, kind, **given):
        self.unit, self.process, self.kind = unit, process, kind
        words = [
            f"{name}={f'Random({value})' if name == 'rng' and type(value) is int else told(value)}"
            for name, value in given.items()
        ]
        self.told = f"{kind}({', '.join(words)})"
        handed = dict(given)
        if "retry_on" in given:
            handed["retry_on"] = tuple(process.error_class(name) for name in given["retry_on"])
        rng = given.get("rng")
        if rng is not None:
            handed["rng"] = rng.rng if isinstance(rng, Chance) else process.rng(rng)
        self.made = tried(lambda: getattr(unit, kind)(**handed))
        self.asked = self.made.value

    def values(self, calls, words):
        """What these calls give; each answers, whatever it is asked."""
        ends = [self.process.run(calls[0])] if len(calls) == 1 else self.process.together(*calls)
        for end, word in zip(ends, words, strict=True):
            promise(
                end.kind == "returned",
                saw=f"{self.told}: {word} {'raised OverflowError' if end.raised(OverflowError) else end}",
                rule="a policy answers, whatever it is asked: it is the call that failed",
                ask=ask_of(end),
            )
        return [end.value for end in ends]

    def waits(self, attempts):
        """The wait after each of these attempts."""
        calls = [self.asked.next_delay.later(attempt) for attempt in attempts]
        return self.values(calls, [f"next_delay({told(attempt)})" for attempt in attempts])

    def measured(self, there, attempt, times, low, high):
        """What so many waits after this attempt are like, seen on their side: it is long to send them."""
        self.waits([attempt])
        asked = there.measured.later(self.asked, attempt, times, low, high)
        (seen,) = self.values([asked], [f"next_delay({told(attempt)})"])
        return Seen(times, *seen)

    def answers(self, questions):
        """Whether it tries again, for each of these attempts and errors."""
        calls = [self.asked.should_retry.later(attempt, error) for attempt, error in questions]
        return self.values(calls, [f"should_retry({told(attempt)}, ...)" for attempt, _ in questions])


def ask_of(end):
    """The question about a call that ended like this, and should have answered."""
    if end.kind == "hung":
        return "who waits, if the engine waits as well?"
    if end.raised(OverflowError):  # Its words are those of the operating system.
        return "which part of your line is computed first, and how large does it get?"
    if end.raised(AttributeError) and "cannot assign" in end.error.said:
        return "what does your line change in an error that is not yours?"
    if end.raised(AttributeError) or end.raised(NameError):
        return "which name does your line ask for, and which one was it given?"
    return "which part of your line raises this, and for which attempts and errors?"


def made(unit, process, kind, **given):
    """A policy that the contract allows, and so is made."""
    policy = Policy(unit, process, kind, **given)
    rule = "what can be kept may be promised: no wait at all, one attempt alone, a first wait at the cap"
    if not policy.made.raised(ValueError):
        rule = "a policy whose numbers the contract allows is made, and raises nothing"
    elif any(name in ("BaseException", *ORDERS) for name in given.get("retry_on", ())):
        rule = "to name an order is allowed, and changes nothing"
    promise(
        policy.made.kind == "returned",
        saw=f"{policy.told} {policy.made}",
        rule=rule,
        ask="which of your lines refuses it, and what could go wrong if it did not?",
        story=NO_STORY,
    )
    return policy


def calls_of(story, policy, error, at_most):
    """Call a phone that refuses every call, as an engine does. Gives the number of calls, and each wait."""
    waits = []
    story.world.tell("engine", f"makes a call with {policy.told}")
    for attempt in range(1, at_most + 1):
        story.world.tell("phone", f"refuses attempt {attempt}")
        story.world.tell("engine", f"asks should_retry({attempt}, ...)")
        if policy.answers([(attempt, error)]) == [False]:
            return attempt, waits
        story.world.tell("engine", f"asks next_delay({attempt})")
        waits += policy.waits([attempt])
        policy.process.wait(waits[-1])
    return at_most, waits


# ---- whether


def words_of_a_count(calls, attempts):
    """The rule and the question for a call that was made too often, or not often enough."""
    if calls < attempts:
        return (
            "a named failure is tried again until max_attempts attempts have been made",
            f"which of your conditions says no after attempt {calls}, and what does it look at?",
        )
    return (
        "an attempt is a call, and the first one counts; a retry is an attempt after it",
        "what is the number of the last attempt that another one may follow?",
    )


def test_three_attempts_are_three_calls_and_two_waits(unit, story):
    """With max_attempts=3 the phone is called three times, and nobody waits after the last."""
    with story.process() as process:
        error = process.error(FAILED, f"{story.name('phone')} refuses")
        for kind in KINDS:
            for attempts in (3, 1, 2, 7):
                policy = made(unit, process, kind, max_attempts=attempts, retry_on=NAMED_ALONE)
                calls, waits = calls_of(story, policy, error, attempts + 2)
                more = " or more" if calls > attempts + 1 else ""
                rule, ask = words_of_a_count(calls, attempts)
                promise(
                    (calls, len(waits)) == (attempts, attempts - 1),
                    saw=f"{policy.told}, each call ends in a {FAILED}: attempts: {calls}{more}, "
                    f"waits: {len(waits)}",
                    rule=rule,
                    ask=ask,
                    story=story,
                )


TRAVELS = (
    "what an engine has to know of a call travels with the call: it is the attempt",
    "what does your policy keep from one question to the next, and whose is it?",
)


def in_between(process):
    """Other calls that the same policy is asked about: the attempt, its error, and what it is called."""
    named = process.error(FAILED, "of another call")
    return (
        (1, process.error("ValueError", "of another call"), "ValueError"),
        (2, process.error("ValueError", "of a third call"), "ValueError"),
        *((attempt, named, FAILED) for attempt in (1, 3, 4, 50)),
    )


def nothing_lasts(unit, process):
    """Whatever another call has met, and however often it was made, this one is answered as before."""
    error, others = process.error(FAILED, "refused"), in_between(process)
    for kind, given in (("FixedRetry", {}), ("ExponentialBackoff", {"jitter": False})):
        policy = made(unit, process, kind, max_attempts=3, retry_on=NAMED_ALONE, **given)
        whether, wait = policy.asked.should_retry, policy.asked.next_delay
        calls, words = [], []
        for number, failure in [
            (2, error),
            *((at, each) for other in others for at, each in (other[:2], (2, error))),
        ]:
            calls += [whether.later(number, failure), wait.later(number)]
            words += [f"should_retry({number}, ...)", f"next_delay({number})"]
        again_first, wait_first, *values = policy.values(calls, words)
        answers = zip(others, values[2::4], values[3::4], strict=True)
        for turn, ((attempt, _, of), again, then) in enumerate(answers):
            after = f"after {4 * turn + 4} questions, the last about attempt {attempt} of another call"
            first, now = (
                (f"the wait after attempt 2 is {wait_first} s", f"it is {then} s")
                if again == again_first
                else (
                    f"attempt 2, a {FAILED}, is tried again: {yes_or_no(again_first)}",
                    f"the same question is answered: {yes_or_no(again)}",
                )
            )
            promise(
                (again, then) == (again_first, wait_first),
                saw=f"{policy.told}: {first}; {after}, which ended in a {of}, {now}",
                rule=TRAVELS[0],
                ask=TRAVELS[1],
            )


def test_one_policy_serves_many_calls(unit):
    """A policy that has served hundreds of calls, whatever became of them, serves the next like the first."""
    numbers = [0, *numbers_of(unit, 10_000)]
    many = max(300, *(number + 1 for number in numbers))
    with only_story(unit).process() as process:
        nothing_lasts(unit, process)
        one, other = (process.error(FAILED, f"{name} refuses") for name in ("api", "db"))
        for kind in KINDS:
            policy = made(unit, process, kind, max_attempts=3, retry_on=NAMED_ALONE)
            failed = [(1, one), (2, one), (3, one)]
            # Errors of their own, up to a number: one that is raised a thousand times gets heavy.
            errors = [process.error(FAILED, f"refused {number}") for number in range(30)]
            often = [(attempt, errors[call % 30]) for call in range(many) for attempt in (1, 3)]
            turns = (
                ("a call that fails for ever", failed),
                ("a call that works the second time", [(1, one)]),
                ("the call after it", failed),
                ("two calls in turns", [(1, one), (1, other), (2, one), (2, other), (3, one), (3, other)]),
                ("one question asked twice", [(3, one), (2, one), (2, one), (1, one), (1, one)]),
                (f"{many:,} calls that fail for ever", often),
            )
            before = 0
            for what, questions in turns:
                answers = policy.answers(questions)
                for number, ((attempt, _), answer) in enumerate(zip(questions, answers, strict=True)):
                    promise(
                        answer == (attempt < 3),
                        saw=f"{policy.told}, {what}: after {before + number:,} other questions "
                        f"should_retry({attempt}, ...) returned {answer}",
                        rule=TRAVELS[0],
                        ask=TRAVELS[1],
                    )
                before += len(questions)


def test_up_to_its_limit_yes_and_beyond_it_no(unit):
    """Up to its limit, however large, a policy says yes; at the limit and beyond it says no."""
    with only_story(unit).process() as process:
        error = process.error(FAILED, "refused")
        for kind in KINDS:
            for limit in (3, 100_000, FINE, HUGE):
                policy = made(unit, process, kind, max_attempts=limit, retry_on=NAMED_ALONE)
                asked = sorted({*asked_about(unit), limit - 1, limit, limit + 1, 1_000, 1_000_000, HUGE})
                answers = policy.answers([(attempt, error) for attempt in asked])
                for attempt, answer in zip(asked, answers, strict=True):
                    promise(
                        answer == (attempt < limit),
                        saw=f"{policy.told}: should_retry({told(attempt)}, ...) returned {answer}",
                        rule="the limit is the one that was given; a count can come from elsewhere, past it",
                        ask="what else than max_attempts says no to this attempt?"
                        if attempt < limit
                        else "what does your comparison say of every attempt, also far beyond the limit?",
                    )
            policy.waits([1, 7, 100])
        for kind, said in zip(KINDS, far(unit, process, "ask_far"), strict=True):
            promise(
                said == [True, False, False],
                saw=f"{kind}(10**5_000), another attempt after 10**5_000 - 1, 10**5_000, and that with 3? "
                f"{', '.join(map(yes_or_no, said))}",
                rule="the limit is the one that was given; a count can come from elsewhere, past it",
                ask="what does your comparison say of every attempt, also far beyond the limit?",
            )


def far(unit, process, question):
    """What policies say of numbers that no float has, nor any text."""
    end = process.run(getattr(callers(unit, ask_far, wait_far), question).later())
    return answered(end, "a policy that is asked about attempt 10**5_000")


FAMILIES = (
    (None, "ConnectionError", True),
    (None, "ValueError", True),
    (("ConnectionError",), "ConnectionError", True),
    (("ConnectionError",), "ConnectionResetError", True),
    (("ConnectionError",), "Dropped(ConnectionResetError)", True),
    (("ConnectionError",), "ValueError", False),
    (("ConnectionError",), "OSError", False),
    (("ConnectionError", "TimeoutError"), "ReadTimeout(TimeoutError)", True),
    (("ConnectionError", "TimeoutError"), "PermissionError", False),
    ((), "ConnectionError", False),
    ((), "Down(Exception)", False),
    (("Down(Exception)",), "Down(Exception)", True),
    (("Down(Exception)",), "Exception", False),
)
"""What is named (None: nothing is), the class of the error, and whether it is tried again."""
UNUSUAL = (
    (None, "ExceptionGroup", "an ExceptionGroup", True),
    (None, "concurrent.futures.CancelledError", "concurrent.futures.CancelledError", True),
    (None, "EmptyReply(Exception)", "EmptyReply, an Exception that is false,", True),
    (None, "FrozenReply(Exception)", "FrozenReply, an Exception that cannot be changed,", True),
    (None, "UnhashableReply(Exception)", "UnhashableReply, an Exception that cannot be hashed,", True),
    (None, "MuteReply(Exception)", "MuteReply, an Exception that has no text,", True),
    (NAMED_ALONE, "UnhashableReply(Exception)", "UnhashableReply, an Exception,", False),
)
"""The same for errors that are Exceptions as any other, with what they are in words."""
EVERY = (
    "every Exception is a failure, and retry_on alone says which are tried again",
    "what does your line look at, or do with an error, beside comparing its class?",
)


def made_for(unit, process, kind, named):
    given = {} if named is None else {"retry_on": named}
    return made(unit, process, kind, max_attempts=3, **given)


def error_of(process, kind):
    inside = (process.error("ValueError", "wrong"),) if kind.endswith("Group") else ()
    return process.error(kind, "down", inside=inside)


def yes_or_no(answer):
    return "yes" if answer else "no"


def default_told(named):
    return ", whose retry_on is (Exception,)" if named is None else ""


def test_only_named_errors_are_tried_again(unit):
    """An error that the policy does not name is not tried again; one that is built on a named one is."""
    with only_story(unit).process() as process:
        for kind in KINDS:
            for named, of, again in FAMILIES:
                policy = made_for(unit, process, kind, named)
                (answer,) = policy.answers([(1, error_of(process, of))])
                name, _, base = of.rstrip(")").partition("(")
                told_as = f"{name}, which is built on {base}," if base else name
                rule = "to name a class is to name what is built on it, and nothing else"
                ask = "with what do you compare the class of the error?"
                if named == ():
                    rule, ask = (
                        "a tuple that names nothing lets nothing be tried again",
                        ("what does your code make of a tuple that is empty?"),
                    )
                promise(
                    answer is again,
                    saw=f"{policy.told}{default_told(named)}: is {told_as} tried again? {yes_or_no(answer)}",
                    rule=rule,
                    ask=ask,
                )


def unusual_errors_are_errors(unit, process):
    """However an Exception is built, its class alone says whether it is tried again."""
    for kind in KINDS:
        for named, of, told_as, again in UNUSUAL:
            policy = made_for(unit, process, kind, named)
            (answer,) = policy.answers([(1, error_of(process, of))])
            promise(
                answer is again,
                saw=f"{policy.told}{default_told(named)}: is {told_as} tried again? {yes_or_no(answer)}",
                rule=EVERY[0],
                ask=EVERY[1],
            )


def ask_about_every_error():
    """Ask about an error of each class there is, named in each way: what was said that is not meant."""
    import random

    import backoff

    class FrozenReply(ConnectionError):
        def __setattr__(self, name, value):
            raise AttributeError(f"cannot assign to field {name!r}")

    errors = {type(error).__name__: error for error in known_errors(backoff, "down")} | odd_errors()
    errors["NotImplementedError"] = NotImplementedError("not yet")
    errors["an error that cannot be changed"] = FrozenReply("down")
    rng, strangers = random.Random(7), (ConnectionResetError, ZeroDivisionError)
    for what, error in errors.items():
        built_on = [kind for kind in type(error).__mro__ if issubclass(kind, Exception)]
        stranger = next(kind for kind in strangers if kind not in built_on)
        for named in (*((kind,) for kind in built_on), (stranger, *built_on[:1]), (stranger,), ()):
            policies = (
                backoff.FixedRetry(3, retry_on=named),
                backoff.ExponentialBackoff(3, retry_on=named, rng=rng),
            )
            is_named = any(kind in built_on for kind in named)
            for policy in policies:
                for attempt, again in ((1, is_named), (3, False)):
                    try:
                        answer = policy.should_retry(attempt, error)
                    except Exception as raised:
                        answer = f"should_retry raised {type(raised).__name__}"
                    if answer is not again:
                        names = [kind.__name__ for kind in named]
                        return [type(policy).__name__, names, what, attempt, answer]
    return []


def every_error_is_a_failure(unit, process):
    """Whatever an Exception means, and however it is built: if it is named, it is tried again."""
    odd = answered(
        process.run(
            callers(unit, ask_about_every_error, known_errors, odd_errors).ask_about_every_error.later()
        ),
        "should_retry(...)",
    )
    kind, names, what, attempt, answer = odd or ("", (), "", 0, False)
    said = answer if isinstance(answer, str) else yes_or_no(answer)
    promise(
        not odd,
        saw=f"{kind}(max_attempts=3, retry_on={told(tuple(names)) if names else '()'}): is {what} tried "
        f"again after attempt {attempt}? {said}",
        rule=EVERY[0],
        ask="what does your line change in an error that is not yours?"
        if said.endswith("AttributeError") and "cannot be changed" in what
        else EVERY[1],
    )


def answered(end, word, ask="which part of your line raises this, and for which attempts and errors?"):
    """What a call of callers gave, which ask policies on their side."""
    promise(
        end.kind == "returned",
        saw=f"{word} {end}",
        rule="a policy answers, whatever it is asked: it is the call that failed",
        ask=ask,
    )
    return end.value


def test_the_error_itself_counts(unit):
    """The class of an error counts, and not its name, what it came from or holds, or how it is built."""
    with only_story(unit).process() as process:
        cut, slow = process.error(FAILED, "cut off"), process.error("TimeoutError", "no reply")
        cancel = process.error("asyncio.CancelledError", "")
        cases = (
            (
                "a ValueError that came from a ConnectionError",
                process.error("ValueError", "?", cause=cut),
                False,
            ),
            (
                "an ExceptionGroup of ConnectionErrors",
                process.error("ExceptionGroup", "2", inside=(cut,) * 2),
                False,
            ),
            ("another library's ConnectionError", process.error("ConnectionError(OSError)", "cut"), False),
            (
                "a ConnectionError that came from a TimeoutError",
                process.error(FAILED, "cut", cause=slow),
                True,
            ),
            ("a ConnectionError that came from a cancel", process.error(FAILED, "cut", cause=cancel), True),
        )
        for kind in KINDS:
            policy = made_for(unit, process, kind, (FAILED,))
            answers = policy.answers([(1, error) for _, error, _ in cases])
            for (what, _, again), answer in zip(cases, answers, strict=True):
                promise(
                    answer is again,
                    saw=f"{policy.told}: is {what} tried again? {yes_or_no(answer)}",
                    rule="whoever names a class has looked at errors of that class, and at no others",
                    ask="what of the error does your code look at, beside what it is?",
                )
        unusual_errors_are_errors(unit, process)
        every_error_is_a_failure(unit, process)


ORDERS = (
    "asyncio.CancelledError",
    "Stopped(asyncio.CancelledError)",
    "SystemExit",
    "GeneratorExit",
    "Shutdown(BaseException)",
    "BaseExceptionGroup",
    "KeyboardInterrupt",
)
NAMED = (None, (FAILED,), ("BaseException",), ("Exception", *ORDERS), (FAILED, *ORDERS))
ENDS = (
    "what is no Exception is no failure: somebody asked for an end",
    "what do errors that say 'stop' have in common, also those you have never met?",
)


def order_of(process, of):
    inside = (process.error("SystemExit", "now"),) if of.endswith("Group") else ()
    return process.error(of, "stop", inside=inside)


def order_told(of):
    name, _, base = of.rstrip(")").partition("(")
    return f"{name}, which is built on {base}{' alone' * (base == 'BaseException')}," if base else name


def ask_about_orders(policy, orders):
    """Ask about each of these orders: the answer, or what was raised, in words."""
    said = []
    for order in orders:
        try:
            said.append(policy.should_retry(1, order))
        except BaseException as raised:
            said.append(f"raised {type(raised).__name__}")
    return said


def a_failure_is_tried_again(told_policy, before, after):
    """Beside orders that are named, and after orders that came, a failure is tried again."""
    rule, ask = (
        "an order ends the call that it ended, and no other",
        "what does your policy keep of an order, and whose was it?",
    )
    if before is not True:
        rule = "to name a class is to name what is built on it, whatever else is named"
        ask = "with what do you compare the class of the error?"
    promise(
        before is True and after is True,
        saw=f"{told_policy}: is {FAILED} tried again? {yes_or_no(before)}; and after questions about other "
        f"calls, which ended in orders to stop? {yes_or_no(after)}",
        rule=rule,
        ask=ask,
    )


def test_a_cancelled_call_is_never_tried_again(unit):
    """What is no Exception (a cancelled task, an exit) is never tried again, whatever retry_on names."""
    with only_story(unit).process() as process:
        failure, there = process.error(FAILED, "refused"), callers(unit, ask_about_orders)
        orders = [order_of(process, of) for of in ORDERS]
        for kind in KINDS:
            for named in NAMED:
                policy = made_for(unit, process, kind, named)
                told_policy = policy.told + default_told(named)
                asked = there.ask_about_orders.later(policy.asked, [failure, *orders, failure])
                before, *said, after = answered(process.run(asked), policy.told)
                for of, answer in zip(ORDERS, said, strict=True):
                    promise(
                        not isinstance(answer, str),
                        saw=f"{told_policy}: should_retry(1, ...) about {order_told(of)} {answer}",
                        rule="a policy answers, whatever it is asked, and to an order it answers no",
                        ask="which of your lines raises this, and who decides what becomes of an order?",
                    )
                    promise(
                        answer is False,
                        saw=f"{told_policy}: is {order_told(of)} tried again? {yes_or_no(answer)}",
                        rule=ENDS[0],
                        ask=ENDS[1],
                    )
                a_failure_is_tried_again(told_policy, before, after)


# ---- how long


def seconds(waits):
    """Some waits in words, each with the digits that matter."""
    return ", ".join(f"{wait:.10g}" for wait in waits) + " s"


NO_LIMIT = (
    "next_delay does not look at the limit: whoever asks after the last attempt is given a wait, too",
    "what has this wait to do with max_attempts?",
)


def at_its_limit(unit, policy, attempt, **given):
    """Is the wait after this attempt another one where max_attempts, 5 here, is larger?"""
    if type(attempt) is not int or not 5 <= attempt < 100_000:
        return False
    higher = made(unit, policy.process, policy.kind, **{**given, "max_attempts": 200_000})
    return policy.waits([attempt]) != higher.waits([attempt])


def test_fixed_waits_are_all_the_same(unit):
    """A fixed policy waits its delay before every new attempt, and a delay of 0 is no wait."""
    attempts = [1, 2, 3, 5, 10, *LATE]
    with only_story(unit).process() as process:
        for given, delay in (
            ({}, 1.0),
            ({"delay": 3}, 3),
            ({"delay": 0.0001234}, 0.0001234),
            ({"delay": 0}, 0),
        ):
            policy = made(unit, process, "FixedRetry", max_attempts=5, **given)
            for attempt in (*attempts, HUGE):
                if attempt == attempts[0]:
                    waits = dict(zip(attempts, policy.waits(attempts), strict=True))
                wait = waits[attempt] if attempt in waits else policy.waits([attempt])[0]
                if same([wait], [delay]):
                    continue
                rule, ask = (
                    "fixed means that every wait is the one that was given",
                    "what does your code make of a delay of 0?"
                    if not delay
                    else "what has your wait to do with the attempt, or with anything but the delay?",
                )
                if at_its_limit(unit, policy, attempt, **given):
                    rule, ask = NO_LIMIT
                promise(
                    False,
                    saw=f"{policy.told}{'' if given else ', whose delay is 1.0'}: after attempt "
                    f"{told(attempt)} it waits {seconds([wait])}; meant: {seconds([delay])}",
                    rule=rule,
                    ask=ask,
                )


def same(waits, meant):
    return all(abs(wait - mean) <= 1e-9 * mean for wait, mean in zip(waits, meant, strict=True))


def plain(base, cap, attempt):
    """The wait before jitter; beyond 100 doublings every base has reached every cap."""
    return min(cap, base * 2.0 ** min(attempt - 1, 100))


def asked_about(unit):
    """The first attempts, and those around any number that stands in the code."""
    own = [number + by for number in numbers_of(unit, 100_000) for by in (-1, 0, 1, 2)]
    return sorted({*range(1, 13), 20, 40, 60, *(number for number in own if number > 0)})


def words_of_a_wait(unit, policy, attempt, base, cap):
    """The rule and the question for a plain wait that is another one than is meant."""
    if at_its_limit(unit, policy, attempt, base=base, cap=cap, jitter=False):
        return NO_LIMIT
    rule = "the base is a time, the first wait; each next one is twice as long, until the cap is reached"
    if attempt == 1:
        return rule, "what does your line give after the first attempt?"
    if plain(base, cap, attempt) == cap:
        return rule, "where does your wait stop growing, and for which base and cap is that not at the cap?"
    return rule, "how does each of your waits follow from the one before, for this base?"


def test_waits_double_from_base_to_cap(unit):
    """Without jitter the first wait is base, and each next one is twice as long until it reaches cap."""
    attempts = asked_about(unit)
    with only_story(unit).process() as process:
        for base, cap in SHAPES:
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, jitter=False)
            for attempt, wait in zip(attempts, policy.waits(attempts), strict=True):
                meant = plain(base, cap, attempt)
                if same([wait], [meant]):
                    continue
                rule, ask = words_of_a_wait(unit, policy, attempt, base, cap)
                promise(
                    False,
                    saw=f"{policy.told}{', whose max_attempts is 5' * (rule == NO_LIMIT[0])}: after attempt "
                    f"{attempt} it waits {seconds([wait])}; meant: {seconds([meant])}",
                    rule=rule,
                    ask=ask,
                )


def test_a_long_outage_still_has_a_wait(unit):
    """After five thousand failures, or more than any float can count, the next wait is still the cap."""
    with only_story(unit).process() as process:
        for base, cap, attempts in (
            *((base, cap, LATE) for base, cap in ((2, 60), (0.5, 3), (2.0, 60.0), (0.001, 1e9))),
            *((base, cap, (NEVER, HUGE)) for base, cap in ((2, 60), (2.0, 60.0))),
        ):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, jitter=False)
            for attempt, wait in zip(attempts, policy.waits(attempts), strict=True):
                if same([wait], [cap]):
                    continue
                rule, ask = words_of_a_wait(unit, policy, attempt, base, cap)
                promise(
                    False,
                    saw=f"{policy.told}{', whose max_attempts is 5' * (rule == NO_LIMIT[0])}: after attempt "
                    f"{told(attempt)} it waits {seconds([wait])}; meant: {seconds([cap])}",
                    rule=rule,
                    ask=ask,
                )
        fixed, wait, _ = far(unit, process, "wait_far")
        for kind, each, meant in (
            ("FixedRetry(3)", fixed, 1),
            ("ExponentialBackoff(jitter=False)", wait, 60),
        ):
            promise(
                same([each], [meant]),
                saw=f"{kind}: after attempt 10**5_000 it waits {seconds([each])}; meant: {seconds([meant])}",
                rule="every attempt has a wait, however large its number is",
                ask="what does your line do with a number that it can neither write nor turn into a float?",
            )


# ---- chance


def come_back(unit, story, base, cap, attempt, seeds):
    """Tell the story of four of them: what each is answered, and when it is back at the phone."""
    with story.process() as process:
        waits = {}
        for seed, agent in zip(seeds, map(story.name, ("api", "db", "disk", "mail")), strict=True):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=seed)
            story.world.tell("phone", f"refuses attempt {attempt} of {agent}")
            story.world.tell("engine", f"asks next_delay({attempt}) for {agent}")
            (waits[agent],) = policy.waits([attempt])
        passed = 0.0
        for agent in sorted(waits, key=waits.get):
            process.wait(waits[agent] - passed)
            passed = waits[agent]
            story.world.tell("phone", f"is called by {agent}")


def four_of(drawn):
    """Four seeds, in their order: up to three of those whose waits are the commonest, and others."""
    often = Counter(drawn).most_common(1)[0][0]
    alike = [seed for seed, wait in enumerate(drawn) if wait == often]
    others = [seed for seed, wait in enumerate(drawn) if wait != often]
    return sorted([*alike[: 4 - min(1, len(others))], *others][:4])


NO_CROWD = "no single wait comes more often than another: who waits alike comes back together"


def alike(drawn):
    """How many different waits there are, and the commonest of them with how often it comes."""
    return len(set(drawn)), *Counter(drawn).most_common(1)[0]


def words_of_a_crowd(count, different, often, times, high):
    """What was seen of many waits that are alike, and the question about the line that gives them."""
    if times == count and often < high:
        return (
            f"all wait {often:.6g} s",
            "from what is this wait computed, and what of that is another one for the next who fails?",
        )
    if 10 * times >= count:
        return (
            f"{'all' if times == count else f'{times:,} of {count:,}'} wait exactly {often:.6g} s",
            "which result can your last line give more than once, and for which draws?",
        )
    return (
        f"they have {different:,} different waits",
        "how many different values can your last line return here, and what makes them so few?",
    )


def test_agents_that_failed_together_come_back_apart(unit, story):
    """Sixty agents that failed together do not come back together, not at the cap either."""
    for base, cap in ((2, 60), (3, 4)):
        with only_story(unit).process() as process:
            agents = [
                made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=seed)
                for seed in range(AGENTS)
            ]
            waits = {
                attempt: agents[0].values(
                    [agent.asked.next_delay.later(attempt) for agent in agents],
                    [f"next_delay({attempt})"] * AGENTS,
                )
                for attempt in (12, 1, 2, 1_025)
            }
        for attempt, drawn in waits.items():
            if len(set(drawn)) >= APART:
                continue
            come_back(unit, story, base, cap, attempt, four_of(drawn))
            saw, ask = words_of_a_crowd(AGENTS, *alike(drawn), range_of(base, cap, attempt)[1])
            promise(
                False,
                saw=f"{AGENTS} agents with base={base}, cap={cap}, each with an rng of another seed, "
                f"fail together for the {ordinal(attempt)} time: {saw}",
                rule="jitter is for the moment when all come back, and by then all are at the cap"
                if plain(base, cap, attempt) == cap
                else NO_CROWD,
                ask=ask,
                story=story,
            )


def ordinal(number):
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number:,}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"


def test_two_calls_under_one_policy_come_back_apart(unit):
    """Calls that share one policy, and policies that share one rng, draw apart: each wait is its own draw."""
    with only_story(unit).process() as process:
        for given in ({"rng": 7}, {}):
            policy = made(unit, process, "ExponentialBackoff", **given)
            for attempt in (1, 2, 12):
                # How waits lie in their range, and whether many are at the cap, are promises of their own.
                waits = [wait for wait in policy.waits([attempt] * 50) if wait < 60]
                count = len(set(waits))
                some = f"all wait {min(waits, default=60):.6g} s"
                if count > 1:
                    some = f"they have {count} different waits"
                promise(
                    2 * count >= len(waits),
                    saw=f"{policy.told}: 50 calls fail together for the {ordinal(attempt)} time: {some}",
                    rule="one policy serves many calls, and each of them waits by itself",
                    ask="when is the draw made, and who else gets its result?",
                )
        shared = Chance("chance", process.rng(7))
        one, other = (made(unit, process, "ExponentialBackoff", rng=shared) for _ in range(2))
        for attempt in (1, 12):
            pairs = list(zip(one.waits([attempt] * 10), other.waits([attempt] * 10), strict=True))
            alike = sum(mine == theirs and mine < 60 for mine, theirs in pairs)
            promise(
                alike < 2,
                saw=f"two policies, each {one.told}, with one generator for both, ten questions after "
                f"attempt {attempt} to each: equal waits: {alike}",
                rule="who is handed chance draws from it; what is drawn from a copy is drawn again elsewhere",
                ask="from which object does each of the two draw?",
            )
        seconds_drawn = [second_wait(unit, process, after=(1,) * before) for before in range(4)]
        often, times = Counter(seconds_drawn).most_common(1)[0]
        promise(
            times == 1,
            saw="two policies share one Random(7), and the first of them is asked 0, 1, 2 or 3 times before "
            f"the second: in {times} of the 4 cases the second waits the same, {often:.6g} s",
            rule="who is handed chance draws from it for each wait, when it is asked for",
            ask="at which moments does your policy draw from the rng that it was given?",
        )


def second_wait(unit, process, *, after):
    """The first wait of the second of two policies that share a generator, after these of the first."""
    shared = Chance("chance", process.rng(7))
    one, other = (made(unit, process, "ExponentialBackoff", rng=shared) for _ in range(2))
    for attempt in after:
        one.waits([attempt])
    return other.waits([1])[0]


def outside(wait, base, cap, attempt):
    """The rule that a wait outside of its range breaks, or ""."""
    low, high = plain(base, cap, attempt) / 2, plain(base, cap, attempt) * 1.5
    if wait > cap * (1 + 1e-9):
        return "the cap is the longest wait that anybody sees, but for a relative error below 1e-9"
    if wait > high * (1 + 1e-9):
        return "with jitter a wait is one and a half of the plain one at most"
    return "" if wait >= low * (1 - 1e-9) else "with jitter a wait is half of the plain one at least"


def range_of(base, cap, attempt):
    low, high = plain(base, cap, attempt) / 2, min(plain(base, cap, attempt) * 1.5, cap)
    return low, high, f"the range is {low:.11g} to {high:.11g} s"


def it_stays_in_its_range(there, policy, base, cap, attempt):
    """No draw leads out of the range, the least and the largest neither, whoever draws them first."""
    low, high, told_range = range_of(base, cap, attempt)
    seen = policy.measured(there, attempt, 500, low, high)
    edges = answered(policy.process.run(there.drawn_at_the_ends.later(base, cap, attempt)), "next_delay(...)")
    for waits, chance in (
        ((seen.least, seen.most), ""),
        (edges, ", where the first draws of rng are its least or its largest"),
    ):
        for wait in (min(waits), max(waits)):
            rule = outside(wait, base, cap, attempt)
            promise(
                not rule,
                saw=f"{policy.told}, attempt {told(attempt)}{chance}: a wait of {wait:.11g} s; {told_range}",
                rule=rule,
                ask="what are the two ends of what your last line can return, for this base and cap?",
            )
    # Where few waits are near an end, or many are alike, is a promise of its own.
    for gap, spread in (
        (seen.least - low, seen.tenth - seen.least),
        (high - seen.most, seen.most - seen.tenth_from_the_end),
    ):
        promise(
            gap <= (high - low) / 25 or gap <= 2 * spread or 2 * seen.different < seen.count,
            saw=f"{policy.told}, attempt {told(attempt)}: {seen.count} waits from {seen.least:.6g} to "
            f"{seen.most:.6g} s; {told_range}",
            rule="waits come from half of the plain one up to one and a half of it, or up to the cap",
            ask="which draw gives the shortest wait of your last line here, and which one the longest?",
        )


def test_jitter_keeps_its_range(unit):
    """Jitter spreads a wait from half to one and a half of the plain one, and never above the cap."""
    with only_story(unit).process() as process:
        there = callers(unit, measured, drawn_at_the_ends)
        for base, cap, attempts in (
            (2, 60, (1, 2, 5, 12, HUGE)),
            (3, 4, (1, 2)),
            (0.37, 1e6, (1, 12)),
            (0.001, 3_600, (1, 12)),
            (*SMALL, (1, 5)),
            (1, 1, (1,)),
        ):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=7)
            for attempt in attempts:
                it_stays_in_its_range(there, policy, base, cap, attempt)


def the_unlucky_come_back_apart(there, process):
    """Chance may draw from one half alone for a while: no one wait is left over for that."""
    for half in ("upper", "lower"):
        lucky, waits = (
            answered(process.run(there.asked_by_twenty.later(half == "upper", times)), "next_delay(12)")
            for times in (0, 20)
        )
        promise(
            len(set(waits)) >= min(len(set(lucky)), 15),
            saw=f"20 agents, the rng of each draws twenty times from the {half} half of its range, after "
            f"attempt 12: {words_of_a_crowd(20, *alike(waits), 60)[0]}",
            rule=NO_CROWD,
            ask="what does your last line give when a draw is of no use, and the next ones, too?",
        )


def test_every_part_of_the_range_is_drawn(unit):
    """A wait with jitter is as likely in one part of its range as in another, at the cap too."""
    with only_story(unit).process() as process:
        there = callers(unit, measured, asked_by_twenty)
        for base, cap, attempts, draws in (
            (2, 60, (1, 12, 1_025), 1_000),
            (3, 4, (1,), 1_600),
            (*SMALL, (1, 5), 1_000),
        ):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=7)
            for attempt in attempts:
                low, high, _ = range_of(base, cap, attempt)
                seen = policy.measured(there, attempt, draws, low, high)
                saw, ask = words_of_a_crowd(draws, seen.different, seen.often, seen.times, high)
                # Of a billion different waits so many are alike by chance once in a billion verdicts.
                promise(
                    seen.different >= draws - 3,
                    saw=f"{policy.told}, {draws:,} calls after attempt {attempt}: {saw}",
                    rule=NO_CROWD,
                    ask=ask,
                )
                away = 2.8 / draws**0.5  # more than six times what chance does to a quarter of so many
                promise(
                    all(0.25 - away < count / draws < 0.25 + away for count in seen.quarters),
                    saw=f"{policy.told}, {draws:,} waits after attempt {attempt}: the four quarters of "
                    f"{low:.6g} to {high:.6g} s have {seen.quarters}",
                    rule="a wait is as likely in one part of its range as in another",
                    ask="which waits does your last line give more often than others?",
                )
        the_unlucky_come_back_apart(there, process)


def policies_that_come_and_go_draw_apart(unit, process):
    """What a policy was is not where its chance comes from: its place is soon another one's."""
    there = callers(unit, asked_once_and_gone, asked_side_by_side)
    for asked, many, when, rule, ask in (
        (
            *(there.asked_once_and_gone, 30, ", each made when the one before is gone"),
            "who comes later is somebody else, even in the place of one who is gone",
            "from which numbers does your policy draw, and who has the same ones after it?",
        ),
        (
            *(there.asked_side_by_side, 1_000, ""),
            "no two policies draw alike, also among a thousand",
            "what does the first number come from, and how many different ones can there be?",
        ),
    ):
        times = answered(process.run(asked.later(many)), "ExponentialBackoff().next_delay(1)")
        promise(
            times == 1,
            saw=f"{many:,} policies without rng{when}, are each asked four times after attempt 1: "
            f"{times:,} of them have the same four waits",
            rule=rule,
            ask=ask,
        )


def without_rng(unit, seed):
    """Four waits of each of four policies, in a process that begins with random.seed(seed)."""
    with only_story(unit).process() as process:
        process.seed_chance(seed)
        end = process.run(callers(unit, asked_without_rng).asked_without_rng.later())
        promise(
            end.kind == "returned",
            saw=f"policies without rng, and with rng=None, are asked next_delay(1): a question {end}",
            rule="whoever has no rng gives none, or None, and chance comes from elsewhere",
            ask="what does your policy draw from when rng is None?",
        )
    return [tuple(waits) for waits in end.value]


def what_they_have_in_common(unit, first):
    """Where policies draw alike: where it is seen, the rule, and the question."""
    again, other, other_again = (without_rng(unit, seed) for seed in (0, 1, 1))
    if first == again and other == other_again != first:
        return (
            "that each begin with random.seed(0)",
            "a seed makes everything alike that draws from it, in every process that begins with it",
            "from which numbers does your policy draw, and who else has the same ones?",
        )
    return (
        "that begin at the same moment and with the same process id, as containers may",
        "what processes can have in common, such as the time, an id or a count, tells no two of them apart",
        "what does the first number of your chance come from, and is it another one in another process?",
    )


def test_without_chance_of_its_own_nobody_comes_back_together(unit):
    """Policies that are given no chance draw apart, also where each process seeds the module random."""
    waits = [without_rng(unit, 0) for _ in range(12)]
    times = Counter(each for four in waits for each in four).most_common(1)[0][1]
    if times > 1:
        begin, rule, ask = what_they_have_in_common(unit, waits[0])
        promise(
            False,
            saw=f"12 processes {begin}: in each, four policies without rng are asked four times after "
            f"attempt 1; {'all' if times == 48 else f'{times} of the'} 48 policies have the same four waits",
            rule=rule,
            ask=ask,
        )
    with only_story(unit).process() as process:
        policies_that_come_and_go_draw_apart(unit, process)


AGAIN = (1, 2, 12, 1, 3, 7)


def seeded(unit, process, *, others=False, rng=7):
    """The waits of a policy with Random(7); with `others`, somebody else asks and draws in between."""
    policy = made(unit, process, "ExponentialBackoff", max_attempts=50, rng=rng)
    waits = []
    for attempt in AGAIN:
        if others:
            failed, order = process.error(FAILED, "refused"), order_of(process, ORDERS[0])
            policy.answers([(attempt, failed), (attempt, order)])
            unit.ExponentialBackoff(rng=process.rng(attempt)).next_delay(attempt)
            process.seed_chance(100 + attempt)  # never what rng itself was seeded with
        waits += policy.waits([attempt])
    return waits


def seeded_anew(unit):
    """The same, in a process of its own."""
    with only_story(unit).process() as process:
        return seeded(unit, process)


def told_of_failures():
    """Two policies of one seed, of which one is told of each failure: the first wait that differs, and how.

    It is told of each twice, and then of one that says itself how long to wait, as a server's may.
    """
    import random
    import types

    import backoff

    def busy(attempt):
        error, headers = ConnectionError(f"busy, attempt {attempt}"), {"Retry-After": "120"}
        error.retry_after = error.delay = error.wait = 120
        error.headers, error.response = headers, types.SimpleNamespace(status_code=503, headers=headers)
        return error

    def plain(attempt):
        return ConnectionError(f"refused, attempt {attempt}")

    for kind, failure in (("", plain), ("hint", busy)):
        for jitter in (False, True):
            alone, asked = (backoff.ExponentialBackoff(jitter=jitter, rng=random.Random(7)) for _ in range(2))
            for attempt in (1, 2, 3, 4):
                for _ in range(2):
                    asked.should_retry(attempt, failure(attempt))
                waits = alone.next_delay(attempt), asked.next_delay(attempt)
                if waits[0] != waits[1]:
                    return [kind, jitter, attempt, *waits]
    return []


FAILURES_TOLD = {
    "": ("should_retry draws no chance, and changes no wait", "which of your two methods draws, and when?"),
    "hint": (
        "a wait depends on the attempt and on what the policy was made with, and on no error",
        "what does your policy keep of an error, and who is told of it then?",
    ),
}


def no_failure_changes_a_wait(unit, process):
    """Two policies of one seed wait alike, of which one is told of every failure."""
    there = callers(unit, told_of_failures)
    found = answered(process.run(there.told_of_failures.later()), "a policy that is asked about each attempt")
    kind, jitter, attempt, alone, asked = found or ("", True, 0, 0, 0)
    rule, question = FAILURES_TOLD[kind]
    what = " with an error that says `retry_after = 120`" if kind else ""
    promise(
        not found,
        saw=f"ExponentialBackoff(jitter={jitter}, rng=Random(7)): next_delay({attempt}) returned {alone:g}; "
        f"of one that was asked should_retry({attempt}, ...) twice before,{what} it returned {asked:g}",
        rule=rule,
        ask=question,
    )


def test_equal_seeds_give_equal_waits(unit):
    """Chance comes from rng alone: equal seeds give equal waits, here, elsewhere, whoever else draws."""
    with only_story(unit).process() as process:
        first = seeded(unit, process)
        again = {
            "made once more": seeded(unit, process),
            "with others in between": seeded(unit, process, others=True),
            "of a class whose instances are false, cannot be hashed and have no state": seeded(
                unit, process, rng=Chance("chance", process.rng(7, is_odd=True))
            ),
        }
        before = process.chance
        seeded(unit, process)
        is_as_before = process.chance == before
        no_failure_changes_a_wait(unit, process)
    again["in a new process"] = seeded_anew(unit)
    again["on another machine"] = only_story(unit).other_machine(lambda: seeded_anew(unit))
    for where, waits in again.items():
        alike = sum(one == other for one, other in zip(first, waits, strict=True))
        promise(
            alike == len(AGAIN),
            saw=f"ExponentialBackoff(rng=Random(7)), {where}, the same {len(AGAIN)} questions: "
            f"equal waits: {alike}",
            rule="a wait that cannot be had again cannot be tested",
            ask="where does each of your draws come from, and what draws from there as well?",
        )
    promise(
        is_as_before,
        saw="ExponentialBackoff(rng=Random(7)) is made and asked, and the module random stands elsewhere",
        rule="the module random belongs to the whole process",
        ask="which of your lines calls the module, and not what you were given?",
    )


# ---- in any order, at any time


def what_is_gone_says_nothing(unit, process):
    """The place of a policy or an error that is gone is soon another one's."""
    odd = answered(
        process.run(callers(unit, ask_one_after_the_other).ask_one_after_the_other.later()), "a policy"
    )
    question, number, answer, meant = odd or ("", 0, 0, 0)
    promise(
        not odd,
        saw=f"policies and errors, each made when the one before is gone, N = 1, 2, ...: {question} for "
        f"N = {number}: {answer}, and {meant} is meant",
        rule="who comes later is somebody else, even in the place of one who is gone",
        ask="what does your file keep of a policy or an error that is gone, and under which name?",
    )


def test_waits_are_asked_in_any_order(unit):
    """The wait after an attempt is the same in any order of questions, beside any other policy."""
    falling = [9, 1, 5, 5, 2, 1, 12, 3, 3, 1]
    with only_story(unit).process() as process:
        policies = [
            (made(unit, process, "ExponentialBackoff", base=base, cap=cap, jitter=False), base, cap)
            for base, cap in ((2, 60), (0.5, 3), (2, 600), (0.5, 60))
        ]
        fixed = [
            (
                made(unit, process, "FixedRetry", max_attempts=most, delay=delay, retry_on=NAMED_ALONE),
                *(most, delay),
            )
            for most, delay in ((2, 2), (5, 5), (5, 2), (2, 5))
        ]
        for attempt in falling:
            for policy, base, cap in policies:
                (wait,) = policy.waits([attempt])
                promise(
                    same([wait], [plain(base, cap, attempt)]),
                    saw=f"{policy.told}, asked about attempts {falling} in turns with another policy: "
                    f"next_delay({attempt}) returned {wait}",
                    rule="the attempt says everything; who was asked before says nothing",
                    ask="what does your policy keep of the last question, or of the last policy made?",
                )
            for policy, most, delay in fixed:
                (wait,), (answer,) = (
                    policy.waits([attempt]),
                    policy.answers([(attempt, process.error(FAILED, "refused"))]),
                )
                promise(
                    same([wait], [delay]) and answer == (attempt < most),
                    saw=f"{policy.told}, beside another policy: after attempt {attempt} it waits {wait} s, "
                    f"and tries again: {yes_or_no(answer)}",
                    rule="two policies are two promises",
                    ask="where do the numbers of a policy live, and how many policies share that place?",
                )
        what_is_gone_says_nothing(unit, process)


def test_time_changes_no_answer(unit):
    """To ask takes no time, and an hour or a year between two questions changes nothing."""
    quiet = only_story(unit)
    with quiet.process() as process:
        error = process.error(FAILED, "refused")
        policies = [
            made(unit, process, "FixedRetry", max_attempts=5, retry_on=NAMED_ALONE),
            made(unit, process, "ExponentialBackoff", jitter=False, retry_on=NAMED_ALONE),
            made(unit, process, "ExponentialBackoff", retry_on=NAMED_ALONE, rng=7),
        ]
        first = [policy.waits([9, 1, 2]) for policy in policies]
        for pause_s in (0, 61, 4_000, 86_400, YEAR_S):
            process.wait(pause_s)
            for policy, before in zip(policies, first, strict=True):
                began_s = quiet.seconds
                answers = policy.answers([(4, error), (5, error), (1, error)])
                waits = policy.waits([9, 1, 2])
                promise(
                    quiet.seconds == began_s,
                    saw=f"{policy.told}: to ask took {quiet.seconds - began_s:g} s",
                    rule="who is asked how long to wait says it; who waits is the engine",
                    ask="who waits, if the engine waits as well?",
                )
                promise(
                    answers == [True, False, True],
                    saw=f"{policy.told}, {pause_s:,} s later: does another attempt follow number 4, 5 and 1? "
                    f"{', '.join(map(yes_or_no, answers))}; meant: yes, no, yes",
                    rule="a policy knows the attempt and the error, and nothing of the day",
                    ask="what does your policy know beside what it is asked?",
                )
                promise(
                    "rng" in policy.told or waits == before,
                    saw=f"{policy.told}: after attempts 9, 1 and 2 it waits {seconds(before)}; "
                    f"{pause_s:,} s later it waits {seconds(waits)}",
                    rule="a policy knows the attempt and the error, and nothing of the day",
                    ask="what does your policy know beside what it is asked?",
                )


def measured(policy, attempt, times, low, high):
    """Ask for the wait after the same attempt again and again: what these waits are like, as Seen has it."""
    import collections

    waits = sorted(policy.next_delay(attempt) for _ in range(times))
    quarters = [0, 0, 0, 0]
    for wait in waits:
        quarters[max(0, min(3, int(4 * (wait - low) / (high - low))))] += 1
    often, most_times = collections.Counter(waits).most_common(1)[0]
    return [waits[0], waits[9], waits[-10], waits[-1], quarters, len(set(waits)), often, most_times]


def drawn_at_the_ends(base, cap, attempt):
    """Ask agents whose chance begins with its least or its largest numbers, once or three times."""
    import random

    import backoff

    class Begins(random.Random):
        left, is_largest = 0, False

        def random(self):
            number = super().random()
            self.left -= 1
            return number if self.left < 0 else (1 - 2**-53) * self.is_largest

        def getrandbits(self, k):
            bits = super().getrandbits(k)
            self.left -= 1
            return bits if self.left < 0 else ((1 << k) - 1) * self.is_largest

    waits = []
    for is_largest in (False, True):
        for times in (1, 3):
            rng = Begins(7)
            policy = backoff.ExponentialBackoff(base=base, cap=cap, rng=rng)
            rng.left, rng.is_largest = times, is_largest
            waits.append(policy.next_delay(attempt))
    return waits


def asked_without_rng():
    """Four waits of each of four policies; the module random stands where it stood when each is made."""
    import random

    import backoff

    waits, chance = [], random.getstate()
    for given in ({}, {}, {"rng": None}, {"rng": None}):
        random.setstate(chance)
        policy = backoff.ExponentialBackoff(**given)
        random.setstate(chance)
        waits.append([policy.next_delay(1) for _ in range(4)])
    return waits


def asked_once_and_gone(many):
    """Make a policy for each call, as a script does, and let it go: how many draw like one of the others."""
    import collections

    import backoff

    def asked(policy):
        return tuple(policy.next_delay(1) for _ in range(4))

    waits = [asked(backoff.ExponentialBackoff()) for _ in range(many)]
    return collections.Counter(waits).most_common(1)[0][1]


def asked_side_by_side(many):
    """Make a policy for each agent, before any of them fails: how many draw like one of the others."""
    import collections

    import backoff

    policies = [backoff.ExponentialBackoff() for _ in range(many)]
    waits = [tuple([policy.next_delay(1) for _ in range(4)]) for policy in policies]
    return collections.Counter(waits).most_common(1)[0][1]


def ask_one_after_the_other():
    """Make policies and errors that are gone when the next one is made: what was said of one of the first."""
    import backoff

    fixed, exponential, named = backoff.FixedRetry, backoff.ExponentialBackoff, (ConnectionError,)
    policy, error = fixed(3, retry_on=named), ConnectionError("down")
    for number in range(1, 31):
        kind = (ConnectionError, ValueError)[number % 2]
        found = {
            "FixedRetry(3, delay=N).next_delay(1)": (fixed(3, delay=number).next_delay(1), number),
            "FixedRetry(N).should_retry(7, ...)": (
                fixed(number, retry_on=named).should_retry(7, error),
                number > 7,
            ),
            "FixedRetry(3, retry_on=...).should_retry(1, ...)": (
                fixed(3, retry_on=(kind,)).should_retry(1, error),
                number % 2 == 0,
            ),
            "ExponentialBackoff(base=N, jitter=False).next_delay(2)": (
                exponential(base=number, jitter=False).next_delay(2),
                2 * number,
            ),
            "ExponentialBackoff(N).should_retry(7, ...)": (
                exponential(number, retry_on=named).should_retry(7, error),
                number > 7,
            ),
            "should_retry(1, ...) about another error each time": (
                policy.should_retry(1, kind("down")),
                number % 2 == 0,
            ),
        }
        for question, (answer, meant) in found.items():
            if abs(answer - meant) > 1e-9 * meant:
                return [question, number, answer, meant]
    return []


def ask_far():
    """Ask about attempts and limits that have more digits than Python writes: what was said of each kind."""
    import backoff

    far, error, said = 10**5_000, ConnectionError("down"), []
    for kind in (backoff.FixedRetry, backoff.ExponentialBackoff):
        policy, other = (kind(most, retry_on=(ConnectionError,)) for most in (far, 3))
        questions = (policy, far - 1), (policy, far), (other, far)
        said.append([each.should_retry(attempt, error) for each, attempt in questions])
    return said


def wait_far():
    """Ask for the wait after an attempt whose number has more digits than Python writes."""
    import backoff

    kinds = backoff.FixedRetry(3), backoff.ExponentialBackoff(jitter=False), backoff.ExponentialBackoff()
    return [policy.next_delay(10**5_000) for policy in kinds]


def everything_asked(policy, own=()):
    """Ask whether and how long, up to the limit of three and beyond, about failures and an order."""

    class MuteReply(ConnectionError):
        def __str__(self):
            raise ValueError("this error has no text")

    errors = ConnectionError("down"), ValueError("wrong"), MuteReply("silent"), GeneratorExit()
    attempts = 1, 2, 3, 4, 60, *own
    return [
        [policy.should_retry(attempt, error) for attempt in attempts for error in errors],
        [policy.next_delay(attempt) for attempt in attempts],
    ]


def made_and_asked(strict, is_asked, own):
    """Make policies and ask them, under settings of whoever asks."""
    import contextlib
    import random

    import backoff

    with contextlib.ExitStack() as stack:
        have_settings(stack, strict)
        names = Exception, GeneratorExit
        policies = (
            backoff.FixedRetry(3, 1.23456789, names),
            backoff.ExponentialBackoff(3, 1.23456789, 60, False, names),
            backoff.ExponentialBackoff(3, 1.23456789, retry_on=names, rng=random.Random(7)),
        )
        return [
            [type(policy).__name__, *everything_asked(policy, [*own, 10**5_000])]
            for policy in policies * is_asked
        ]


def have_settings(stack, strict):
    """Decimals are to be exact; or they are short, warnings are errors and all is logged."""
    import decimal
    import logging
    import warnings

    if strict == "exactly":
        stack.enter_context(decimal.localcontext()).traps[decimal.Inexact] = True
    elif strict:
        root, listener = logging.getLogger(), logging.NullHandler()
        stack.enter_context(decimal.localcontext()).prec = 4
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error")
        stack.callback(root.setLevel, root.level)
        stack.callback(root.removeHandler, listener)
        root.addHandler(listener)
        root.setLevel(1)


def asked_by_twenty(is_high, times):
    """Let 20 agents fail whose chance draws from one half alone, so many times: once in a million it does."""
    import random

    import backoff

    class Run(random.Random):
        left = times

        def random(self):
            number = super().random()
            self.left -= 1
            return number if self.left < 0 else number / 2 + is_high / 2

        def getrandbits(self, k):
            bits = super().getrandbits(k)
            self.left -= 1
            return bits if self.left < 0 or not k else bits >> 1 | is_high << k - 1

    return [backoff.ExponentialBackoff(rng=Run(seed)).next_delay(12) for seed in range(20)]


CALLERS = (
    *(ask_far, wait_far, ask_about_every_error, known_errors, odd_errors, ask_about_orders),
    *(measured, drawn_at_the_ends, asked_by_twenty),
    *(asked_without_rng, asked_once_and_gone, asked_side_by_side, told_of_failures),
    *(ask_one_after_the_other, made_and_asked, have_settings, everything_asked),
)


WHERE = {
    "": "",
    "roughly": " where warnings are errors, decimals have four digits and everything is logged",
    "exactly": " where decimal.getcontext() traps what is not exact",
}

WHOSE_SETTINGS = "with whose settings does your line work?"


def in_another_process(unit, process):
    """Whoever asks may compute as roughly, warn as strictly and log as much as it likes."""
    there = callers(unit, made_and_asked, have_settings, everything_asked)
    own = [1_025, HUGE, *(number + by for number in numbers_of(unit, NEVER)[:20] for by in (0, 1))]
    plain, again, _, strict, exact = (
        answered(
            process.run(there.made_and_asked.later(strict, is_asked, own)),
            f"a policy that is {'asked' if is_asked else 'made'}{WHERE[strict]}",
            *([WHOSE_SETTINGS] if strict == "exactly" else []),
        )
        for strict, is_asked in (
            ("", True),
            ("", True),
            ("roughly", False),
            ("roughly", True),
            ("exactly", True),
        )
    )
    promise(
        [told[:2] for told in exact] == [told[:2] for told in plain],
        saw=f"policies say {[told[1] for told in plain]}, and {[told[1] for told in exact]}"
        f"{WHERE['exactly']}",
        rule="a setting belongs to whoever asks, and says nothing about the question",
        ask=WHOSE_SETTINGS,
    )
    for (kind, yes, waits), told_again, (_, yes_there, waits_there) in zip(plain, again, strict, strict=True):
        promise(
            yes == yes_there and (told_again[-1] != waits or same(waits_there, waits)),
            saw=f"{kind}: after attempts 1 to 3 it waits {waits[:3]} s, and {waits_there[:3]} s where "
            "warnings are errors, decimal.getcontext().prec is 4 and everything is logged",
            rule="a setting belongs to whoever asks, and says nothing about the question",
            ask=WHOSE_SETTINGS,
        )


def test_who_asks_changes_no_answer(unit):
    """A task that is being cancelled, and whoever has other settings, is answered as everybody is."""
    with only_story(unit).process() as process:
        in_another_process(unit, process)
        error = process.error(FAILED, "refused")
        for kind, given in (("FixedRetry", {}), ("ExponentialBackoff", {"jitter": False})):
            policy = made(unit, process, kind, max_attempts=3, **given)
            asked = {
                "should_retry(1, ...)": policy.asked.should_retry.later(1, error),
                "next_delay(1)": policy.asked.next_delay.later(1),
            }
            for question, call in asked.items():
                before = str(process.run(call))
                end = process.run(process.after(0, call), in_cleanup=True)
                promise(
                    str(end) == before,
                    saw=f"{policy.told}: {question} {before}; for a task that is being cancelled it {end}",
                    rule="an answer is about the call that failed; what to do with it is for whoever asks",
                    ask="what does your policy look at beside what it is asked?",
                )


WHOSE = "what of your policy is there for the thread that made it, and for no other?"


def in_another_thread(unit, process):
    """Whoever asks may do so in a thread that has not made the policy, once the other one is done."""
    everything = callers(unit, everything_asked).everything_asked
    for kind, given in (
        ("FixedRetry", {"max_attempts": 3, "delay": 1.5}),
        ("ExponentialBackoff", {"max_attempts": 3, "jitter": False}),
        ("ExponentialBackoff", {"max_attempts": 3, "rng": 7}),
        ("ExponentialBackoff", {"max_attempts": 3}),
    ):
        here, again, there = (made(unit, process, kind, **given) for _ in range(3))
        yes, waits = answered(process.run(everything.later(here.asked)), f"{here.told}: a question")
        _, waits_again = answered(process.run(everything.later(again.asked)), f"{here.told}: a question")
        end = process.in_another_thread(everything.later(there.asked))
        word = f"{here.told}, asked in another thread than it was made in,"
        yes_there, waits_there = answered(end, word, WHOSE)
        promise(
            yes == yes_there and (waits != waits_again or same(waits_there, waits)),
            saw=f"{here.told}: after attempts 1 to 3 it waits {waits[:3]} s, and {waits_there[:3]} s for "
            "whoever asks in another thread",
            rule="one policy serves many calls, whichever thread makes them",
            ask=WHOSE,
        )
    _, in_a_thread = answered(
        process.in_another_thread(everything.later(here.asked)), f"{here.told}: a question"
    )
    promise(
        in_a_thread != waits,
        saw=f"{here.told}, without rng, is asked in one thread and then in another: after attempts 1 to 3 it "
        "waits the same",
        rule="each wait is drawn anew, whichever thread asks",
        ask="from where does the first number of the second thread come?",
    )


def test_any_thread_may_ask(unit):
    """A policy is made in one thread and asked in another, and answers there as it does here."""
    with only_story(unit).process() as process:
        in_another_thread(unit, process)


# ---- made


UNUSED = {"retry_on": ()}
"""Nothing is tried again, and so nobody waits: a number that means nothing is one all the same."""
REFUSED = (
    ("FixedRetry", {"max_attempts": 0}),
    ("FixedRetry", {"max_attempts": -1, "delay": 0}),
    ("FixedRetry", {"max_attempts": 3, "delay": -1}),
    ("FixedRetry", {"max_attempts": 3, "delay": -0.001}),
    ("FixedRetry", {"max_attempts": 1, "delay": -1}),
    ("FixedRetry", {"max_attempts": 0, **UNUSED}),
    ("FixedRetry", {"max_attempts": 1, "delay": -1, **UNUSED}),
    ("ExponentialBackoff", {"max_attempts": 0}),
    ("ExponentialBackoff", {"max_attempts": -3, "jitter": False, **UNUSED}),
    ("ExponentialBackoff", {"base": 0}),
    ("ExponentialBackoff", {"base": -2.0}),
    ("ExponentialBackoff", {"max_attempts": 1, "base": 0}),
    ("ExponentialBackoff", {"max_attempts": 1, "base": 0, "jitter": False, "rng": 7, **UNUSED}),
    ("ExponentialBackoff", {"base": 3, "cap": 2.999}),
    ("ExponentialBackoff", {"max_attempts": 1, "base": 3, "cap": 2, "jitter": False, "rng": 7, **UNUSED}),
    ("ExponentialBackoff", {"cap": 1}),
    ("ExponentialBackoff", {"cap": 0, "jitter": False}),
    ("ExponentialBackoff", {"base": -2, "cap": -1}),
    *(("FixedRetry", given) for given in ({"max_attempts": -HUGE}, {"max_attempts": 3, "delay": -HUGE})),
    *(("ExponentialBackoff", {name: -HUGE}) for name in ("max_attempts", "base", "cap")),
    ("ExponentialBackoff", {"base": HUGE}),
)


def test_a_policy_that_cannot_be_kept_is_refused(unit):
    """A policy that nobody can keep is refused when it is made, also where nobody would ever wait."""
    with only_story(unit).process() as process:
        for kind, given in REFUSED:
            policy = Policy(unit, process, kind, **given)
            rule, ask = (
                "a promise is checked where it is given: there somebody looks",
                "when does whoever wrote this number learn that it means nothing?",
            )
            if policy.made.kind != "returned":
                rule = "a policy that cannot be kept is refused with ValueError, and with nothing else"
                ask = "which class of error does the contract name, and who catches the one that you raise?"
            promise(
                policy.made.raised(ValueError),
                saw=f"{policy.told} {'was made' if policy.made.kind == 'returned' else policy.made}",
                rule=rule,
                ask=ask,
            )


def test_a_policy_that_can_be_kept_is_made(unit):
    """No wait, one attempt, no error named, a first wait that is the cap: each of them is a policy."""
    cases = (
        ("FixedRetry", {"max_attempts": 1, "delay": 0}, False, 0),
        ("FixedRetry", {"max_attempts": 2, "delay": 0.0, "retry_on": ()}, False, 0),
        ("FixedRetry", {"max_attempts": 100_000, "delay": 1e9}, True, 1e9),
        ("ExponentialBackoff", {"jitter": False}, True, 2),
        ("ExponentialBackoff", {"max_attempts": 1, "jitter": False}, False, 2),
        ("ExponentialBackoff", {"base": 5, "cap": 5.0, "jitter": False}, True, 5),
        ("ExponentialBackoff", {"base": 0.001, "cap": 0.001, "jitter": False, "retry_on": ()}, False, 0.001),
        ("ExponentialBackoff", {"max_attempts": 100_000, "base": 1, "cap": 1e9, "jitter": False}, True, 1),
    )
    with only_story(unit).process() as process:
        for kind, given, again, wait in cases:
            policy = made(unit, process, kind, **{"retry_on": NAMED_ALONE, **given})
            answers = policy.answers([(1, process.error(FAILED, "refused"))])
            waits = policy.waits([1])
            promise(
                answers == [again] and same(waits, [wait]),
                saw=f"{policy.told}: does another attempt follow the first? {yes_or_no(answers[0])}; the "
                f"first wait: {seconds(waits)}; meant: {yes_or_no(again)}, {seconds([wait])}",
                rule="the smallest and the largest numbers that are allowed mean what they say",
                ask="which number or tuple of these does your code take for 'not given'?",
            )
