"""What is checked for ex34: an engine that asks its policy, and waits without holding anybody up."""

from dataclasses import dataclass

from halfway.kit import (
    BESIDE,
    CANCEL,
    LIVES_ON,
    QUIET_END,
    REFUSED,
    AsRaised,
    NeverAwaited,
    OddObject,
    Port,
    UndecidedObject,
    callers,
    known_errors,
    numbers_of,
    odd_errors,
    ports,
    promise,
    promise_under,
    takes_time,
)

WITHOUT = {
    "asked at any time": "nothing in this unit only reads",
    "between two lines": "no clock is read, and a run looks at nothing that others change",
    "clocks of their own": "no clock is handed in: the loop is the clock of whoever waits on it",
    "elsewhere": "nothing is made of the machine",
    "values of the domain": "arguments are handed through to the function, and nothing is made of them",
}

DAY_S = 86_400.0
WAIT_S = 45.5

FAILS_OR_STOPS = {CANCEL, REFUSED}
"""For stories that ask whether an attempt failed; others ask which error it was."""


class Phone(ports.Phone):
    """The on-call phone. Actions ring it; an engine never sees it."""

    for_callers = True
    raises = (*ports.Phone.raises, ValueError)
    ways = ports.writes(
        "the call", "it rings", "it rang", lost=(TimeoutError,), undeclared=(ValueError, None)
    )

    def __init__(self, story, takes_s=2.0):
        super().__init__(story)
        self.takes_s = takes_s
        self.began, self.ended, self.notes = [], [], []

    @takes_time
    def ring(self, alert: str):
        self.began.append(self.world.seconds)
        self.called.append(alert)
        try:
            return (
                yield from self.request(
                    "ring", self.ways, lambda: self.answer(alert), after_s=self.takes_s - 1.0
                )
            )
        finally:
            self.ended.append(self.world.seconds)

    def answer(self, alert):
        self.rings(alert)
        return f"receipt for {alert}"

    def note(self, what: str):
        self.notes.append(what)


class RetryPolicy(Port):
    """Says yes up to `yes` attempts, gives `waits` in turn, and keeps every question."""

    serves = frozenset(("next_delay", "should_retry"))
    serves_callers = frozenset(("passed",))

    def __init__(self, story, yes=2, waits=(WAIT_S,)):
        super().__init__(story)
        self.yes, self.waits = yes, waits
        self.asked, self.passes = [], 0

    def should_retry(self, attempt: int, error: str):
        self.asked.append(("whether", attempt, error))
        self.tell("yes" if attempt < self.yes else "no")
        return attempt < self.yes

    def next_delay(self, attempt: int):
        self.asked.append(("how long", attempt))
        return self.waits[(attempt - 1) % len(self.waits)]

    def passed(self, number: int):
        self.passes += 1
        self.tell(f"pass {number} at its gate")


# ---- code of callers: it runs beside the engine, and tells the ports what it sees


class Ringing:
    """An action's function: it rings the phone, and keeps what came of the last attempt."""

    def __init__(self, phone):
        self.phone, self.last, self.gate = phone, None, None

    async def __call__(self, alert):
        if self.gate is not None and not self.gate.is_inside:
            self.phone.note("rings for an attempt that is not inside the gate")
        try:
            self.last = await self.phone.ring(alert)
        except Exception as error:
            self.last = error
            raise
        return self.last


class Policy(OddObject):
    """A policy of somebody's own: what else it has means something else."""

    __slots__ = ("policy", "work")
    max_attempts, attempts, delay, retry_on = 1, 1, 0.0, ()

    def __init__(self, policy, work):
        self.policy, self.work = policy, work

    def should_retry(self, attempt, error):
        told = f"{type(error).__name__}: {error}"
        return self.policy.should_retry(attempt, told if error is self.work.last else f"another {told}")

    def next_delay(self, attempt):
        return self.policy.next_delay(attempt)


class Rejected(Exception):
    """The gate is shut."""


class Gate(Policy):
    """The same, and in front of every attempt; of these passes it rejects some."""

    def __init__(self, policy, work, rejects):
        super().__init__(policy, work)
        self.rejects, self.passes, self.is_inside = rejects, 0, False
        work.gate = self

    async def call(self, operation):
        self.passes += 1
        self.policy.passed(self.passes)
        if self.passes in self.rejects:
            self.work.last = Rejected(f"pass {self.passes}")
            raise self.work.last
        self.is_inside = True
        try:
            return await operation()
        finally:
            self.is_inside = False


async def run_action(phone, policy, alert, rejects=None):
    """Run an action that rings for this alert, under this policy or number."""
    import engine

    work = Ringing(phone)
    retry = policy
    if not isinstance(policy, int):
        retry = Policy(policy, work) if rejects is None else Gate(policy, work, rejects)
    act = engine.action(retry=retry)(work)
    try:
        result = await engine.TaskEngine().execute_with_retry(act, alert)
    except Exception as error:
        if error is not work.last:
            phone.note("the caller gets another error than the last attempt raised")
        raise
    if result is not work.last:
        phone.note("the caller gets another result than the last attempt gave")
    return result


class StubbornPolicy:
    """A policy that says yes up to `yes` attempts, and keeps what it is asked; it may fail at a question."""

    def __init__(self, yes, wait=1.0, whether=None, how_long=None):
        self.yes, self.wait, self.whether, self.how_long = yes, wait, whether, how_long
        self.asked, self.asked_how_long = [], []

    def should_retry(self, attempt, error):
        self.asked.append(attempt)
        if self.whether is not None:
            raise self.whether
        return attempt < self.yes

    def next_delay(self, attempt):
        self.asked_how_long.append(attempt)
        if self.how_long is not None:
            raise self.how_long
        return self.wait


class OpenGate(StubbornPolicy):
    """A gate that lets everybody through, or translates what fails behind it."""

    translates = None

    async def call(self, operation):
        try:
            return await operation()
        except OSError as error:
            raise (self.translates or error) from None


class Failing(OddObject):
    """A function that fails each time, with the same error, and counts its calls."""

    __slots__ = ("calls", "error")

    def __init__(self, error):
        self.error, self.calls = error, 0

    def __call__(self, *args):
        self.calls += 1
        # Each time as if it were new: a trace of all its times is too long for a page's Python to let go.
        raise self.error.with_traceback(None)


async def ended(act, *args):
    """How a run of this action ends: ("gave", result) or ("raised", error), whatever it raises."""
    import engine

    try:
        return "gave", await engine.TaskEngine().execute_with_retry(act, *args)
    except BaseException as error:
        return "raised", error


def policy_of(retry, is_named):
    """What a number becomes, which may have a name: whether it is a FixedRetry, and with which limits."""
    import enum

    import engine

    if is_named:
        retry = enum.IntEnum("Times", {"SO_MANY": retry}).SO_MANY
    made = engine.action()(ended) if retry is None else engine.action(retry=retry)(ended)
    policy = made.policy
    return {
        "a FixedRetry": isinstance(policy, engine.FixedRetry),
        "attempts": int(getattr(policy, "max_attempts", 0)),
        "seconds between": getattr(policy, "delay", 0.0),
        "the function that was given": made.func is ended,
    }


def policies_of(numbers):
    """What each of these numbers becomes, as it is and as one that has a name; None has none."""
    return [
        (is_named, retry, policy_of(retry, is_named))
        for retry in numbers
        for is_named in (False, True)
        if retry is not None or not is_named
    ]


