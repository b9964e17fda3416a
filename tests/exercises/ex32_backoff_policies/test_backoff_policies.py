"""What is checked for ex32: which failures are tried again and after how long, whoever asks, and whenever."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from halfway.kit import callers, known_errors, numbers_of, odd_errors, only_story, promise, tried

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
# The first waits, one that is cut in part, one that is cut from its first digit on, and the cap.
SHAPES = (
    *((2, 60), (0.5, 3), (3, 4), (0.37, 1e6), (0.0415, 60.0)),
    *((0.00123456, 3_600), (1, 1), (5, 5.0), (7.0, 1e9)),
)
FINE, HUGE = 2**53 + 1, 10**400
"""Numbers of attempts that no float has."""
LATE = (1_025, 5_000, 100_000)
NEVER = 10**12
DRAWS, MANY_DRAWS, AGENTS, APART = 400, 1_000, 60, 45


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


class Policy:
    """A policy of theirs, made and asked. `retry_on` are names of classes, `rng` is a seed or a Chance."""

    def __init__(self, unit, process, kind, **given):
        self.unit, self.process = unit, process
        words = [
            f"{name}={f'Random({value})' if name == 'rng' and type(value) is int else told(value)}"
            for name, value in given.items()
        ]
        self.told = f"{kind}({', '.join(words)})"
        handed = dict(given)
        if "retry_on" in given:
            handed["retry_on"] = tuple(process.error_class(name) for name in given["retry_on"])
        if "rng" in given:
            rng = given["rng"]
            handed["rng"] = rng.rng if isinstance(rng, Chance) else process.rng(rng)
        self.made = tried(lambda: getattr(unit, kind)(**handed))
        self.asked = self.made.value

    def values(self, calls, words):
        """What these calls give; each answers, whatever it is asked."""
        ends = [self.process.run(calls[0])] if len(calls) == 1 else self.process.together(*calls)
        for end, word in zip(ends, words, strict=True):
            ask, ended = "which part of your line raises this, and for which attempts and errors?", str(end)
            if end.kind == "hung":
                ask = "who waits, if the engine waits as well?"
            elif end.raised(OverflowError):
                ask = "which part of your line is computed first, and how large does it get?"
                ended = "raised OverflowError"  # Its words are those of the operating system.
            elif end.raised(AttributeError) or end.raised(NameError):
                ask = "which name does your line ask for, and which one was it given?"
            promise(
                end.kind == "returned",
                saw=f"{self.told}: {word} {ended}",
                rule="a policy answers, whatever it is asked: it is the call that failed",
                ask=ask,
            )
        return [end.value for end in ends]

    def waits(self, attempts):
        """The wait after each of these attempts."""
        calls = [self.asked.next_delay.later(attempt) for attempt in attempts]
        return self.values(calls, [f"next_delay({told(attempt)})" for attempt in attempts])

    def drawn(self, attempt, times):
        """So many waits after this attempt, asked for on their side: thousands would be long on the way."""
        self.waits([attempt])
        there = callers(self.unit, *CALLERS)
        return self.values([there.drawn.later(self.asked, attempt, times)], [f"next_delay({told(attempt)})"])[
            0
        ]

    def answers(self, questions):
        """Whether it tries again, for each of these attempts and errors."""
        calls = [self.asked.should_retry.later(attempt, error) for attempt, error in questions]
        return self.values(calls, [f"should_retry({told(attempt)}, ...)" for attempt, _ in questions])


def made(unit, process, kind, **given):
    """A policy that the contract allows, and so is made."""
    policy = Policy(unit, process, kind, **given)
    promise(
        policy.made.kind == "returned",
        saw=f"{policy.told} {policy.made}",
        rule="what can be kept may be promised: no wait at all, one attempt alone, a first wait at the cap",
        ask="which of your conditions refuses it, and what could go wrong if it did not?",
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


def test_three_attempts_are_three_calls_and_two_waits(unit, story):
    """With max_attempts=3 the phone is called three times, and nobody waits after the last."""
    with story.process() as process:
        error = process.error(FAILED, f"{story.name('phone')} refuses")
        for kind in KINDS:
            for attempts in (3, 1, 2, 7):
                policy = made(unit, process, kind, max_attempts=attempts)
                calls, waits = calls_of(story, policy, error, attempts + 2)
                more = " or more" if calls > attempts + 1 else ""
                promise(
                    (calls, len(waits)) == (attempts, attempts - 1),
                    saw=f"{policy.told}: attempts: {calls}{more}, waits: {len(waits)}",
                    rule="an attempt is a call, and the first one counts; a retry is an attempt after it",
                    ask="what is the number of the last attempt that another one may follow?",
                    story=story,
                )


def in_between(process):
    """Other calls that the same policy is asked about: the attempt, its error, and what it is called."""
    named = process.error(FAILED, "of another call")
    return (
        *((1, order_of(process, of), of.partition("(")[0]) for of in ORDERS[:2]),
        *((2, order_of(process, of), of.partition("(")[0]) for of in ORDERS),
        (1, process.error("ValueError", "of another call"), "ValueError"),
        *((attempt, named, FAILED) for attempt in (3, 4, 50)),
    )


def nothing_lasts(unit, process):
    """Whatever another call has met, an order or its last attempt, this one is answered as before."""
    error, others = process.error(FAILED, "refused"), in_between(process)
    for kind, given in (("FixedRetry", {}), ("ExponentialBackoff", {"jitter": False})):
        policy = made(unit, process, kind, max_attempts=3, retry_on=(FAILED, *ORDERS[:2]), **given)
        whether, wait = policy.asked.should_retry, policy.asked.next_delay
        calls, words = [], []
        for number, failure in [
            (2, error),
            *((at, each) for other in others for at, each in (other[:2], (2, error))),
        ]:
            calls += [whether.later(number, failure), wait.later(number)]
            words += [f"should_retry({number}, ...)", f"next_delay({number})"]
        again_first, wait_first, *values = policy.values(calls, words)
        for (attempt, _, of), again, then in zip(others, values[2::4], values[3::4], strict=True):
            promise(
                (again, then) == (again_first, wait_first),
                saw=f"{policy.told}: is attempt 2, a {FAILED}, tried again? {yes_or_no(again_first)}, after "
                f"{wait_first} s; once it was asked about attempt {attempt} of another call, {of}: "
                f"{yes_or_no(again)}, after {then} s",
                rule="what an engine has to know of a call travels with the call: it is the attempt",
                ask="what does your policy keep from one question to the next, and whose is it?",
            )


def test_one_policy_serves_many_calls(unit):
    """A policy that has served hundreds of calls, failed, stopped or not, serves the next like the first."""
    numbers = [0, *numbers_of(unit, 10_000)]
    many = max(300, *(number + 1 for number in numbers))
    with only_story(unit).process() as process:
        nothing_lasts(unit, process)
        one, other = (process.error(FAILED, f"{name} refuses") for name in ("api", "db"))
        for kind in KINDS:
            policy = made(unit, process, kind, max_attempts=3)
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
            for what, questions in turns:
                answers = policy.answers(questions)
                pairs = zip(questions, answers, strict=True)
                odd = [(attempt, answer) for (attempt, _), answer in pairs if answer != (attempt < 3)]
                attempt, answer = odd[0] if odd else (0, None)
                promise(
                    not odd,
                    saw=f"{policy.told}, {what}: should_retry({attempt}, ...) returned {answer}",
                    rule="what an engine has to know of a call travels with the call: it is the attempt",
                    ask="what does your policy keep from one question to the next, and whose is it?",
                )


def test_up_to_its_limit_yes_and_beyond_it_no(unit):
    """Up to its limit, however large, a policy says yes; at the limit and beyond it says no."""
    with only_story(unit).process() as process:
        error = process.error(FAILED, "refused")
        for kind in KINDS:
            for limit in (3, 100_000, FINE, HUGE):
                policy = made(unit, process, kind, max_attempts=limit)
                asked = sorted({*asked_about(unit), limit - 1, limit, limit + 1, 1_000, 1_000_000, HUGE})
                answers = policy.answers([(attempt, error) for attempt in asked])
                for attempt, answer in zip(asked, answers, strict=True):
                    promise(
                        answer == (attempt < limit),
                        saw=f"{policy.told}: should_retry({told(attempt)}, ...) returned {answer}",
                        rule="the limit is the one that was given; a count can come from elsewhere, past it",
                        ask="what does your comparison say of every attempt, also far beyond the limit?",
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
    end = process.run(getattr(callers(unit, *CALLERS), question).later())
    return answered(end, "a policy that is asked about attempt 10**5_000")


FAMILIES = (
    (None, "ConnectionError", True),
    (None, "ValueError", True),
    (None, "ExceptionGroup", True),
    (None, "concurrent.futures.CancelledError", True),
    (None, "EmptyReply(Exception)", True),
    (None, "FrozenReply(Exception)", True),
    (None, "UnhashableReply(Exception)", True),
    (None, "MuteReply(Exception)", True),
    (("ConnectionError",), "UnhashableReply(Exception)", False),
    (("ConnectionError",), "ConnectionError", True),
    (("ConnectionError",), "ConnectionResetError", True),
    (("ConnectionError",), "Dropped(ConnectionResetError)", True),
    (("ConnectionError",), "ValueError", False),
    (("ConnectionError",), "OSError", False),
    (("ConnectionError", "TimeoutError"), "ReadTimeout(TimeoutError)", True),
    (("ConnectionError", "TimeoutError"), "PermissionError", False),
    (("ConnectionError", "asyncio.CancelledError"), "ConnectionError", True),
    ((), "ConnectionError", False),
    ((), "Down(Exception)", False),
    (("BaseException",), "ConnectionError", True),
    (("BaseException",), "Down(Exception)", True),
    (("Down(Exception)",), "Down(Exception)", True),
    (("Down(Exception)",), "Exception", False),
)
"""What is named (None: nothing is), the class of the error, and whether it is tried again."""


def made_for(unit, process, kind, named):
    given = {} if named is None else {"retry_on": named}
    return made(unit, process, kind, max_attempts=3, **given)


def error_of(process, kind):
    inside = (process.error("ValueError", "wrong"),) if kind.endswith("Group") else ()
    return process.error(kind, "down", inside=inside)


def yes_or_no(answer):
    return "yes" if answer else "no"


def test_only_named_errors_are_tried_again(unit):
    """An error that the policy does not name is not tried again; one that is built on a named one is."""
    with only_story(unit).process() as process:
        for kind in KINDS:
            for named, of, again in FAMILIES:
                policy = made_for(unit, process, kind, named)
                (answer,) = policy.answers([(1, error_of(process, of))])
                name, _, base = of.rstrip(")").partition("(")
                told_as = f"{name}, which is built on {base}," if base else name
                promise(
                    answer is again,
                    saw=f"{policy.told}: is {told_as} tried again? {yes_or_no(answer)}",
                    rule="to name a class is to name what is built on it, and nothing else",
                    ask="with what do you compare the error, and what does an empty tuple say?",
                )
        every_error_is_a_failure(unit, process)


def ask_about_every_error():
    """Ask about an error of each class there is, named in each way: what was said that is not meant."""
    import random

    import backoff

    class FrozenReply(ConnectionError):
        def __setattr__(self, name, value):
            raise AttributeError(f"cannot assign to field {name!r}")

    errors = {type(error).__name__: error for error in known_errors(backoff, "down")} | odd_errors()
    errors["NotImplementedError"] = NotImplementedError("not yet")
    errors["an error that takes no change"] = FrozenReply("down")
    rng, strangers = random.Random(7), (ConnectionResetError, ZeroDivisionError)
    for what, error in errors.items():
        built_on = [kind for kind in type(error).__mro__ if kind is not object]
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
    odd = answered(process.run(callers(unit, *CALLERS).ask_about_every_error.later()), "should_retry(...)")
    kind, names, what, attempt, answer = odd or ("", (), "", 0, False)
    said = answer if isinstance(answer, str) else yes_or_no(answer)
    promise(
        not odd,
        saw=f"{kind}(max_attempts=3, retry_on={told(tuple(names)) if names else '()'}): is {what} tried "
        f"again after attempt {attempt}? {said}",
        rule="every Exception is a failure, and retry_on alone says which are tried again",
        ask="what does your line do with an error beside comparing its class, and for which classes?",
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
    """Neither the name of an error, nor where it came from, nor what a group holds makes it a named one."""
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


ORDERS = (
    "asyncio.CancelledError",
    "Stopped(asyncio.CancelledError)",
    "SystemExit",
    "GeneratorExit",
    "Shutdown(BaseException)",
    "BaseExceptionGroup",
    "KeyboardInterrupt",
)
NAMED = (None, ("BaseException",), ("Exception", *ORDERS), ORDERS)


def order_of(process, of):
    inside = (process.error("SystemExit", "now"),) if of.endswith("Group") else ()
    return process.error(of, "stop", inside=inside)


def test_a_cancelled_call_is_never_tried_again(unit):
    """What is no Exception (a cancelled task, an exit) is never tried again, whatever retry_on names."""
    with only_story(unit).process() as process:
        for kind in KINDS:
            for named in NAMED:
                policy = made_for(unit, process, kind, named)
                for of in ORDERS:
                    (answer,) = policy.answers([(1, order_of(process, of))])
                    promise(
                        answer is False,
                        saw=f"{policy.told}: is {of.partition('(')[0]} tried again? {yes_or_no(answer)}",
                        rule="what is no Exception is no failure: somebody asked for an end",
                        ask="what do errors that say 'stop' have in common, also those you have never met?",
                    )


# ---- how long


def test_fixed_waits_are_all_the_same(unit):
    """A fixed policy waits its delay before every new attempt, and a delay of 0 is no wait."""
    attempts = [1, 2, 3, 10, *LATE]
    with only_story(unit).process() as process:
        for given, delay in (
            ({}, 1.0),
            ({"delay": 3}, 3),
            ({"delay": 0.0001234}, 0.0001234),
            ({"delay": 0}, 0),
        ):
            policy = made(unit, process, "FixedRetry", max_attempts=5, **given)
            waits = policy.waits(attempts)
            promise(
                same(waits, [delay] * len(attempts)),
                saw=f"{policy.told}: after attempts 1, 2, 3 and 10 it waits {waits[:4]} s",
                rule="fixed means that every wait is the one that was given",
                ask="what has your wait to do with the attempt, and what becomes of a delay of 0?",
            )
            promise(
                same(policy.waits([HUGE]), [delay]),
                saw=f"{policy.told}: after attempt {told(HUGE)} it does not wait {delay} s",
                rule="fixed means that every wait is the one that was given",
                ask="what has your wait to do with the attempt?",
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


def test_waits_double_from_base_to_cap(unit):
    """Without jitter the first wait is base, each next one is twice as long, and none is longer than cap."""
    attempts = asked_about(unit)
    with only_story(unit).process() as process:
        for base, cap in SHAPES:
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, jitter=False)
            waits = policy.waits(attempts)
            for attempt, wait in zip(attempts, waits, strict=True):
                meant = plain(base, cap, attempt)
                promise(
                    same([wait], [meant]),
                    saw=f"{policy.told}: after attempts 1 to 4 it waits {waits[:4]} s; "
                    f"after attempt {attempt} {wait:g} s, and {meant:g} s are meant",
                    rule="the base is a time, the first wait; the factor is two, and stops at the cap alone",
                    ask="what does your line give after the first attempt, and where does it stop growing?",
                )


def test_a_long_outage_still_has_a_wait(unit):
    """After five thousand failures, or more than any float can count, the next wait is still the cap."""
    with only_story(unit).process() as process:
        for base, cap in ((2, 60), (0.5, 3), (2.0, 60.0), (0.001, 1e9)):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, jitter=False)
            waits = policy.waits(LATE)
            promise(
                same(waits, [cap] * len(LATE)),
                saw=f"{policy.told}: after attempts 1,025, 5,000 and 100,000 it waits {waits} s",
                rule="the cap protects nothing that is computed before it",
                ask="which part of your line is computed first, and how large does it get?",
            )
        for given in ({"base": 2, "cap": 60}, {"base": 2.0, "cap": 60.0}):
            policy = made(unit, process, "ExponentialBackoff", jitter=False, **given)
            for attempt, wait in zip((NEVER, HUGE), policy.waits([NEVER, HUGE]), strict=True):
                promise(
                    same([wait], [60]),
                    saw=f"{policy.told}: after attempt {told(attempt)} it waits {wait} s, and 60 s are meant",
                    rule="the cap protects nothing that is computed before it",
                    ask="how long does your line compute for an attempt that nobody ever gets to?",
                )
        fixed, wait, _ = far(unit, process, "wait_far")
        promise(
            same([fixed, wait], [1, 60]),
            saw=f"after attempt 10**5_000 FixedRetry waits {fixed} s, ExponentialBackoff {wait} s",
            rule="the cap protects nothing that is computed before it",
            ask="how long does your line compute for an attempt that nobody ever gets to?",
        )


# ---- chance


def different(waits):
    count = len(set(waits))
    return f"{count} different wait{'s' * (count != 1)}"


def come_back(unit, story, base, cap, attempt):
    """Tell the story of four of them: what each is answered, and when it is back at the phone."""
    with story.process() as process:
        waits = {}
        for seed, agent in enumerate(map(story.name, ("api", "db", "disk", "mail"))):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=seed)
            story.world.tell("phone", f"refuses attempt {attempt} of {agent}")
            story.world.tell("engine", f"asks next_delay({attempt}) for {agent}")
            (waits[agent],) = policy.waits([attempt])
        passed = 0.0
        for agent in sorted(waits, key=waits.get):
            process.wait(waits[agent] - passed)
            passed = waits[agent]
            story.world.tell("phone", f"is called by {agent}")


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
            if len(set(drawn)) < APART:
                come_back(unit, story, base, cap, attempt)
            promise(
                len(set(drawn)) >= APART,
                saw=f"{AGENTS} agents with base={base}, cap={cap} and an rng each fail together "
                f"for the {ordinal(attempt)} time: {different(drawn)}",
                rule="jitter is for the moment when all come back, and by then all are at the cap",
                ask="how many different results can your last line have here?",
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
                waits = policy.waits([attempt] * 50)
                promise(
                    len(set(waits)) >= 45,
                    saw=f"{policy.told} serves 50 calls, which fail together for the {ordinal(attempt)} "
                    f"time: {different(waits)}",
                    rule="one policy serves many calls, and each of them waits by itself",
                    ask="when is the draw made, and who else gets its result?",
                )
        shared = Chance("chance", process.rng(7))
        one, other = (made(unit, process, "ExponentialBackoff", rng=shared) for _ in range(2))
        for attempt in (1, 12):
            pairs = list(zip(one.waits([attempt] * 10), other.waits([attempt] * 10), strict=True))
            alike = sum(mine == theirs for mine, theirs in pairs)
            promise(
                alike < 2,
                saw=f"two policies, each {one.told}, with one generator for both, ten questions after "
                f"attempt {attempt} to each: equal waits: {alike}",
                rule="who is handed chance draws from it; what is drawn from a copy is drawn again elsewhere",
                ask="from which object does each of the two draw?",
            )
        seconds = [second_wait(unit, process, after=(1,) * before) for before in range(4)]
        promise(
            len(set(seconds)) == len(seconds),
            saw="two policies share one Random(7); the first wait of the second, after 0, 1, 2 and 3 waits "
            f"of the first: {different(seconds)}",
            rule="who is handed chance draws from it for each wait, and so moves it for whoever draws next",
            ask="from which object does each of your draws come, and who else sees that it has moved?",
        )


def second_wait(unit, process, *, after):
    """The first wait of the second of two policies that share a generator, after these of the first."""
    shared = Chance("chance", process.rng(7))
    one, other = (made(unit, process, "ExponentialBackoff", rng=shared) for _ in range(2))
    for attempt in after:
        one.waits([attempt])
    return other.waits([1])[0]


def test_jitter_keeps_its_range(unit):
    """Jitter spreads a wait from half to one and a half of the plain one, and never above the cap."""
    with only_story(unit).process() as process:
        for base, cap, attempts in (
            (2, 60, (1, 2, 5, 12, HUGE)),
            (3, 4, (1, 2)),
            (0.37, 1e6, (1, 12)),
            (0.001, 3_600, (1, 12)),
            (1, 1, (1,)),
        ):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=7)
            for attempt in attempts:
                wait = plain(base, cap, attempt)
                low, high = wait / 2, min(wait * 1.5, cap)
                drawn = policy.drawn(attempt, DRAWS // 2)
                least, most, edge = min(drawn), max(drawn), (high - low) / 15
                promise(
                    low * (1 - 1e-9) <= least <= low + edge and high - edge <= most <= high * (1 + 1e-9),
                    saw=f"{policy.told}, attempt {told(attempt)}: waits from {least:.6g} to {most:.6g} s; "
                    f"the range is {low:.6g} to {high:.6g} s",
                    rule="the cap is the longest wait that anybody sees, and half the plain one the shortest",
                    ask="what are the two ends of what your last line can return, for this base and cap?",
                )


def the_unlucky_come_back_apart(unit, process):
    """Chance may draw from one half alone for a while: no one wait is left over for that."""
    there = callers(unit, *CALLERS)
    for half in ("upper", "lower"):
        lucky, waits = (
            answered(process.run(there.asked_by_twenty.later(half == "upper", times)), "next_delay(12)")
            for times in (0, 20)
        )
        promise(
            len(set(waits)) >= min(len(set(lucky)), 15),
            saw=f"20 agents, the rng of each draws twenty times from the {half} half of its range, after "
            f"attempt 12: {different(waits)}, from {min(waits):.6g} to {max(waits):.6g} s",
            rule="where many waits are alike, many agents come back together",
            ask="what does your last line give when a draw is of no use, and the next ones, too?",
        )


def test_every_part_of_the_range_is_drawn(unit):
    """A wait with jitter is as likely in one part of its range as in another, at the cap too."""
    with only_story(unit).process() as process:
        for base, cap, attempts, draws in (
            (2, 60, (1, 12, 1_025), DRAWS),
            (3, 4, (1,), MANY_DRAWS),
        ):
            policy = made(unit, process, "ExponentialBackoff", base=base, cap=cap, rng=7)
            for attempt in attempts:
                low, high = plain(base, cap, attempt) / 2, min(plain(base, cap, attempt) * 1.5, cap)
                drawn = policy.drawn(attempt, draws)
                places = [min(3, int(4 * (wait - low) / (high - low))) for wait in drawn]
                quarters = [places.count(place) for place in range(4)]
                away = 2 / draws**0.5  # five times what chance does to a quarter of so many, and less
                promise(
                    all(0.25 - away < count / draws < 0.25 + away for count in quarters),
                    saw=f"{policy.told}: of {draws} waits after attempt {attempt}, the four quarters of "
                    f"{low:g} to {high:g} s have {quarters}",
                    rule="where many waits are alike, many agents come back together",
                    ask="which waits does your last line give more often than others?",
                )
        the_unlucky_come_back_apart(unit, process)


def policies_that_come_and_go_draw_apart(unit, process):
    """What a policy was is not where its chance comes from: its place is soon another one's."""
    there = callers(unit, *CALLERS)
    for asked, many, when in (
        (there.asked_once_and_gone, 30, ", each made when the one before is gone"),
        (there.asked_side_by_side, 1_000, ""),
    ):
        waits = answered(process.run(asked.later(many)), "ExponentialBackoff().next_delay(12)")
        promise(
            len(set(waits)) == many,
            saw=f"{many:,} policies without rng{when}, are each asked twice after attempt 12: pairs of waits "
            f"that differ: {len(set(waits)):,}",
            rule="who comes later is somebody else, even in the place of one who is gone",
            ask="from which numbers does your policy draw, and how many others have the same ones?",
        )