class Later:
    """Something to await that is no coroutine and no Future; what it does it does when it is awaited."""

    def __init__(self, work):
        self.work = work

    def __await__(self):
        import asyncio

        yield from asyncio.sleep(1).__await__()
        return self.work()


def giving(kind, work):
    """A function of this kind that does this work, and gives what that gives."""
    import asyncio
    import types

    async def function(*args):
        return work()

    @types.coroutine
    def generator(*args):
        yield from asyncio.sleep(1).__await__()
        return work()

    return {
        "a coroutine function": function,
        "a coroutine written as a generator": generator,
        "a plain function": lambda *args: work(),
        "a function that gives a Future": lambda *args: asyncio.ensure_future(asyncio.sleep(1, work())),
        "a function that gives an object to await": lambda *args: Later(work),
    }[kind]


async def give_everything(kind, gated):
    """Results of every sort, given at once or awaited; says what became of each that is not as it was."""
    import asyncio

    import engine

    values = [None, 0, False, "", [], {}, "receipt", object(), ValueError("as a result")]
    values += [OddObject(), UndecidedObject()]
    if kind != "a plain function":
        job = asyncio.get_running_loop().create_future()
        job.set_result("what the job gave")
        values += [job, Later(str)]
    wrong = []
    for value in values:
        for policy in (OpenGate(3),) if gated else (engine.FixedRetry(3), engine.FixedRetry(1, 0.0)):
            function = giving(kind, lambda value=value: value)
            how, came = await ended(engine.Action(function, policy))
            if how != "gave" or came is not value:
                is_plain = type(value).__repr__ is not object.__repr__ and not asyncio.isfuture(value)
                told = repr(value) if is_plain else "a Future" if asyncio.isfuture(value) else "an object"
                what = repr(came) if type(came) is type(value) and is_plain else type(came).__name__
                where = "behind a gate, " if gated else ""
                wrong.append(f"{kind}: {where}an attempt gives {told}, and the run {how} {what}")
    return wrong


def noting(kind, errors, seen):
    """A function of this kind that notes what it is called with, and raises these errors one by one."""

    def plain(*args):
        seen.append(args)
        error = errors[min(len(seen), len(errors)) - 1]
        if error.__cause__ is None:
            raise error
        try:
            raise error.__cause__.with_traceback(None)
        except OSError as cause:
            raise error from cause

    async def coroutine(*args):
        return plain(*args)

    return plain if kind == "a plain function" else coroutine


def errors_of_every_sort(cause):
    """A new error of each sort, by its name; each comes of this cause, or of none."""
    classes = (ValueError, TypeError, KeyError, AssertionError, RuntimeError, OSError, Warning)
    errors = {known.__name__: known("as any") for known in classes} | odd_errors()
    errors |= {
        "TimeoutError": TimeoutError("no reply"),
        "an ExceptionGroup": ExceptionGroup("two", [OSError()]),
    }
    for error in errors.values():
        if cause is not None:
            error.__cause__ = cause
    return errors


def another_end(how, came, raised):
    """How a run ended that should have raised this very error, in words; "" if it did.

    Its context is its cause, or it has neither.
    """
    if how != "raised":
        return f"gave {type(came).__name__}, not that error"
    if raised.change(came):
        return f"raised {raised.change(came)}"
    if came.__context__ is came.__cause__:
        return ""
    other = "a context" if came.__cause__ is None else f"another context than {came.__cause__!r}"
    return f"raised that error with {other}, {came.__context__!r}"


async def ended_in_an_except_block(act, *args):
    """How a run ends that is awaited where somebody handles an error of their own."""
    try:
        raise LookupError("what the caller handles")
    except LookupError:
        return await ended(act, *args)


def hearing_policy(heard, is_gate):
    """Two attempts, half a second apart; it keeps the errors it is asked about. A gate lets all through."""
    import engine

    class Hearing(engine.FixedRetry):
        def should_retry(self, attempt, error):
            heard.append(error)
            return super().should_retry(attempt, error)

    class HearingGate(Hearing):
        async def call(self, operation):
            return await operation()

    return (HearingGate if is_gate else Hearing)(2, 0.5)


def on_another_way(seen, heard, errors, alert, passed):
    """What was otherwise on the way through two attempts that raised these errors; "" if nothing was."""
    if len(seen) != 2 or any(len(args) != 1 or args[0] is not alert for args in seen):
        times = "once" if len(seen) == 1 else f"{len(seen)} times"
        return f", and was called {times} with {seen}, not twice with one list"
    if [id(each) for each in heard] != [id(each) for each in errors]:
        asked = [type(each).__name__ for each in heard]
        return f", and the policy was asked about another error: {asked}"
    if passed != 0.5:
        return f"; the policy says to wait 0.5 s, and the wait took {passed:g} s"
    return ""


async def raise_everything(kind, where=""):
    """Errors of every sort, raised at once or awaited; says what became of each that is not as it was.

    They have no cause, and nobody handles another error; or each has one, and so has its caller. A few
    are raised twice, as the very object that they are.
    """
    import asyncio

    import engine

    wrong, now = [], asyncio.get_running_loop().time
    who = f"{kind}, {where}," if where else kind
    for cause, twice in ((None, False), (OSError("the line"), False), (None, True)):
        run, then = (ended, ", twice that very object, and the run" if twice else ", and the run")
        if cause is not None:
            run, then = ended_in_an_except_block, " from its cause, and the run, awaited in an except block,"
        firsts, lasts = errors_of_every_sort(cause), errors_of_every_sort(cause)
        for name, last in list(lasts.items())[: 3 if twice else None]:
            raised, errors, seen, heard = AsRaised(last), [last if twice else firsts[name], last], [], []
            act = engine.Action(noting(kind, errors, seen), hearing_policy(heard, bool(where)))
            alert, began = ["disk-7"], now()
            what = another_end(*await run(act, alert), raised)
            passed = round(now() - began, 6)
            other = f"{then} {what}" if what else on_another_way(seen, heard, errors, alert, passed)
            if other:
                wrong.append(f"{who} raises {name}{other}")
    return wrong


async def count_together(runs, attempts):
    """Runs of one action at the same time, then a cancelled one, then one more: the calls of each part."""
    import asyncio

    import engine

    work, engine_of_all = Failing(ConnectionError("down")), engine.TaskEngine()
    act = engine.Action(work, engine.FixedRetry(attempts, 2.0))
    counted = []
    for _ in range(2):
        together = [engine_of_all.execute_with_retry(act, ["disk-7"]) for _ in range(runs)]
        await asyncio.gather(*together, return_exceptions=True)
        counted.append(work.calls)
        work.calls = 0
        stopped = asyncio.ensure_future(engine_of_all.execute_with_retry(act, ["disk-7"]))
        await asyncio.sleep(0)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        work.calls = 0
    return dict(zip(("calls of the first three", "of the last three"), counted, strict=True))


async def run_inside(attempts):
    """An action that runs another one in each of its attempts: how many attempts it makes."""
    import contextlib

    import engine

    engine_of_both, inner = engine.TaskEngine(), engine.Action(lambda: "inner", engine.FixedRetry(1))
    policy, calls = engine.FixedRetry(attempts, 0.5), 0

    async def outer():
        nonlocal calls
        calls += 1
        await engine_of_both.execute_with_retry(inner)
        if calls <= 2 * attempts:
            raise ConnectionError("down")

    with contextlib.suppress(ConnectionError):
        await engine_of_both.execute_with_retry(engine.Action(outer, policy))
    return calls