def test_without_chance_of_its_own_nobody_comes_back_together(unit):
    """Policies that are given no chance draw apart, also where each process seeds the module random."""
    waits = {1: [], 12: []}
    for _ in range(12):
        with only_story(unit).process() as process:
            process.seed_chance(0)
            agents = [made(unit, process, "ExponentialBackoff") for _ in range(4)]
            for attempt, agent in product(waits, agents):
                process.seed_chance(0)
                waits[attempt] += agent.waits([attempt])
    for attempt, drawn in waits.items():
        promise(
            len(set(drawn)) == len(drawn),
            saw=f"12 processes, each begins with random.seed(0) and has four policies without rng: "
            f"after attempt {attempt} {'all' if len(set(drawn)) == 1 else 'some'} of them wait alike",
            rule="a seed makes everything alike that draws from it, in every process that begins with it",
            ask="from which numbers does your policy draw, and who else has the same ones?",
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


def test_equal_seeds_give_equal_waits(unit):
    """Chance comes from rng alone: equal seeds give equal waits, here, elsewhere, whoever else draws."""
    with only_story(unit).process() as process:
        first = seeded(unit, process)
        again = {
            "made once more": seeded(unit, process),
            "with others in between": seeded(unit, process, others=True),
            "of a class whose generators are false, no keys and without a state": seeded(
                unit, process, rng=Chance("chance", process.rng(7, is_odd=True))
            ),
        }
        before = process.chance
        seeded(unit, process)
        is_as_before = process.chance == before
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
    odd = answered(process.run(callers(unit, *CALLERS).ask_one_after_the_other.later()), "a policy")
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
            (made(unit, process, "FixedRetry", max_attempts=most, delay=delay), most, delay)
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
            made(unit, process, "FixedRetry", max_attempts=5),
            made(unit, process, "ExponentialBackoff", jitter=False),
            made(unit, process, "ExponentialBackoff", rng=7),
        ]
        for pause_s in (0, 61, 4_000, 86_400, YEAR_S):
            process.wait(pause_s)
            for policy in policies:
                began_s = quiet.seconds
                answers = policy.answers([(4, error), (5, error), (1, error)])
                waits = policy.waits([1, 2])
                promise(
                    quiet.seconds == began_s,
                    saw=f"{policy.told}: to ask took {quiet.seconds - began_s:g} s",
                    rule="who is asked how long to wait says it; who waits is the engine",
                    ask="who waits, if the engine waits as well?",
                )
                promise(
                    answers == [True, False, True]
                    and ("rng" in policy.told or waits == policy.waits([1, 2])),
                    saw=f"{policy.told}, {pause_s:,} s later: after attempts 4, 5 and 1 another one? "
                    f"{', '.join(map(yes_or_no, answers))}",
                    rule="a policy knows the attempt and the error, and nothing of the day",
                    ask="what does your policy know beside what it is asked?",
                )