async def insist(attempts, which):
    """A policy that says yes so often, at once: calls made, turns that somebody else got, seconds passed."""
    import asyncio

    import engine

    class Patient(engine.FixedRetry):
        def should_retry(self, attempt, error):
            return attempt < attempts

        def next_delay(self, attempt):
            return 0

    turns = 0

    async def heart():
        nonlocal turns
        while turns < 3 * attempts:
            turns += 1
            await asyncio.sleep(0)

    work, policy = Failing(ConnectionError("down")), StubbornPolicy(attempts, 0)
    if which == "a policy built on FixedRetry":
        policy = Patient(2, 3.0)
    elif which == "a FixedRetry that was given":
        answers, policy = policy, engine.FixedRetry(2, 3.0)
        policy.should_retry, policy.next_delay = answers.should_retry, answers.next_delay
    beside = asyncio.ensure_future(heart())
    began = asyncio.get_running_loop().time()
    try:
        await ended(engine.action(retry=policy)(work))
    finally:
        beside.cancel()
    passed = round(asyncio.get_running_loop().time() - began, 3)
    return {"calls": work.calls, "turns of others": turns, "seconds": passed}


async def end_at_once(kind):
    """What is no failure: the calls made, and whether it came as it was and nobody was asked."""
    import asyncio

    import engine

    class Halt(BaseException):
        """Somebody's own order to stop."""

    kinds = {
        "an error built on BaseException": Halt("stop"),
        "SystemExit": SystemExit(3),
        "KeyboardInterrupt": KeyboardInterrupt("ctrl-c"),
        "GeneratorExit": GeneratorExit("closed"),
        "a group with an order to stop in it": BaseExceptionGroup("two", [Halt("stop"), OSError()]),
        "a CancelledError that nobody sent": asyncio.CancelledError("from inside"),
    }
    work, policy = Failing(kinds[kind]), StubbornPolicy(3, 1.0)
    how, came = await ended(engine.action(retry=policy)(work))
    return {
        "calls": work.calls,
        "questions to the policy": len(policy.asked),
        "the caller gets it as it is": how == "raised" and came is work.error,
    }


async def ask_a_broken(question):
    """A policy that fails when it is asked: calls, questions, and the errors that came otherwise."""
    import engine

    class Halt(BaseException):
        """Somebody's own order to stop."""

    calls, whether, how_long, others = [], [], [], []
    named_here = [one for one in known_errors(engine, question) if not isinstance(one, StopIteration)]
    errors = {type(one).__name__: one for one in named_here} | {"an order to stop": Halt("stop")}
    for named, broken in (errors | odd_errors()).items():
        work, policy = Failing(ConnectionError("down")), StubbornPolicy(3, 1.0, **{question: broken})
        raised = AsRaised(broken)
        how, came = await ended(engine.action(retry=policy)(work))
        calls.append(work.calls)
        whether.append(len(policy.asked))
        how_long.append(len(policy.asked_how_long))
        if how != "raised" or raised.change(came):
            others.append(f"{named} came as {raised.change(came)}")
    return {
        "calls": max(calls),
        "times it is asked whether": max(whether),
        "how long": max(how_long),
        "errors that came as another one": others,
    }


async def answer_a_cancel(answer):
    """An attempt that is cancelled and answers with this: calls, questions, and how the run ended."""
    import asyncio

    import engine

    policy, calls = StubbornPolicy(3), 0

    async def stubborn():
        nonlocal calls
        calls += 1
        try:
            await asyncio.sleep(60 if calls == 1 else 1)
        except asyncio.CancelledError:
            if answer == "an error":
                raise ConnectionError("hung up") from None
            return "what there was"
        return "a receipt"

    run = asyncio.ensure_future(ended(engine.Action(stubborn, policy)))
    await asyncio.sleep(1)
    run.cancel()
    how, came = await run
    return {
        "calls": calls,
        "questions to the policy": len(policy.asked),
        "the run": f"{how} {came!r}",
        "cancels that its task knows of": run.cancelling(),
    }


async def cancel_unheard(wait):
    """A function that is cancelled when it has nothing more to wait for, and fails: calls, and the end.

    Without a wait it succeeds; with a wait of less than 0, that failure is the last one.
    """
    import asyncio

    import engine

    calls, ends = 0, []

    def ring():
        nonlocal calls
        calls += 1
        asyncio.current_task().cancel()
        if wait is None:
            return "a receipt"
        raise ConnectionError("down")

    async def caller():
        yes = 1 if wait is not None and wait < 0 else 9
        how, came = await ended(engine.Action(ring, StubbornPolicy(yes, wait)))
        ends.append(f"{how} {type(came).__name__}" if how == "raised" else f"{how} {came}")

    await asyncio.wait([asyncio.ensure_future(caller())])
    return {"calls": calls, "the run": " ".join(ends) or "has no end"}


async def set_for_the_task(kind, where=""):
    """A function that sets something for its task in each of two attempts, the first of which fails.

    Says whether they were in the caller's task, and what each attempt and then the caller find set.
    """
    import asyncio
    import contextvars

    import engine

    alert, found, tasks = contextvars.ContextVar("alert"), [], []
    alert.set("nothing")

    def ring():
        found.append(alert.get())
        alert.set(f"attempt {len(found)}")
        tasks.append(asyncio.current_task())
        if len(found) == 1:
            raise ConnectionError("down")

    await ended(engine.Action(giving(kind, ring), OpenGate(2) if where else StubbornPolicy(2)))
    return {
        "the attempts are in their caller's task": set(tasks) == {asyncio.current_task()},
        "each attempt and then the caller find": [*found, alert.get()],
    }


async def translate(attempts):
    """A gate that raises an error of its own for what failed behind it: who hears of which error."""
    import engine

    class Away(LookupError):
        """The service is away."""

    work, gate = Failing(ConnectionError("down")), OpenGate(attempts)
    gate.translates, heard = Away("away"), []

    def should_retry(attempt, error):
        heard.append(type(error).__name__)
        return attempt < attempts

    gate.should_retry = should_retry
    how, came = await ended(engine.action(retry=gate)(work))
    return {"calls": work.calls, "the policy hears of": heard, "the run": f"{how} {type(came).__name__}"}


class Flaky(OddObject):
    """A function that takes a second; it fails so many times, and then gives the time."""

    __slots__ = ("calls", "failures")

    def __init__(self, failures=1):
        self.calls, self.failures = 0, failures

    async def __call__(self):
        import asyncio

        self.calls += 1
        fails = self.calls <= self.failures
        await asyncio.sleep(1)
        if fails:
            raise ConnectionError("down")
        return asyncio.get_running_loop().time()


async def wait_many(runs, wait_s):
    """So many runs of one action fail and wait; when one more of it is done, and when the last of them is."""
    import asyncio

    import engine

    loop = asyncio.get_running_loop()
    engine_of_all, act = engine.TaskEngine(), engine.Action(Flaky(runs), StubbornPolicy(2, wait_s))

    async def heart(beats):
        for _ in range(3):
            await asyncio.sleep(1)
            beats.append(round(loop.time(), 3))

    beats = []
    waiting = [engine_of_all.execute_with_retry(act) for _ in range(runs)]
    together = asyncio.gather(*waiting, return_exceptions=True)
    beside = asyncio.ensure_future(heart(beats))
    await asyncio.sleep(0.5)
    one_more = await engine_of_all.execute_with_retry(act)
    ends = await together
    await beside
    rang = sorted(round(end, 3) for end in ends if isinstance(end, float))
    return {
        "the other one rings at": round(one_more, 3),
        "somebody wakes up at": beats,
        "of those who waited there ring": len(rang),
        "the first of them at": rang[0] if rang else None,
        "the last at": rang[-1] if rang else None,
    }


async def serve(engine_of_all, runs):
    """So many runs of one engine fail once and wait a second: how many of them end well."""
    import asyncio

    import engine

    policy = engine.FixedRetry(2, 1.0)
    together = [engine_of_all.execute_with_retry(engine.Action(Flaky(), policy)) for _ in range(runs)]
    ends = await asyncio.gather(*together, return_exceptions=True)
    return len([end for end in ends if isinstance(end, float)])


async def within(seconds, phone, policy, alert):
    """Run an action within a limit of time, and say how this ends."""
    import asyncio

    loop = asyncio.get_running_loop()
    began, how = loop.time(), "no error"
    try:
        async with asyncio.timeout(seconds):
            await run_action(phone, policy, alert)
    except Exception as error:
        how = type(error).__name__
    return f"{how} after {loop.time() - began:g} s"


class ShutGate(StubbornPolicy):
    """A gate that lets nobody through."""

    passes = 0

    async def call(self, operation):
        self.passes += 1
        raise Rejected("shut")


class OurGate(ShutGate):
    """A class built on a gate's, which brings nothing of its own."""


class CountedGate(ShutGate):
    """A gate whose `call` is decorated: a plain function, which gives what to await."""

    def call(self, operation):
        return super().call(operation)


async def knock(which):
    """A gate that is shut, before a function that acts when it is called: its calls, and the passes."""
    import engine

    shut = gate = {
        "a class built on a gate's": OurGate,
        "a gate whose `call` is a plain function that gives a coroutine": CountedGate,
    }.get(which, ShutGate)(3)
    if which == "a policy that was given its `call` later":
        gate = StubbornPolicy(3)
        gate.call = shut.call
    work = Failing(ConnectionError("down"))
    is_plain = which == "a gate in an Action made by hand"
    await ended(engine.Action(work, gate) if is_plain else engine.action(retry=gate)(work))
    return {"calls of the function": work.calls, "passes at the gate": shut.passes}


class Changeable:
    """A function that fails at once the first time, and then gives a value: at once, or to be awaited."""

    def __init__(self, value, is_later):
        self.value, self.is_later, self.calls = value, is_later, 0

    def __call__(self):
        self.calls += 1
        if self.calls < 2:
            raise ConnectionError("down")
        return self.give() if self.is_later else self.value

    async def give(self):
        return self.value


async def run_in_crowds():
    """Many runs, whose actions are gone when the next many begin: the first that went as if it were another.

    What is new is then where Python kept what is gone. Functions give a value at once, or to be awaited;
    policies are gates, or none.
    """
    import asyncio

    import engine

    async def call(operation):
        passes.append(1)
        return await operation()

    def made(value):
        act = engine.Action(Changeable(value, is_later), StubbornPolicy(2))
        if is_gate:
            act.policy.call = call
        return act

    engine_of_all, many = engine.TaskEngine(), 40
    for crowd, (is_gate, is_later) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1), (0, 0)]):
        passes, wanted = [], [f"{crowd}.{number}" for number in range(many)]
        runs = [engine_of_all.execute_with_retry(made(value)) for value in wanted]
        ends = await asyncio.gather(*runs, return_exceptions=True)
        kind = f"{'a gate' if is_gate else 'no gate'}, a value {'to be awaited' if is_later else 'at once'}"
        for value, end in zip(wanted, ends, strict=True):
            if end != value:
                told = repr(end) if type(end) is str else type(end).__name__
                return {f"one of the next ({kind}), for {value!r}": told}
        if len(passes) != 2 * many * is_gate:
            return {f"passes at the gate of the next {many} ({kind})": len(passes)}
        del runs
    return {}


async def pass_slowly():
    """A gate that takes its time before and after what it lets through: how long each wait is."""
    import asyncio

    import engine

    class SlowGate(StubbornPolicy):
        """Three seconds before, and five after."""

        async def call(self, operation):
            times.append(now())
            await asyncio.sleep(3)
            try:
                return await operation()
            finally:
                await asyncio.sleep(5)
                times.append(now())

    times, now = [], asyncio.get_running_loop().time
    await ended(engine.Action(Failing(ConnectionError("down")), SlowGate(3, 2.0)))
    waits = [round(began - end, 6) for end, began in zip(times[1::2], times[2::2], strict=False)]
    return {"seconds between the end of a pass and the beginning of the next": waits}


async def become_a_gate():
    """A policy that is no gate in one run, a gate in the next, and none in a third: the passes of each."""
    import contextlib

    import engine

    engine_of_all, policy, shut = engine.TaskEngine(), StubbornPolicy(3), ShutGate(3)
    act, passes = engine.Action(Failing(ConnectionError("down")), policy), []
    for is_gate in (False, True, False):
        if is_gate:
            policy.call = shut.call
        else:
            vars(policy).pop("call", None)
        shut.passes = 0
        with contextlib.suppress(Exception):
            await engine_of_all.execute_with_retry(act)
        passes.append(shut.passes)
    return {"passes at the gate in each run": passes}


async def run_and_let_go(engine_of_all, policy, marks):
    """A run whose function fails once: what it was about, held weakly; adds marks on what was handed in."""
    import contextlib
    import weakref

    import engine

    class Alert:
        """What a run is about."""

    class Down(ConnectionError):
        """What an attempt raises."""

    alert, error, calls, known = Alert(), Down("down"), [], {"passes", *vars(policy)}

    async def ring(given):
        calls.append(given)
        if len(calls) == 1:
            raise error
        return "rang"

    act = engine.Action(ring, policy)
    with contextlib.suppress(Down, Rejected):
        await engine_of_all.execute_with_retry(act, alert)
    marks += [f"the function's {name}" for name in vars(ring)]
    marks += [f"the policy's {name}" for name in vars(policy) if name not in known]
    return {"what it was called with": weakref.ref(alert), "the error": weakref.ref(error)}


async def look_back(at_a_gate):
    """An engine lives on after its runs: what of them is still there, and what still goes on."""
    import asyncio
    import gc

    import engine

    engine_of_all, tasks, marks = engine.TaskEngine(), asyncio.all_tasks(), []
    policies = {"went well": engine.FixedRetry(2, 1.0), "failed": engine.FixedRetry(1)}
    if at_a_gate:
        policies = {"was rejected": ShutGate(2)}
    with NeverAwaited() as never_awaited:
        held = {name: await run_and_let_go(engine_of_all, policy, marks) for name, policy in policies.items()}
        await asyncio.sleep(0)
        going_on = len(asyncio.all_tasks() - tasks)
        gc.collect(1)
        if any(ref() is not None for refs in held.values() for ref in refs.values()):
            gc.collect()
    found = {
        "still there": [
            f"{what} of the run that {name}"
            for name, refs in held.items()
            for what, ref in refs.items()
            if ref() is not None
        ],
        "marks on what was handed in": marks,
        "tasks that go on": going_on,
        "coroutines that nobody awaited": never_awaited.names,
    }
    return {what: value for what, value in found.items() if value}