def drawn(policy, attempt, times):
    """Ask for the wait after the same attempt again and again."""
    return [policy.next_delay(attempt) for _ in range(times)]


def asked_once_and_gone(many):
    """Make a policy for each call, as a script does, and let it go before the next one is made."""
    import backoff

    def asked(policy):
        return policy.next_delay(12), policy.next_delay(12)

    return [asked(backoff.ExponentialBackoff()) for _ in range(many)]


def asked_side_by_side(many):
    """Make a policy for each agent, before any of them fails."""
    import backoff

    policies = [backoff.ExponentialBackoff() for _ in range(many)]
    return [(policy.next_delay(12), policy.next_delay(12)) for policy in policies]


def ask_one_after_the_other():
    """Make policies and errors that are gone when the next one is made: what was said of one of the first."""
    import backoff

    fixed, exponential, named = backoff.FixedRetry, backoff.ExponentialBackoff, (ConnectionError,)
    policy, error = fixed(3, retry_on=named), ConnectionError("down")
    for number in range(1, 31):
        kind = (ConnectionError, ValueError)[number % 2]
        found = {
            "FixedRetry(3, delay=N).next_delay(1)": (fixed(3, delay=number).next_delay(1), number),
            "FixedRetry(N).should_retry(7, ...)": (fixed(number).should_retry(7, error), number > 7),
            "FixedRetry(3, retry_on=...).should_retry(1, ...)": (
                fixed(3, retry_on=(kind,)).should_retry(1, error),
                number % 2 == 0,
            ),
            "ExponentialBackoff(base=N, jitter=False).next_delay(2)": (
                exponential(base=number, jitter=False).next_delay(2),
                2 * number,
            ),
            "ExponentialBackoff(N).should_retry(7, ...)": (
                exponential(number).should_retry(7, error),
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
        policy, other = kind(far), kind(3)
        questions = (policy, far - 1), (policy, far), (other, far)
        said.append([each.should_retry(attempt, error) for each, attempt in questions])
    return said


def wait_far():
    """Ask for the wait after an attempt whose number has more digits than Python writes."""
    import backoff

    kinds = backoff.FixedRetry(3), backoff.ExponentialBackoff(jitter=False), backoff.ExponentialBackoff()
    return [policy.next_delay(10**5_000) for policy in kinds]


def everything_asked(policy):
    """Ask whether and how long, up to the limit of three and beyond, about failures and an order."""

    class MuteReply(ConnectionError):
        def __str__(self):
            raise ValueError("this error has no text")

    errors = ConnectionError("down"), ValueError("wrong"), MuteReply("silent"), KeyboardInterrupt()
    attempts = 1, 2, 3, 4, 60
    return [
        [policy.should_retry(attempt, error) for attempt in attempts for error in errors],
        [policy.next_delay(attempt) for attempt in attempts],
    ]


def made_and_asked(is_strict):
    """Make policies and ask them; `is_strict`, where warnings are errors and all is logged."""
    import contextlib
    import decimal
    import logging
    import random
    import warnings

    import backoff

    def ask():
        names = Exception, KeyboardInterrupt
        policies = (
            backoff.FixedRetry(3, 1.23456789, names),
            backoff.ExponentialBackoff(3, 1.23456789, 60, False, names),
            backoff.ExponentialBackoff(3, 1.23456789, retry_on=names, rng=random.Random(7)),
        )
        return [[type(policy).__name__, *everything_asked(policy)] for policy in policies]

    if not is_strict:
        return ask()
    root, listener = logging.getLogger(), logging.NullHandler()
    level = root.level
    with contextlib.ExitStack() as stack:
        stack.enter_context(decimal.localcontext()).prec = 4
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error")
        stack.callback(root.setLevel, level)
        stack.callback(root.removeHandler, listener)
        root.addHandler(listener)
        root.setLevel(1)
        return ask()


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
    *(
        drawn,
        asked_once_and_gone,
        asked_side_by_side,
        ask_one_after_the_other,
        ask_far,
        wait_far,
        everything_asked,
    ),
    *(made_and_asked, asked_by_twenty, ask_about_every_error, known_errors, odd_errors),
)


def in_another_process(unit, process):
    """Whoever asks may compute as roughly, warn as strictly and log as much as it likes."""
    there = callers(unit, *CALLERS)
    plain, again, strict = (
        answered(process.run(there.made_and_asked.later(is_strict)), f"a policy that is asked{where}")
        for is_strict, where in (
            (False, ""),
            (False, ""),
            (True, " where warnings are errors, decimals have four digits and everything is logged"),
        )
    )
    for (kind, yes, waits), told_again, (_, yes_there, waits_there) in zip(plain, again, strict, strict=True):
        promise(
            yes == yes_there and (told_again[-1] != waits or same(waits_there, waits)),
            saw=f"{kind}: after attempts 1 to 3 it waits {waits[:3]} s, and {waits_there[:3]} s where "
            "warnings are errors, decimal.getcontext().prec is 4 and everything is logged",
            rule="a setting belongs to whoever asks, and says nothing about the question",
            ask="with whose settings does your line work?",
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
    everything = callers(unit, *CALLERS).everything_asked
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


def test_any_thread_may_ask(unit):
    """A policy is made in one thread and asked in another, and its answers are the same."""
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
            promise(
                policy.made.raised(ValueError),
                saw=f"{policy.told} {'was made' if policy.made.kind == 'returned' else policy.made}",
                rule="a promise is checked where it is given: there somebody looks",
                ask="when does whoever wrote this number learn that it means nothing?",
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
            policy = made(unit, process, kind, **given)
            answers = policy.answers([(1, process.error(FAILED, "refused"))])
            waits = policy.waits([1])
            promise(
                answers == [again] and same(waits, [wait]),
                saw=f"{policy.told}: another attempt? {yes_or_no(answers[0])}; the first wait: {waits[0]} s",
                rule="the smallest numbers that are allowed mean what they say",
                ask="which number or tuple of these does your code take for 'not given'?",
            )