CALLERS = (
    OddObject, Ringing, Policy, Rejected, Gate, StubbornPolicy, OpenGate, ShutGate, Failing, Flaky, Later,
    ended, giving, noting, errors_of_every_sort, run_action, policy_of, policies_of, give_everything,
    another_end, ended_in_an_except_block,
    hearing_policy, on_another_way, raise_everything, count_together, AsRaised,
    run_inside, insist, answer_a_cancel, cancel_unheard, set_for_the_task, translate, end_at_once,
    ask_a_broken, wait_many, serve, within, knock, OurGate, CountedGate, Changeable, run_in_crowds,
    pass_slowly, become_a_gate, run_and_let_go,
    look_back, odd_errors, known_errors, NeverAwaited, UndecidedObject,
)  # fmt: skip


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give what it tells."""
    with story.process() as process:
        return process.run(getattr(callers(unit, *CALLERS), name).later(*given))


def asked(unit, story, *, name, given=()):
    """A caller's function runs, and nothing else."""
    return ask(unit, story, name, *given)


def said(end):
    """What a caller tells, in words; how its call ended, if it tells nothing."""
    return in_words(end.value if end.kind == "returned" else {"the run": end})


def in_words(told):
    """What a caller tells, by what it is about, in words."""
    return ", ".join(f"{what}: {value}" for what, value in told.items())


def failing(attempts):
    """How many attempts fail, in words."""
    return {0: "no attempt fails", 1: "the first attempt fails"}.get(attempts, f"{attempts} attempts fail")


def between(gaps):
    """The waits between calls, in words; of one call there are none."""
    return f", seconds between the end of one and the next: {in_s(gaps)}" if gaps else ""


def in_s(seconds):
    """Waits, as a list of seconds; those that are whole have no fraction."""
    return ", ".join(f"{each:,.15g}" for each in seconds) or "none"


# ---- what the engine did before, and still does


def test_a_number_counts_attempts_a_second_apart(unit, story):
    """retry=3 still means three attempts, a second apart; 0, 1 and no number mean one attempt."""
    end = ask(unit, story, "policies_of", [None, 0, 1, 2, 3, 7])
    promise(
        end.kind == "returned",
        saw=f"actions are made with the numbers 0, 1, 2, 3 and 7, and with none: {end}",
        rule="a number n has one meaning: FixedRetry(max_attempts=n), with its usual delay",
        ask="which policy do your callers' numbers stand for?",
    )
    for is_named, retry, policy in end.value:
        promise(
            list(policy.values()) == [True, max(1, retry or 0), 1.0, True],
            saw=(f"action(retry={retry})" if retry is not None else "action()")
            + (", the number a member of an IntEnum" if is_named else "")
            + f": {in_words(policy)}",
            rule="an int is a number, whatever class it is built with, and means FixedRetry(max_attempts=n)",
            ask="how do you know a number, what else is one, and which policy does it stand for?",
        )
    for retry, fails in ((3, 3), (3, 2), (3, 0), (1, 1), (0, 1), (7, 6)):
        phone, attempts = Phone(story), max(1, retry)
        phone.will_fail("ring", *["the request is lost"] * fails)
        end = ask(unit, story, "run_action", phone, retry, "disk-7")
        calls = min(fails + 1, attempts)
        gaps = [round(b - e, 6) for b, e in zip(phone.began[1:], phone.ended, strict=False)]
        promise(
            len(phone.began) == calls and gaps == [1.0] * (calls - 1),
            saw=f"action(retry={retry}), and {failing(fails)}: the run {end}; "
            f"calls: {len(phone.began)}{between(gaps)}",
            rule="a number keeps the meaning that it had: attempts, the first one counted",
            ask="what did the number count before, and what does it count now?",
            story=story,
        )


KINDS = (
    "a coroutine function",
    "a plain function",
    "a coroutine written as a generator",
    "a function that gives a Future",
    "a function that gives an object to await",
)


def test_any_function_makes_an_action(unit, story):
    """A plain function, a coroutine function, a callable that gives a Future: each result comes as it is."""
    for kind in KINDS:
        end = ask(unit, story, "give_everything", kind, False)
        promise(
            end.value == [],
            saw=(end.value or [str(end)])[0] if end.kind == "returned" else f"{kind}: the run {end}",
            rule="a result is a result, whatever it is, and whoever gives it",
            ask="what does your engine do with what the function gives, and what if it is None?",
        )


def test_an_error_arrives_as_it_came(unit, story):
    """When the last attempt fails, the caller gets its very error: nothing around it, nothing added to it."""
    for kind, *where in ((KINDS[0],), (KINDS[1],), (KINDS[0], "behind a gate")):
        end = ask(unit, story, "raise_everything", kind, *where)
        promise(
            end.value == [],
            saw=(end.value or [str(end)])[0] if end.kind == "returned" else f"{kind}: the run {end}",
            rule="callers catch what the function raises, and read what it says",
            ask="which of your callers' except clauses still fit, and who else holds this error?",
        )


def test_runs_of_one_action_count_for_themselves(unit, story):
    """Runs of one action, side by side and one after the other, each have all of their attempts."""
    end = ask(unit, story, "count_together", 3, 3)
    promise(
        end.kind == "returned" and list(end.value.values()) == [9, 9],
        saw="an action of FixedRetry(3, 2.0) fails each time; three runs of it at once, then one that is "
        f"cancelled, and three again; {said(end)}",
        rule="what is counted for a run lives in the run",
        ask="whose attempt does your counter number, and when does it begin anew?",
        story=story,
    )
    end = ask(unit, story, "run_inside", 3)
    promise(
        end.value == 3,
        saw="an action runs another one in each of its attempts, and fails; its policy allows three attempts"
        f"; attempts: {end.value}"
        if end.kind == "returned"
        else f"an action runs another one in each of its attempts: the run {end}",
        rule="what is counted for a run lives in the run",
        ask="what does the run inside leave of the number outside?",
        story=story,
    )


def test_one_engine_serves_one_loop_after_another(unit, story):
    """An engine that is made before there is an event loop serves one loop after another."""
    with story.process() as process:
        call = callers(unit, *CALLERS).serve.later(unit.TaskEngine(), 12)
        ends = process.run(call), process.again(call, in_a_new_loop=True)
    for end, which in zip(ends, ("in one event loop", "in the next one"), strict=True):
        promise(
            end.value == 12,
            saw=f"an engine is made where no loop runs; {which}, twelve runs fail once and wait a second; "
            f"of these there end well: {end.value if end.kind == 'returned' else end}",
            rule="an engine belongs to no event loop",
            ask="what does your engine make or keep that belongs to one loop?",
            story=story,
        )


# ---- whether


@dataclass
class Run:
    """One run of an action whose policy says yes to a second attempt."""

    end: object
    began: list
    ended: list
    errors: list
    asked: list
    notes: list
    passes: int
    alert: str
    other: str
    changed: list
    again: object = None
    again_asked: list = ()
    was_killed: bool = False

    @property
    def saw(self):
        errors = f"the phone: {', then '.join(self.errors)}; " if self.errors else ""
        return f"{errors}the run {self.end}"

    @property
    def expected(self):
        """The questions after these failures, in their order."""
        questions = []
        for attempt, error in enumerate(self.errors, 1):
            questions.append(("whether", attempt, error))
            if attempt < 2:
                questions.append(("how long", attempt))
        return questions


def told(asked):
    """Questions to a policy, in words."""
    words = {"whether": "whether another attempt follows number", "how long": "how long to wait after number"}
    return "; ".join(f"{words[q]} {n}" + (f" ({e[0]})" if e else "") for q, n, *e in asked) or "nothing"


def a_run(unit, story, *, gate=False, number=None):
    """One run of an action that rings; its policy allows a second attempt after 45.5 s."""
    phone, policy = Phone(story), RetryPolicy(story)
    alert, other, gated = story.name("disk-7"), story.name("api-1"), ((),) if gate else ()
    with story.process(settings=True) as process:
        run_action = callers(unit, *CALLERS).run_action
        end = process.run(run_action.later(phone, number or policy, alert, *gated))
        seen = Run(
            end,
            list(phone.began),
            list(phone.ended),
            list(phone.errors.get("ring", ())),
            list(policy.asked),
            list(phone.notes),
            policy.passes,
            alert,
            other,
            process.changed,
        )
        if not process.crashed:
            seen.again = process.again(run_action.later(phone, policy, other))
            seen.again_asked = policy.asked[len(seen.asked) :]
    seen.was_killed = process.crashed
    return seen


def test_the_policy_decides_whether(unit, every_story):
    """After each failed attempt the policy is asked once, with its number and its error, and obeyed."""
    for story in every_story(a_run):
        run, stopped = story.seen, story.seen.was_killed or story.cancelled
        whether = [question for question in run.asked if question[0] == "whether"]
        expected = [question for question in run.expected if question[0] == "whether"]
        promise(
            whether == (expected[: len(whether)] if stopped else expected),
            saw=f"{run.saw}; the policy was asked {told(whether)}",
            rule="whether another attempt follows is asked once, about the attempt that failed",
            ask="which number and which error does the policy get, and how often?",
            story=story,
        )
        calls = min(len(run.errors) + 1, 2)
        promise(
            bool(stopped) or len(run.began) == calls,
            saw=f"the policy says yes to a second attempt, and no to a third; {run.saw}, "
            f"and calls: {len(run.began)}",
            rule="the policy alone knows how many attempts there are",
            ask="which line of the engine knows a number of attempts?",
            story=story,
        )


def test_the_engine_has_no_limit_of_its_own(unit, story):
    """A policy that says yes 1,500 times has 1,500 attempts, whatever else it has and is built on."""
    most = max(1_500, *(bound + 1 for bound in numbers_of(unit, 20_000)), 0)
    built_on, given = "a policy built on FixedRetry", "a FixedRetry that was given"
    for which, attempts in ((built_on, 20), (given, 20), ("a policy", most)):
        end = ask(unit, story, "insist", attempts, which)
        policy = {built_on: f"{which}, with answers of its own,", given: f"{which} methods of its own"}.get(
            which, which
        )
        calls, turns, seconds = end.value.values() if end.kind == "returned" else (0, 0, 0)
        promise(
            calls == attempts,
            saw=f"{policy} says yes until there were {attempts:,} attempts, and to wait 0 s; {said(end)}",
            rule="an engine knows two methods of a policy, and nothing else of it",
            ask="what ends the engine's loop besides an answer of the policy?",
            story=story,
        )
        promise(
            turns >= attempts - 2,
            saw=f"{policy} says to wait 0 s, {attempts - 1:,} times; somebody else, ready all the time, "
            f"had {turns:,} turns",
            rule="a wait of 0 is a wait: others have their turn, and a cancel is heard",
            ask="when do others run, between two attempts that fail at once?",
            story=story,
        )
        promise(
            seconds == 0,
            saw=f"{policy} says to wait 0 s, {attempts - 1:,} times; {said(end)}",
            rule="how long to wait is what the policy answers, whatever it is built on",
            ask="whom does your engine ask for the wait, and of which policies?",
            story=story,
        )


def test_what_is_no_failure_ends_the_run(unit, story):
    """What is no Exception ends the run as it is, after one attempt, and the policy hears nothing of it."""
    kinds = (
        "an error built on BaseException",
        "GeneratorExit",
        "a group with an order to stop in it",
        "a CancelledError that nobody sent",
    )
    for kind in kinds:
        end = ask(unit, story, "end_at_once", kind)
        promise(
            end.kind == "returned" and list(end.value.values()) == [1, 0, True],
            saw=f"an attempt raises {kind}, and the policy allows three attempts; {said(end)}",
            rule="an order to stop is no failure, and nobody is asked about an order",
            ask="which of your except clauses catches this, and what follows?",
            story=story,
        )


def test_an_error_of_the_policy_is_told(unit, story):
    """A policy that raises when it is asked ends the run with what it raised."""
    for question, words, times in (
        ("whether", "whether another attempt follows", [1, 0]),
        ("how_long", "how long to wait", [1, 1]),
    ):
        end = ask(unit, story, "ask_a_broken", question)
        promise(
            end.kind == "returned" and list(end.value.values()) == [1, *times, []],
            saw=f"an attempt fails, the policy is asked {words}, and raises; {said(end)}",
            rule="a mistake in a policy is told: it is no answer, and no attempt that failed",
            ask="who hears of it when a policy is broken, and which of your except clauses is around it?",
            story=story,
        )


# ---- how long


def test_the_policy_decides_how_long(unit, every_story):
    """Each wait is what the policy says, asked once for each, and never after the last attempt."""
    for story in every_story(a_run):
        run, stopped = story.seen, story.seen.was_killed or story.cancelled
        expected = run.expected
        promise(
            run.asked == (expected[: len(run.asked)] if stopped else expected) and bool(stopped or run.began),
            saw=f"{run.saw}; the policy was asked {told(run.asked)}",
            rule="an answer that may differ each time is asked for once, when there is a wait",
            ask="what would a policy with chance in it say the second time?",
            story=story,
        )
        gaps = [round(b - e, 6) for b, e in zip(run.began[1:], run.ended, strict=False)]
        promise(
            set(gaps) <= {WAIT_S},
            saw=f"the policy says to wait {WAIT_S:g} s; between the end of an attempt and the next: "
            f"{in_s(gaps)} s",
            rule="a wait runs from the end of an attempt to the beginning of the next, as the policy says",
            ask="from when to when do you wait, and who chose the number?",
            story=story,
        )


WAITS = (0.2, 30 * DAY_S, 0.0, 400.25, 1, 0.0004, 2.0006, 700 * DAY_S)


def test_a_wait_may_have_any_length(unit, story):
    """Waits of 0 s, of 0.4 ms and of thirty days are waited out as they are, after attempts of any length."""
    for takes_s in (2.0, 40 * DAY_S):
        phone = Phone(story, takes_s)
        policy = RetryPolicy(story, yes=len(WAITS) + 1, waits=WAITS)
        phone.will_fail("ring", *["the reply is lost"] * (len(WAITS) + 1))
        end = ask(unit, story, "run_action", phone, policy, "disk-7")
        gaps = [round(b - e, 6) for b, e in zip(phone.began[1:], phone.ended, strict=False)]
        promise(
            gaps == [float(wait) for wait in WAITS],
            saw=f"attempts of {in_s([takes_s])} s that fail; the policy says to wait {in_s(WAITS)} s; "
            f"the waits were {in_s(gaps)} s, and the run {end}",
            rule="the engine has no opinion about a wait: not too long, not too short, not in steps",
            ask="what happens to the policy's number before it is waited for?",
            story=story,
        )


# ---- who else waits


def somebody_else(unit, story):
    """Another run in the same process, under a number and a phone of its own."""
    phone = CalmPhone(story)
    return callers(unit, *CALLERS).run_action.later(phone, 1, story.name("api-1"))


class CalmPhone(Phone):
    """A phone at which nothing goes wrong."""

    calm = True


def beside_somebody(unit, story, *, retry=None):
    """One run, and another one beside it."""
    retry = retry or RetryPolicy(story)
    with story.process() as process:
        call = callers(unit, *CALLERS).run_action.later(Phone(story), retry, story.name("disk-7"))
        process.run(call, beside=somebody_else)


def test_others_run_while_one_waits(unit, every_story):
    """While one run waits, whether for a number or for a policy, another one is done in its own time."""
    for story in every_story(beside_somebody, FAILS_OR_STOPS, depth=1, retry=3):
        promise_under(story, BESIDE)
    for story in every_story(beside_somebody, FAILS_OR_STOPS, depth=1):
        promise_under(story, BESIDE)


MANY = 300


def test_hundreds_wait_side_by_side(unit, story):
    """Hundreds of runs are in an attempt, and wait a minute, all at once; nobody waits for another."""
    many = max(MANY, *(bound + 1 for bound in numbers_of(unit, 2_000)), 0)
    end = ask(unit, story, "wait_many", many, 60.0)
    promise(
        end.kind == "returned" and list(end.value.values()) == [1.5, [1.0, 2.0, 3.0], many, 62.0, 62.0],
        saw=f"an attempt takes 1 s; {many} runs of an action fail at 1 s and wait 60 s; another run of it "
        f"comes at 0.5 s, and somebody else wakes up every second; {said(end)}",
        rule="a run holds nothing that others need, in an attempt or in a wait: no thread, no place, no lock",
        ask="who runs during your attempts and waits, and what does each run hold?",
        story=story,
    )


# ---- cancelled


def test_a_cancel_ends_the_run(unit, every_story):
    """A cancel that no attempt answers ends the run as cancelled, in a wait as well; nobody is asked."""
    for stories in (every_story(a_run), every_story(a_run, FAILS_OR_STOPS, depth=1, number=3)):
        for story in stories:
            run = story.seen
            about = [error for _, _, *error in run.asked if error and "Cancelled" in error[0]]
            promise(
                run.was_killed
                or (
                    (run.end.kind == "cancelled") == (story.cancelled > 0)
                    and bool(run.began or story.cancelled)
                    and not about
                ),
                saw=f"{run.saw}; attempts: {len(run.began)}; cancels: {story.cancelled}; "
                f"the policy was asked {told(run.asked)}",
                rule="a cancel is no failure: whoever cancels waits to hear that it was cancelled",
                ask="what does your except clause see when a cancel comes, and what follows?",
                story=story,
            )


def test_an_attempt_may_answer_a_cancel(unit, story):
    """An attempt that answers a cancel with an error has failed, and with a result it has succeeded."""
    for answer, calls, asked, run in (
        ("an error", 2, 1, "gave 'a receipt'"),
        ("a result", 1, 0, "gave 'what there was'"),
    ):
        end = ask(unit, story, "answer_a_cancel", answer)
        promise(
            end.kind == "returned" and list(end.value.values()) == [calls, asked, run, 1],
            saw=f"a run is cancelled in its first attempt, and the attempt answers with {answer}; its policy "
            f"allows three attempts, and the second one succeeds; {said(end)}",
            rule="what comes out of an attempt is what became of it, whoever was cancelled meanwhile",
            ask="how does your engine know how an attempt ended, and what else does it look at?",
            story=story,
        )
    for wait, outcome, run in (
        (None, "succeeds", "gave a receipt"),
        (-1, "fails, and its policy wants no more", "raised ConnectionError"),
        (1.0, "fails, and its policy allows another after 1 s", "raised CancelledError"),
        (0, "fails, and its policy allows another after 0 s", "raised CancelledError"),
    ):
        end, has_ended = ask(unit, story, "cancel_unheard", wait), run != "raised CancelledError"
        promise(
            end.kind == "returned" and list(end.value.values()) == [1, run],
            saw=f"a cancel comes when an attempt has nothing more to wait for; the attempt {outcome}; "
            f"{said(end)}",
            rule="where no other attempt follows, the caller gets what the last one gave or raised"
            if has_ended
            else "a cancel is heard at the next thing that is awaited, and then no other attempt begins",
            ask="what is awaited between the last attempt and the end, and what if a cancel comes there?"
            if has_ended
            else "what does a run await between two attempts, and who else may end that wait?",
            story=story,
        )


def test_an_attempt_runs_in_its_callers_task(unit, story):
    """An attempt runs in its caller's task: context variables that it sets stay set, SystemExit gets out."""
    gates = [(kind, "behind a gate") for kind in KINDS[:2]]
    for kind, *where in (*((kind,) for kind in KINDS), *gates):
        end = ask(unit, story, "set_for_the_task", kind, *where)
        promise(
            end.kind == "returned"
            and list(end.value.values()) == [True, ["nothing", "attempt 1", "attempt 2"]],
            saw=f"{', '.join((kind, *where))}{',' * len(where)} sets a context variable, which was "
            f"'nothing', to 'attempt 1', and fails, and then to 'attempt 2', and succeeds; {said(end)}",
            rule="an engine awaits its attempts: what belongs to the task stays with the caller",
            ask="in which task and in which context does your attempt run, and who else is there?",
            story=story,
        )
    for kind in ("SystemExit", "KeyboardInterrupt"):
        end = ask(unit, story, "end_at_once", kind)
        promise(
            end.kind == "returned" and list(end.value.values()) == [1, 0, True],
            saw=f"an attempt raises {kind}, and the policy allows three attempts; {said(end)}",
            rule="an order to stop is no failure, and nobody is asked about an order",
            ask="which of your except clauses catches this, and what follows?",
            story=story,
        )


def test_a_limit_of_time_holds(unit, story):
    """Under asyncio.timeout a run ends at the limit, in a wait as in an attempt, with TimeoutError."""
    for limit, where in ((20.0, "in the wait"), (1.5, "in an attempt")):
        phone, policy = Phone(story), RetryPolicy(story, yes=9, waits=(60.0,))
        phone.will_fail("ring", *["the request is lost"] * 9)
        end = ask(unit, story, "within", limit, phone, policy, "disk-7")
        promise(
            end.value == f"TimeoutError after {limit:g} s",
            saw=f"the caller sets a limit of {limit:g} s, which comes {where}: {end}",
            rule="a limit of time is a cancel: it ends the wait in that instant",
            ask="what does your wait do when it is cancelled?",
            story=story,
        )


def test_nothing_of_a_run_is_left(unit, every_story):
    """When a run has ended, however it ended, nothing of it goes on, and the next run is like any other."""
    for story in every_story(a_run):
        promise_under(story, QUIET_END, LIVES_ON)
        run = story.seen
        if run.was_killed:
            continue
        promise(
            not run.changed,
            saw=f"{run.saw}; this is not as it was before: {', '.join(run.changed)}",
            rule="a run sets nothing for its caller, for the loop or for the process",
            ask="what does your code set, and on which ways out is that put back?",
            story=story,
        )
        promise(
            run.again.value == f"receipt for {run.other}" and not run.again_asked,
            saw=f"{run.saw}; then another alert, nothing going wrong: the run {run.again}",
            rule="an engine remembers nothing of a run",
            ask="what does the run before leave to the next one?",
            story=story,
        )
    for story in every_story(asked, (), name="look_back", given=(False,)):
        promise_nothing_left(story, "two runs of an engine have ended, one of them well,")


def promise_nothing_left(story, saw):
    """Nothing of these runs is there any more."""
    promise(
        story.seen.value == {},
        saw=f"{saw} and nobody else holds anything of that; {said(story.seen)}",
        rule="an engine lives as long as its process, and a run ends",
        ask="what does your code keep, make or begin in a run, and who lets go of it?",
        story=story,
    )


# ---- the gate


def test_every_attempt_goes_through_the_gate(unit, every_story):
    """A policy that is a gate stands in front of every attempt, the first one included."""
    for story in every_story(a_run, FAILS_OR_STOPS, gate=True):
        run = story.seen
        inside = not [note for note in run.notes if "inside" in note]
        promise(
            inside and (run.passes == len(run.began) > 0 or bool(story.cancelled)),
            saw=f"{run.saw}; calls: {len(run.began)}, passes at the gate: {run.passes}"
            + ("" if inside else "; a call was not inside the gate"),
            rule="a breaker sees what the service sees: each attempt is one pass",
            ask="how many failures does a breaker count in this run, and when is it asked first?",
            story=story,
        )
    for story in every_story(asked, (), name="become_a_gate"):
        end = story.seen
        promise(
            end.kind == "returned" and list(end.value.values()) == [[0, 3, 0]],
            saw=f"a policy has no `call` in one run, has one in the next, and none in a third; {said(end)}",
            rule="an engine remembers nothing of a run: each run looks at the policy that it was given",
            ask="what do you know of a policy before you look at it, and from when?",
            story=story,
        )


GATES = (
    "a gate",
    "a class built on a gate's",
    "a gate whose `call` is a plain function that gives a coroutine",
    "a policy that was given its `call` later",
    "a gate in an Action made by hand",
)


def test_a_rejection_is_an_attempt_that_failed(unit, story, every_story):
    """Where the gate rejects, nobody is called, and the policy is asked as after any failure."""
    for which in GATES:
        end = ask(unit, story, "knock", which)
        promise(
            end.kind == "returned" and list(end.value.values()) == [0, 3],
            saw=f"{which} rejects everything, and its policy allows three attempts; {said(end)}",
            rule="a policy that has `call` is a gate, wherever it has it from, and behind a shut one nobody "
            "is called",
            ask="when is the function called: before the gate is asked, or by the gate? Who asks the gate?",
        )
    phone, policy = Phone(story), RetryPolicy(story, yes=5, waits=(3.0,))
    phone.will_fail("ring", "the request is lost", "the request is lost")
    end = ask(unit, story, "run_action", phone, policy, "disk-7", (1, 3))
    numbers = [attempt for question, attempt, *_ in policy.asked if question == "whether"]
    promise(
        numbers == [1, 2, 3, 4] and len(phone.began) == 3 and end.value == "receipt for disk-7",
        saw=f"a gate rejects passes 1 and 3, and calls 2 and 4 fail; the policy was asked about attempts "
        f"{', '.join(map(str, numbers)) or 'none'}; calls: {len(phone.began)}, and the run {end}",
        rule="each pass at the gate is an attempt and has its number; a rejection is an Exception like any",
        ask="which attempts does your loop count, and who says what follows a rejection?",
        story=story,
    )
    phone, policy = Phone(story), RetryPolicy(story, yes=1)
    end = ask(unit, story, "run_action", phone, policy, "disk-7", (1,))
    promise(
        end.raised(Rejected) and not phone.began and not phone.notes,
        saw=f"a gate rejects the first pass, and the policy says no: the run {end}; "
        f"calls: {len(phone.began)}",
        rule="when the gate is shut nobody is called, and the caller gets the rejection itself",
        ask="when is the function called: before the gate is asked, or by the gate?",
        story=story,
    )
    for alone in every_story(asked, (), name="look_back", given=(True,)):
        promise_nothing_left(alone, "both attempts of a run were rejected at a gate,")


def test_the_gate_says_how_an_attempt_ended(unit, story):
    """How a pass at the gate ends is how the attempt has ended, whatever function stands behind it."""
    for kind in KINDS:
        end = ask(unit, story, "give_everything", kind, True)
        promise(
            end.value == [],
            saw=(end.value or [str(end)])[0] if end.kind == "returned" else f"{kind}: the run {end}",
            rule="a gate awaits what it lets through, whoever it is",
            ask="what do you hand to the gate, where the function is a plain one?",
            story=story,
        )
    end = ask(unit, story, "translate", 2)
    promise(
        end.kind == "returned" and list(end.value.values()) == [2, ["Away", "Away"], "raised Away"],
        saw="a function raises ConnectionError, and the gate in front of it raises Away in its place; two "
        f"attempts are allowed; {said(end)}",
        rule="how a pass at the gate ends is how the attempt has ended",
        ask="whose error do you hand on: the function's, or the gate's?",
        story=story,
    )
    end = ask(unit, story, "pass_slowly")
    promise(
        end.kind == "returned" and list(end.value.values()) == [[2.0, 2.0]],
        saw=f"a gate takes 3 s before a call and 5 s after it, and its policy says to wait 2 s; {said(end)}",
        rule="where there is a gate, an attempt is the whole pass, and a wait begins when that has ended",
        ask="when does your wait begin: when the function has ended, or when the attempt has?",
        story=story,
    )


def test_the_caller_hears_what_the_last_attempt_gave(unit, every_story):
    """Under a policy, too, the caller gets the very result or error of the last attempt, gate or none."""
    for stories in (every_story(a_run), every_story(a_run, FAILS_OR_STOPS, gate=True)):
        for story in stories:
            run, stopped = story.seen, story.seen.was_killed or story.cancelled
            last = (
                f"raised {run.errors[-1]}" if len(run.errors) == 2 else f"returned 'receipt for {run.alert}'"
            )
            others = [note for note in run.notes if "another" in note]
            promise(
                bool(stopped) or (not others and str(run.end) == last),
                saw=f"{run.saw}" + "".join(f"; {note}" for note in others),
                rule="the caller hears how the last attempt went, in its own words",
                ask="what reaches your caller, and who made it?",
                story=story,
            )
    for story in every_story(asked, (), name="run_in_crowds"):
        promise(
            story.seen.value == {},
            saw="many runs have ended, and the next many have functions and policies of their own; "
            f"{said(story.seen)}",
            rule="an engine remembers nothing of a run: each run calls what it was given",
            ask="by what do you know an action, a function or a policy again, and who else has that?",
            story=story,
        )
