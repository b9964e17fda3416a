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
    literals_of,
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

    def call_as_told(self, name, args, kwargs):
        return "" if name == "note" else None  # the judge's own, and no line of a story


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

    def call_as_told(self, name, args, kwargs):
        return "" if name == "passed" else None  # told above


# ---- code of callers: it runs beside the engine, and tells the ports what it sees


class Ringing:
    """An action's function: it rings the phone, and keeps what came of the last attempt."""

    def __init__(self, phone):
        self.phone, self.last, self.has_gate, self.is_inside = phone, None, False, False

    async def __call__(self, alert):
        if self.has_gate and not self.is_inside:
            self.phone.note("a call was not inside the gate")
        try:
            self.last = await self.phone.ring(alert)
        except BaseException as error:
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
        if error is not self.work.last:
            told = f"another error than the attempt's, {told}"
        return self.policy.should_retry(attempt, told)

    def next_delay(self, attempt):
        return self.policy.next_delay(attempt)


class Rejected(Exception):
    """The gate is shut."""


class Gate(Policy):
    """The same, and in front of every attempt; of these passes it rejects some."""

    def __init__(self, policy, work, rejects):
        super().__init__(policy, work)
        self.rejects, self.passes = rejects, 0
        work.has_gate = True

    async def call(self, operation):
        self.passes += 1
        self.policy.passed(self.passes)
        if self.passes in self.rejects:
            self.work.last = Rejected(f"pass {self.passes}")
            raise self.work.last
        self.work.is_inside = True
        try:
            return await operation()
        finally:
            self.work.is_inside = False


async def run_action(phone, policy, alert, rejects=None):
    """Run an action that rings for this alert, under this policy or number."""
    import inspect

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
    if inspect.iscoroutine(result):
        result.close()
        return "a coroutine that nobody has awaited"
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
    """What is wrong with what a number becomes, which may have a name: what it is about, and in words."""
    import enum

    import engine

    if is_named:
        retry = enum.IntEnum("Times", {"SO_MANY": retry}).SO_MANY
    made = engine.action()(ended) if retry is None else engine.action(retry=retry)(ended)
    policy, attempts = made.policy, max(1, retry or 0)
    if not isinstance(policy, engine.FixedRetry):
        return "which", f"its policy is of the class {type(policy).__name__}, and no FixedRetry"
    if policy.max_attempts != attempts:
        return "how many", f"its policy has max_attempts={policy.max_attempts:d}, expected: {attempts}"
    if policy.delay != 1.0:
        return "how long", f"its policy has delay={policy.delay:g}, expected: 1"
    return ("", "") if made.func is ended else ("func", "its function is another one than was given")


def policies_of(numbers):
    """What each of these numbers becomes, as it is and as one that has a name; None has none."""
    return [
        (is_named, retry, *policy_of(retry, is_named))
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

    def raise_next(*args):
        seen.append(args)
        error = errors[min(len(seen), len(errors)) - 1]
        if error.__cause__ is None:
            raise error
        try:
            raise error.__cause__.with_traceback(None)
        except OSError as cause:
            raise error from cause

    async def coroutine(*args):
        return raise_next(*args)

    return raise_next if kind == "a plain function" else coroutine


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


def another_end(how, came, raised, error):
    """How a run ended that should have raised this error: what that is about, and in words; None if it did.

    Its context is its cause, or it has neither.
    """
    if how != "raised":
        return "another", f"gave {type(came).__name__}, not that error"
    change = raised.change(came)
    if change:
        is_from = "cause" in change or "suppress" in change
        is_another = not change.startswith("that error")
        return "another" if is_another else "from" if is_from else "added", f"raised {change}"
    if came.__context__ is not came.__cause__:
        had = "no context" if came.__cause__ is None else f"the context {came.__cause__!r}"
        return "from", f"raised that error with the context {came.__context__!r}; it came with {had}"
    trace, leads_there = came.__traceback__, came is not error
    while trace is not None:
        leads_there = leads_there or trace.tb_frame.f_code.co_name == "raise_next"
        trace = trace.tb_next
    if not leads_there:
        return "traceback", "raised that error with a traceback that does not lead to the function any more"
    return None


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
    """What was otherwise on the way through two attempts that raised these errors; None if nothing was.

    What it is about, and in words.
    """
    if any(len(args) != 1 or args[0] is not alert for args in seen):
        return "given", ", and was not called with the very list that was given, but with another object"
    if len(seen) != 2:
        return "attempts", f" each time; its policy allows two attempts; calls: {len(seen)}, expected: 2"
    if len(heard) != 2:
        return (
            "questions",
            f" each time; two attempts failed; the policy was asked about {len(heard)} of them",
        )
    if [id(each) for each in heard] != [id(each) for each in errors]:
        asked = ", then ".join(type(each).__name__ for each in heard)
        return "about", f" each time; the policy was asked about other objects than were raised: {asked}"
    if passed != 0.5:
        return "wait", f" twice; the policy says to wait 0.5 s in between, and the wait took {passed:g} s"
    return None


async def raise_everything(kind, where=""):
    """Errors of every sort, raised at once or awaited; says what became of the first that is not as it was.

    What that is about, and in words. They have no cause, and nobody handles another error; or each has one,
    and so has its caller. A few are raised twice, as the very object that they are.
    """
    import asyncio

    import engine

    now = asyncio.get_running_loop().time
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
            end = another_end(*await run(act, alert), raised, last)
            passed = round(now() - began, 6)
            if other := on_another_way(seen, heard, errors, alert, passed):
                return [other[0], f"{who} raises {name}{other[1]}"]
            if end:
                return [end[0], f"{who} raises {name}{then} {end[1]}"]
    return ["", ""]


async def take_policies():
    """Policies that are given to `action`: the first that is not taken as the object that it is, in words."""
    import contextlib

    import engine

    class Named(StubbornPolicy):
        """A policy that notes which object is asked."""

        def should_retry(self, attempt, error):
            asked.append(self)
            return super().should_retry(attempt, error)

    class CountsAsFalse(Named):
        """A policy whose length is 0."""

        def __len__(self):
            return 0

    own, false = ("a policy of somebody's own", Named(2)), ("a policy that counts as false", CountsAsFalse(2))
    was_asked = False
    for kind, policy in (own, false, ("a FixedRetry", engine.FixedRetry(2, 1.0))):
        asked, made = [], f"action(retry=policy), where `policy` is {kind}"
        try:
            act = engine.action(retry=policy)(Failing(ConnectionError("down")))
        except Exception as error:
            return ["made", f"{made}, raises {type(error).__name__}: {error}"]
        if act.policy is not policy:
            return ["made", f"{made}: the action's policy is another object, {type(act.policy).__name__}"]
        with contextlib.suppress(Exception):
            await engine.TaskEngine().execute_with_retry(act)
        if any(one is not policy for one in asked):
            return ["asked", f"an action has {kind}, and the run asks another object, made like it"]
        if was_asked and not asked and isinstance(policy, Named):
            return ["asked", f"an action has {kind}, an attempt of it fails, and the policy is not asked"]
        was_asked = bool(asked)
    return ["", ""]


class Seconds(float):
    """A float of a library's own class."""


async def wait_seconds():
    """How long a run waits whose policy answers with a float of a class built on float, and how it ends."""
    import asyncio

    import engine

    async def fails():
        raise OSError("down")

    now = asyncio.get_running_loop().time
    began, act = now(), engine.Action(fails, StubbornPolicy(2, Seconds(45.5)))
    how, came = await ended(act)
    return {
        "the wait took": f"{round(now() - began, 6):g} s",
        f"the run {how}": f"{type(came).__name__}: {came}",
    }


async def obey_fixed():
    """FixedRetry with its own answers: the first one that is not obeyed, in words."""
    import engine

    class BuiltOn(engine.FixedRetry):
        """A class of somebody's own, which brings nothing else."""

    for kind in (engine.FixedRetry, BuiltOn):
        for error, calls in ((ValueError("no such number"), 1), (ConnectionRefusedError("refused"), 3)):
            work = Failing(error)
            await ended(engine.Action(work, kind(3, 0.5, (ConnectionError,))))
            if work.calls != calls:
                name = "FixedRetry" if kind is engine.FixedRetry else "a class built on FixedRetry"
                made = f"the policy is {name}, made with (3, 0.5, retry_on=(ConnectionError,))"
                raises = f"each attempt raises {type(error).__name__}"
                return [f"{made}; {raises}; calls: {work.calls}, expected: {calls}"]
    return []


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


def insisting(attempts, wait, which, most):
    """A policy that says yes so often, and to wait so long; it may be built on, or be, a FixedRetry."""
    import engine

    class Patient(engine.FixedRetry):
        """With answers of its own."""

        def should_retry(self, attempt, error):
            return attempt < attempts

        def next_delay(self, attempt):
            return wait

    answers = StubbornPolicy(attempts, wait)
    if which == "a policy":
        return answers
    if which == "a class built on FixedRetry":
        return Patient(most, 3.0)
    policy = engine.FixedRetry(most, 3.0)
    policy.should_retry, policy.next_delay = answers.should_retry, answers.next_delay
    return policy


async def insist(attempts, wait, which, most):
    """A policy that says yes so often: calls made, turns that somebody else got, seconds passed."""
    import asyncio

    import engine

    turns = 0

    async def heart():
        nonlocal turns
        while turns < 3 * attempts:
            turns += 1
            await asyncio.sleep(0)

    work, policy = Failing(ConnectionError("down")), insisting(attempts, wait, which, most)
    beside = asyncio.ensure_future(heart())
    began = asyncio.get_running_loop().time()
    try:
        await ended(engine.Action(work, policy))
    finally:
        beside.cancel()
    passed = round(asyncio.get_running_loop().time() - began, 3)
    return {"calls": work.calls, "turns of others": turns, "seconds": passed}


class InOneTurn:
    """A run whose waits of 0 take no turn of the loop, of which a judge gives so many alone.

    Where it waits for something else than its next turn, it waits, and is left alone when that goes on.
    """

    TURNS_MAX = 2_500

    def __init__(self, run, work):
        self.run, self.work = run, work

    def __await__(self):
        import asyncio

        calls, turns, came = 0, 0, None
        try:
            while turns < self.TURNS_MAX:
                awaited = self.run.send(None) if came is None else self.run.throw(came)
                came = None
                if awaited is not None or self.work.calls == calls:
                    turns += 1
                    try:
                        yield awaited
                    except (Exception, asyncio.CancelledError) as error:
                        came = error
                calls = self.work.calls
        except StopIteration as end:
            return end.value
        self.run.close()
        return None


async def go_on(attempts):
    """A policy that says yes so often, and to wait 0 s: the calls made, and how the run ended."""
    import engine

    work = Failing(ConnectionError("down"))
    end = await InOneTurn(ended(engine.Action(work, StubbornPolicy(attempts, 0))), work)
    if end is None:
        return {}
    how, came = end
    return {"calls": work.calls, "the run": f"{how} {type(came).__name__}"}


async def wait_beside(waits, is_fixed):
    """Waits of these lengths, a run for each: the first that held somebody else up, in words."""
    import asyncio

    import engine

    loop = asyncio.get_running_loop()
    for wait in waits:
        policy, seen = engine.FixedRetry(2, wait) if is_fixed else StubbornPolicy(2, wait), []
        due = loop.time() + wait / 2
        beside = loop.call_at(due, lambda seen=seen: seen.append(loop.time()))
        await ended(engine.Action(Failing(ConnectionError("down")), policy))
        for _ in range(2):  # What was due meanwhile has its turn.
            await asyncio.sleep(0)
        beside.cancel()
        if seen and seen[0] - due > wait / 4:
            which = "FixedRetry" if is_fixed else "a policy of somebody's own"
            late = f"somebody else, due after half of that, was {seen[0] - due:g} s late"
            return [f"{which} says to wait {wait:g} s; {late}"]
    return []


async def cancel_in_a_wait(is_fixed):
    """A run that waits a minute, and is cancelled after a second of it: how it ended, and when."""
    import asyncio

    import engine

    loop, policy = asyncio.get_running_loop(), engine.FixedRetry(2, 60) if is_fixed else StubbornPolicy(2, 60)
    began, run = loop.time(), ended(engine.Action(Failing(ConnectionError("down")), policy))
    task = asyncio.ensure_future(run)
    loop.call_later(1.0, task.cancel)
    how, came = await task
    return {"the run": f"{how} {type(came).__name__}", "after seconds": round(loop.time() - began, 6)}


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
    how, came = await ended(engine.Action(work, policy))
    return {
        "calls": work.calls,
        "questions to the policy": len(policy.asked),
        "the caller gets it as it is": how == "raised" and came is work.error,
        "the run": f"{how} {type(came).__name__}",
    }


async def ask_a_broken(question):
    """A policy that fails when it is asked: the most calls and questions, and errors that came otherwise.

    How many of these there are, and the first of them.
    """
    import engine

    class Halt(BaseException):
        """Somebody's own order to stop."""

    calls, asked, others = [], [], []
    named_here = [one for one in known_errors(engine, question) if not isinstance(one, StopIteration)]
    errors = {type(one).__name__: one for one in named_here} | {"an order to stop": Halt("stop")}
    with NeverAwaited():  # What was made for a wait that nobody could say the length of.
        for named, broken in (errors | odd_errors()).items():
            work, policy = Failing(ConnectionError("down")), StubbornPolicy(3, 1.0, **{question: broken})
            raised = AsRaised(broken)
            how, came = await ended(engine.Action(work, policy))
            calls.append(work.calls)
            asked.append(len(policy.asked))
            if how != "raised" or raised.change(came):
                others.append(f"the policy raises {named}, and the run {how} {raised.change(came)}")
    return [max(calls), max(asked), len(others), *others[:1]]


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

    how, came = await ended(engine.Action(giving(kind, ring), OpenGate(2) if where else StubbornPolicy(2)))
    return {
        "the attempts are in their caller's task": set(tasks) == {asyncio.current_task()},
        "each attempt and then the caller find": [*found, alert.get()],
        "the run": f"{how} {type(came).__name__}",
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
    how, came = await ended(engine.Action(work, gate))
    return {"calls": work.calls, "the policy hears of": heard, "the run": f"{how} {type(came).__name__}"}


async def answer_itself():
    """A gate that gives another answer than the function behind it, or gives one and calls nobody."""
    import engine

    class Answering(StubbornPolicy):
        """A gate with an answer of its own."""

        lets_through = True

        async def call(self, operation):
            if self.lets_through:
                await operation()
            return "what the gate has kept"

    async def work():
        return "receipt"

    gate, found = Answering(1), {}
    for gate.lets_through in (True, False):
        how, came = await ended(engine.Action(work, gate))
        found["after the call" if gate.lets_through else "in its place"] = f"{how} {came!r}"
    return found


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


async def wait_many(runs, wait_s, gated):
    """So many runs of one action fail and wait; when one more of it is done, and when the last of them is.

    Their policy may be a gate, which lets everybody through.
    """
    import asyncio

    import engine

    loop = asyncio.get_running_loop()
    policy = OpenGate(2, wait_s) if gated else StubbornPolicy(2, wait_s)
    engine_of_all, act = engine.TaskEngine(), engine.Action(Flaky(runs), policy)

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
        async with asyncio.timeout(seconds) as limit:
            await run_action(phone, policy, alert)
    except Exception as error:
        how = type(error).__name__
    if not limit.expired():
        how = f"{how} of the run's own"
    return f"{how} after {loop.time() - began:g} s"


class ShutGate(StubbornPolicy):
    """A gate that lets nobody through."""

    def __init__(self, yes):
        super().__init__(yes)
        self.passes = []

    async def call(self, operation):
        self.passes.append(1)
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

    class FixedGate(engine.FixedRetry):
        """A gate that is built on FixedRetry."""

        async def call(self, operation):
            return await shut.call(operation)

    shut = gate = {
        "a class built on a gate's": OurGate,
        "a gate whose `call` is a plain function that gives a coroutine": CountedGate,
    }.get(which, ShutGate)(3)
    if which == "a gate built on FixedRetry":
        gate = FixedGate(3, 0.5)
    elif which == "a FixedRetry that was given a `call`":
        gate = engine.FixedRetry(3, 0.5)
        gate.call = shut.call
    elif which == "a policy that was given its `call` later":
        gate = StubbornPolicy(3)
        gate.call = shut.call
    work = Failing(ConnectionError("down"))
    is_plain = which == "a gate in an Action made by hand"
    await ended(engine.Action(work, gate) if is_plain else engine.action(retry=gate)(work))
    return {"calls of the function": work.calls, "passes at the gate": len(shut.passes)}


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
    """A policy that is no gate in one run, a gate in the next, and none in a third: the passes of each.

    It allows one attempt.
    """
    import contextlib

    import engine

    engine_of_all, policy, shut = engine.TaskEngine(), StubbornPolicy(1), ShutGate(1)
    act, passes = engine.Action(Failing(ConnectionError("down")), policy), []
    for is_gate in (False, True, False):
        if is_gate:
            policy.call = shut.call
        else:
            vars(policy).pop("call", None)
        shut.passes.clear()
        with contextlib.suppress(Exception):
            await engine_of_all.execute_with_retry(act)
        passes.append(len(shut.passes))
    return passes


async def run_and_let_go(engine_of_all, policy, marks):
    """A run whose function fails once: what it was about, held weakly; adds marks on what was handed in."""
    import asyncio
    import contextlib
    import weakref

    import engine

    class Alert:
        """What a run is about."""

    class Receipt:
        """What an attempt gives."""

    class Down(ConnectionError):
        """What an attempt raises."""

    alert, error, receipt, calls = Alert(), Down("down"), Receipt(), []
    known = {"passes", *vars(policy)}

    async def ring(given):
        calls.append(given)
        if len(calls) == 1:
            raise error
        return receipt

    act = engine.Action(ring, policy)
    run = asyncio.ensure_future(engine_of_all.execute_with_retry(act, alert))
    with contextlib.suppress(Exception):
        await run
    marks += [f"the function's {name}" for name in vars(ring)]
    marks += [f"the policy's {name}" for name in vars(policy) if name not in known]
    held = {
        "the arguments": alert, "the error": error, "the result": receipt, "the task": run, "the action": act
    }  # fmt: skip
    if len(calls) < 2:
        del held["the result"]
    return {what: weakref.ref(thing) for what, thing in held.items()}


async def look_back(at_a_gate):
    """An engine lives on after its runs: what of them is still there, and what still goes on."""
    import asyncio

    import engine

    loop, engine_of_all, marks = asyncio.get_running_loop(), engine.TaskEngine(), []
    tasks = asyncio.all_tasks()
    policies = {"went well": engine.FixedRetry(2, 1.0), "failed": engine.FixedRetry(1)}
    if at_a_gate:
        policies = {"was rejected": ShutGate(2)}
    with NeverAwaited() as never_awaited:
        held = {name: await run_and_let_go(engine_of_all, policy, marks) for name, policy in policies.items()}
        await asyncio.sleep(0)
        going_on = len(asyncio.all_tasks() - tasks)
        loop.let_go()
    found = {
        "coroutines that nobody awaited": sorted(set(never_awaited.names)),
        "marks on what was handed in": marks,
        "tasks that go on": going_on,
        "still held": [
            f"{what} of the run that {name}"
            for name, refs in held.items()
            for what, ref in refs.items()
            if ref() is not None
        ],
    }
    return {what: value for what, value in found.items() if value}


CALLERS = (
    OddObject, Ringing, Policy, Rejected, Gate, StubbornPolicy, OpenGate, ShutGate, Failing, Flaky, Later,
    ended, giving, noting, errors_of_every_sort, run_action, policy_of, policies_of, give_everything,
    another_end, ended_in_an_except_block,
    Seconds, wait_seconds,
    hearing_policy, on_another_way, raise_everything, take_policies, obey_fixed, count_together, AsRaised,
    run_inside, insisting, insist, InOneTurn, go_on, wait_beside, cancel_in_a_wait,
    answer_a_cancel, cancel_unheard, set_for_the_task, translate, answer_itself, end_at_once,
    ask_a_broken, wait_many, serve, within, knock, OurGate, CountedGate, Changeable, run_in_crowds,
    pass_slowly, become_a_gate, run_and_let_go,
    look_back, odd_errors, known_errors, NeverAwaited, UndecidedObject,
)  # fmt: skip


def ask(unit, story, name, *given):
    """Let a caller's function run in a process of its own, and give what it tells.

    What the function itself leaves, when a run goes wrong, is no engine's: `a_run` looks at what that leaves.
    """
    story.world.pressures -= {QUIET_END}
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


def in_s(seconds):
    """Waits, as a list of seconds; those that are whole have no fraction."""
    return ", ".join(f"{each:,.15g}" for each in seconds) or "none"


KNOWN_BY = (
    "a policy is known by its two methods, and by `call` where it is a gate: nothing else counts",
    "what does your code ask a policy for, besides its methods?",
)
FOR_EVER = "it was still going on after"
SPINS = (
    "a run that waits leaves the event loop to others until its time has come",
    "how often does your run come back to the loop, before its wait is over?",
)
ANY_CALLABLE = (
    "whatever can be called makes an action: nothing but the call is asked of it",
    "what does your code read from the function, besides calling it?",
)


def words(saw, otherwise, by_what=KNOWN_BY):
    """Rule and question for what was seen; what was not there, and a wait that spins, have their own."""
    return SPINS if FOR_EVER in saw else by_what if "AttributeError" in saw else otherwise


# ---- what the engine did before, and still does


NUMBERS = {
    "which": (
        "an int is a number, whatever class it is built with, and means FixedRetry(max_attempts=n)",
        "how do you know a number, and what else is one?",
    ),
    "how many": (
        "a number n of 1 or more means FixedRetry(max_attempts=n), and 0 means what 1 means",
        "what does the number count, and how many attempts are there at least?",
    ),
    "how long": (
        "a number n means FixedRetry(max_attempts=n), with its usual delay of a second",
        "which delay do your callers' numbers stand for?",
    ),
    "func": ("an action holds the function that it was made of", "what does `decorate` put into the action?"),
}


def test_a_number_counts_attempts_a_second_apart(unit, story):
    """retry=3 still means three attempts, a second apart; 0, 1 and no number mean one attempt."""
    end = ask(unit, story, "policies_of", [None, 0, 1, 2, 3, 7])
    promise(
        end.kind == "returned",
        saw=f"actions are made with the numbers 0, 1, 2, 3 and 7, and with none: {end}",
        rule="a number n has one meaning: FixedRetry(max_attempts=n), with its usual delay",
        ask="which policy do your callers' numbers stand for?",
    )
    for is_named, retry, about, what in end.value:
        rule, question = NUMBERS.get(about, ("", ""))
        promise(
            not about,
            saw=(f"action(retry={retry})" if retry is not None else "action()")
            + (", the number a member of an IntEnum" if is_named else "")
            + f": {what}",
            rule=rule,
            ask=question,
        )
    for retry, fails in ((3, 3), (3, 2), (3, 0), (1, 1), (0, 1), (7, 6)):
        promise_a_number(unit, story, retry, fails)


def promise_a_number(unit, story, retry, fails):
    """A run of this number, whose first calls fail, makes as many attempts as it says, a second apart."""
    phone, attempts = Phone(story), max(1, retry)
    phone.will_fail("ring", *["the request is lost"] * fails)
    end = ask(unit, story, "run_action", phone, retry, "disk-7")
    calls, gaps = min(fails + 1, attempts), gaps_of(phone)
    first = {0: "no call fails", 1: "the first call fails"}.get(fails, f"the first {fails} calls fail")
    saw = f"action(retry={retry}), and {first}: the run {end}; calls: {len(phone.began)}, expected: {calls}"
    is_left = "nobody has awaited" in str(end)
    rule, question = words(
        saw,
        (
            "where the call gives an awaitable, an attempt is one await of it",
            "how does `_attempt` know that there is something to await?",
        )
        if is_left
        else (
            "retry=n: up to n attempts, the first one counted, whichever Exception they fail with",
            "what does the number count, and which errors does your engine decide about by itself?"
            if len(phone.began) < calls
            else "what does the number count, and which attempt is the first one?",
        ),
        ANY_CALLABLE,
    )
    promise(
        len(phone.began) == calls and not is_left,
        saw=saw,
        story=story,
        rule=rule,
        ask=question,
    )
    promise(
        gaps == [1.0] * (calls - 1),
        saw=f"action(retry={retry}), and {first}; seconds between the end of a call and the next: "
        f"{in_s(gaps)}, expected: 1 each time",
        rule="a second lies between the end of an attempt and the beginning of the next",
        ask="from when to when does your engine wait, and for how long?",
        story=story,
    )


def gaps_of(phone):
    """The seconds between the end of each call and the beginning of the next."""
    return [round(began - end, 6) for began, end in zip(phone.began[1:], phone.ended, strict=False)]


KINDS = (
    "a coroutine function",
    "a plain function",
    "a coroutine written as a generator",
    "a function that gives a Future",
    "a function that gives an object to await",
)


AWAITED_ONCE = (
    "what the await gives is the result, and is not awaited again",
    "how often does your engine await, and who may have wanted an awaitable as a result?",
)


def promise_results(unit, story, gated, otherwise):
    """Results of every sort come as they are, whatever function gives them."""
    for kind in KINDS:
        end = ask(unit, story, "give_everything", kind, gated)
        saw = (end.value or [str(end)])[0] if end.kind == "returned" else f"{kind}: the run {end}"
        again = "an attempt gives a Future" in saw or "an attempt gives an object" in saw
        rule, question = words(saw, AWAITED_ONCE if again else otherwise)
        promise(
            end.value == [],
            saw=saw,
            story=story,
            rule=rule,
            ask=question,
        )


def test_any_function_makes_an_action(unit, story, every_story):
    """A plain function, a coroutine function, a callable that gives a Future: each result comes as it is."""
    promise_results(
        unit,
        story,
        False,
        (
            "a result is a result, whatever it is, and whoever gives it",
            "what does your engine do with what the function gives, and what if it is None?",
        ),
    )
    promise_errors(
        every_story,
        given=(
            "every attempt is given the same objects",
            "what becomes of the arguments on their way to the function?",
        ),
    )


def promise_errors(every_story, **kinds):
    """In runs that fail with errors of every sort, nothing is otherwise of these kinds."""
    for kind, *where in ((KINDS[0],), (KINDS[1],), (KINDS[0], "behind a gate")):
        for story in every_story(asked, (), name="raise_everything", given=(kind, *where)):
            end = story.seen
            about, saw = end.value if end.kind == "returned" else ("another", f"{kind}: the run {end}")
            rule, question = words(saw if end.kind != "returned" else "", kinds.get(about, ("", "")))
            promise(
                about not in kinds,
                saw=saw,
                story=story,
                rule=rule,
                ask=question,
            )


def test_an_error_arrives_as_it_came(unit, every_story):
    """When the last attempt fails, the caller gets its very error: nothing around it, nothing added to it."""
    promise_errors(
        every_story,
        another=(
            "the caller gets the error that the last attempt raised, and no other around it or in its place",
            "which of your callers' except clauses still fit?",
        ),
        added=(
            "nothing is added to the error, and nothing in it is replaced",
            "who else holds this error, and what do they read in it?",
        ),
        **{
            "from": (
                "the error has the cause and the context with which it came",
                "which `raise` sends the error on, and in which except block does it stand?",
            )
        },
        traceback=(
            "the traceback of the error grows on its way, and loses nothing",
            "what does a traceback tell whoever reads the log?",
        ),
    )


def test_runs_of_one_action_count_for_themselves(unit, story):
    """Runs of one action, side by side and one after the other, each have all of their attempts."""
    end = ask(unit, story, "count_together", 3, 3)
    promise(
        end.kind == "returned" and list(end.value.values()) == [9, 9],
        saw="an action of FixedRetry(3, 2.0) fails each time; three runs of it at once, then one that is "
        f"cancelled, and three again; {said(end)}, expected: 9 and 9",
        rule="what is counted for a run lives in the run",
        ask="whose attempt does your counter number, and when does it begin anew?",
        story=story,
    )
    end = ask(unit, story, "run_inside", 3)
    rule, question = words(
        str(end),
        (
            "a run holds nothing that another run needs",
            "what does a run hold while an attempt of it is under way?",
        ),
    )
    promise(
        end.kind == "returned",
        saw=f"an action runs another one, with the same engine, in each of its attempts: the run {end}",
        story=story,
        rule=rule,
        ask=question,
    )
    promise(
        end.value == 3,
        saw="an action runs another one in each of its attempts, and fails; its policy allows three attempts"
        f"; attempts: {end.value}",
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
            f"of these there end well: {end.value if end.kind == 'returned' else end}, expected: 12",
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
    told: int
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
    questions = [f"{words[q]} {n}" + (f" ({e[0]})" if e else "") for q, n, *e in asked]
    return "; ".join(questions) or "nothing"


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
            len(story.timeline),
        )
        if not process.crashed:
            seen.again = process.again(run_action.later(phone, policy, other))
            seen.again_asked = policy.asked[len(seen.asked) :]
    seen.was_killed = process.crashed
    return seen


ASKED_OF = {
    "attempts": (
        "an attempt that raises an Exception has failed, whichever it is; then the policy decides",
        "about which errors, or numbers of attempts, does your engine decide by itself?",
    ),
    "questions": (
        "after each failed attempt, the last one too, the policy is asked once whether another one follows",
        "in which cases does your engine know the answer without a question?",
    ),
    "about": (
        "the policy is asked about the very error that the attempt raised",
        "which object do you hand to the policy?",
    ),
}
WHETHER = (
    "whether another attempt follows is asked once, about the attempt that failed",
    "which number and which error does the policy get, and how often?",
)
NOT_ASKED = (
    "what is no Exception, such as a cancel, ends the run, and the policy is not asked about it",
    "which of your except clauses sees a cancel, and what follows?",
)


def test_the_policy_decides_whether(unit, story, every_story):
    """After each failed attempt the policy is asked once, with its number and its error, and obeyed."""
    end = ask(unit, story, "take_policies")
    where, saw = end.value if end.kind == "returned" else ("made", f"actions are made with policies: {end}")
    promise(
        not where,
        saw=saw,
        rule="a policy is taken as the object that it is",
        ask="what does `action` make of what is no number, and how does it tell?"
        if where == "made"
        else "which object do your questions go to?",
        story=story,
    )
    for one in every_story(a_run):
        promise_asked_whether(one)
    promise_errors(every_story, **ASKED_OF)
    for one in every_story(asked, (), name="obey_fixed"):
        end = one.seen
        promise(
            end.value == [],
            saw="".join(end.value) if end.kind == "returned" else f"a run under a FixedRetry {end}",
            rule="a FixedRetry is a policy like any other: it is asked after each failed attempt, and obeyed",
            ask="which policies does your engine ask, and about which attempts?",
            story=one,
        )


def promise_asked_whether(story):
    """The policy was asked once about each attempt that failed, and as many attempts were made as it said."""
    run, stopped = story.seen, story.seen.was_killed or story.cancelled
    whether = [question for question in run.asked if question[0] == "whether"]
    expected = [question for question in run.expected if question[0] == "whether"]
    is_about_a_cancel = any("Cancelled" in question[2] for question in whether)
    saw = f"{run.saw}; the policy was asked {told(whether)}"
    is_missing = len(whether) < len(expected) and not stopped
    otherwise = NOT_ASKED if is_about_a_cancel else ASKED_OF["questions"] if is_missing else WHETHER
    rule, question = words(saw, otherwise)
    promise(
        whether == (expected[: len(whether)] if stopped else expected),
        saw=saw,
        story=story,
        until=run.told,
        rule=rule,
        ask=question,
    )
    calls = min(len(run.errors) + 1, 2)
    promise(
        bool(stopped) or len(run.began) == calls,
        saw=f"the policy says yes to a second attempt, and no to a third; {run.saw}, "
        f"and calls: {len(run.began)}, expected: {calls}",
        rule="the policy alone knows how many attempts there are",
        ask="which line of the engine knows a number of attempts?",
        story=story,
        until=run.told,
    )


FIXED = tuple(
    (which, most)
    for most in (1, 2, 50)
    for which in ("a class built on FixedRetry", "a FixedRetry object that was given methods of its own")
)


def test_the_engine_has_no_limit_of_its_own(unit, story):
    """A policy that says yes 1,500 times has 1,500 attempts, whatever else it has and is built on."""
    for which, most in FIXED:
        end = ask(unit, story, "insist", 20, 0, which, most)
        calls = end.value["calls"] if end.kind == "returned" else str(end)
        promise(
            calls == 20,
            saw=f"a policy, {which}, made with max_attempts={most}, says by its own `should_retry` yes until "
            f"there were 20 attempts; calls: {calls}, expected: 20",
            rule="a policy is known by its two methods, whatever class it is built on",
            ask="what does your engine read from a policy, besides its answers?",
            story=story,
        )
    attempts = max(1_500, *(bound + 1 for bound in numbers_of(unit, 20_000)), 0)
    end = ask(unit, story, "go_on", attempts)
    calls, how = (end.value or {}).values() if end.value else (attempts, "")
    saw = f"a policy says yes until there were {attempts:,} attempts, and to wait 0 s; {said(end)}"
    rule, question = words(
        saw,
        (
            "an engine has no limits of its own: of attempts neither",
            "what grows in your engine with each attempt?"
            if "RecursionError" in how
            else "what ends the engine's loop besides an answer of the policy?",
        ),
    )
    promise(
        end.kind == "returned" and calls == attempts,
        saw=saw,
        story=story,
        rule=rule,
        ask=question,
    )


AN_ORDER = (
    "an order to stop is no failure, and nobody is asked about an order",
    "which of your except clauses catches this, and what follows?",
)


def test_what_is_no_failure_ends_the_run(unit, story):
    """What is no Exception ends the run as it is, and at once, and the policy hears nothing of it."""
    kinds = (
        "an error built on BaseException",
        "a group with an order to stop in it",
        "a CancelledError that nobody sent",
    )
    for kind in kinds:
        end = ask(unit, story, "end_at_once", kind)
        rule, question = words("" if end.kind != "returned" else end.value["the run"], AN_ORDER)
        promise(
            end.kind == "returned" and list(end.value.values())[:3] == [1, 0, True],
            saw=f"an attempt raises {kind}, and the policy allows three attempts; {said(end)}; "
            "expected: 1, 0, True",
            story=story,
            rule=rule,
            ask=question,
        )


def test_an_error_of_the_policy_is_told(unit, story):
    """A policy that raises when it is asked ends the run with what it raised."""
    for which, told_as in (
        ("whether", "whether another attempt follows"),
        ("how_long", "how long to wait"),
    ):
        end = ask(unit, story, "ask_a_broken", which)
        calls, times, many, *example = end.value if end.kind == "returned" else (1, 1, 1, f"the run {end}")
        saw = f"an attempt fails, and the policy is asked {told_as}"
        promise(
            calls <= 1 and times <= 1,
            saw=f"{saw}, and raises; calls: {calls}, expected: 1; it was asked whether another attempt "
            f"follows {times} times, expected: once",
            rule="what the policy raises is no failed attempt: it ends the run, and no other attempt follows",
            ask="in which `try` is the policy asked, and what does that catch?",
            story=story,
        )
        more = "; and so it is with other errors of policies" if many > 1 else ""
        saw = f"{saw}; {''.join(example)}{more}"
        rule, question = words(
            "" if "raises AttributeError" in saw else saw,
            (
                "what the policy raises ends the run as it is: a mistake in a policy is told",
                "who hears of it when a policy is broken, and which of your except clauses is around it?",
            ),
        )
        promise(
            many == 0,
            saw=saw,
            story=story,
            rule=rule,
            ask=question,
        )


# ---- how long


HOW_LONG = {
    "cancel": NOT_ASKED,
    "number": (
        "the wait after attempt n is asked for with the number n",
        "which attempt do you name when you ask how long?",
    ),
    "twice": (
        "an answer that may differ each time is asked for once for each wait",
        "what would a policy with chance in it say the second time?",
    ),
    "order": (
        "first the policy is asked whether another attempt follows, and only if so, how long to wait",
        "is there a wait yet when you ask how long it is?",
    ),
    "missing": (
        "the policy is asked after each failed attempt, and, where another one follows, how long to wait",
        "after which attempts is the policy asked, and what does your engine do without an answer?",
    ),
}


def about_how_long(asked, expected):
    """What is otherwise with the questions that a policy was asked."""
    if any("Cancelled" in error for _, _, *errors in asked for error in errors):
        return "cancel"
    extra = [question for question in asked if question not in expected]
    missing = [question for question in expected if question not in asked]
    if len(asked) != len(set(asked)):
        return "twice"
    return "number" if extra and missing else "missing" if missing else "order"


def test_the_policy_decides_how_long(unit, every_story):
    """Each wait is what the policy says, asked once for each, and never after the last attempt."""
    for one in every_story(a_run):
        promise_asked_how_long(one)
    promise_errors(
        every_story,
        wait=(
            "how long to wait is what the policy answers, whatever the error is and has",
            "which number becomes your wait, and what else has a say in it?",
        ),
    )
    for which, most in FIXED:
        for one in every_story(asked, (), name="insist", given=(3, 0.5, which, most)):
            end = one.seen
            calls, _, seconds = end.value.values() if end.kind == "returned" else (0, 0, 0)
            promise(
                calls != 3 or seconds == 1.0,
                saw=f"a policy, {which}, made with delay=3, says itself to wait 0.5 s, twice; "
                f"the two waits took {seconds:g} s, expected: 1",
                rule="how long to wait is what the policy answers, whatever class it is built on",
                ask="whom does your engine ask for the wait, and of which policies?",
                story=one,
            )


def promise_asked_how_long(story):
    """The policy was asked once for each wait, in time, and each wait was as long as it said."""
    run, stopped = story.seen, story.seen.was_killed or story.cancelled
    expected = run.expected
    saw = f"{run.saw}; the policy was asked {told(run.asked)}"
    rule, question = words(saw, HOW_LONG[about_how_long(run.asked, expected)])
    promise(
        run.asked == (expected[: len(run.asked)] if stopped else expected) and bool(stopped or run.began),
        saw=saw,
        story=story,
        until=run.told,
        rule=rule,
        ask=question,
    )
    gaps = gaps_of(run)
    promise(
        set(gaps) <= {WAIT_S},
        saw=f"the policy says to wait {WAIT_S:g} s; between the end of an attempt and the next: "
        f"{in_s(gaps)} s",
        rule="a wait runs from the end of an attempt to the beginning of the next, as the policy says",
        ask="from when to when do you wait, and who chose the number?",
        story=story,
        until=run.told,
    )


WAITS = (0.2, 30 * DAY_S, 0.0, 400.25, 1, 0.0004, 2.0006, 367 * DAY_S)


def test_a_wait_may_have_any_length(unit, story):
    """Waits of 0 s, of 0.4 ms and of thirty days are waited out as they are, after attempts of any length."""
    for takes_s in (2.0, 40 * DAY_S):
        phone = Phone(story, takes_s)
        policy = RetryPolicy(story, yes=len(WAITS) + 1, waits=WAITS)
        phone.will_fail("ring", *["the reply is lost"] * (len(WAITS) + 1))
        end = ask(unit, story, "run_action", phone, policy, "disk-7")
        gaps = gaps_of(phone)
        saw = (
            f"attempts of {in_s([takes_s])} s that fail; the policy says to wait {in_s(WAITS)} s; "
            f"the waits were {in_s(gaps)} s, and the run {end}"
        )
        rule, question = words(
            saw,
            (
                "as long as the policy says yes, another attempt follows",
                "what ended this run before the policy did?",
            )
            if len(gaps) != len(WAITS)
            else (
                "the engine has no opinion about a wait: not too long, not too short, not in steps",
                "what happens to the policy's number before it is waited for?",
            ),
        )
        promise(
            gaps == [float(wait) for wait in WAITS],
            saw=saw,
            story=story,
            rule=rule,
            ask=question,
        )
    end = ask(unit, story, "wait_seconds")
    promise(
        end.kind == "returned" and end.value["the wait took"] == "45.5 s",
        saw="the policy says to wait 45.5 s, as a float of a class that is built on float, as libraries have "
        f"them; {said(end)}",
        rule="the engine has no opinion about a wait: it is a float or an int",
        ask="what does your engine ask about the number before it waits?",
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


LENGTHS = tuple(0.0002 * 10**power for power in range(9))


def test_others_run_while_one_waits(unit, every_story):
    """While one run waits, for 0 s as well, another one is done in its own time, whatever the policy is."""
    for one in every_story(beside_somebody, FAILS_OR_STOPS, depth=1, retry=3):
        promise_under(one, BESIDE)
    for one in every_story(beside_somebody, FAILS_OR_STOPS, depth=1):
        promise_under(one, BESIDE)
    named = [float(value) for value in literals_of(unit) if type(value) in (int, float)]
    near = {times * value for value in named if 0 < value <= 1e6 for times in (0.5, 1.0, 2.0)}
    for is_fixed in (False, True):
        for one in every_story(asked, (), name="wait_beside", given=((*LENGTHS, *sorted(near)), is_fixed)):
            end = one.seen
            promise(
                end.value == [],
                saw="".join(end.value) if end.kind == "returned" else f"runs that wait: {end}",
                rule="while a run waits, however long, nothing else in the process waits with it",
                ask="on which line does a run wait, and which waits never come there?",
                story=one,
            )
    for which, most in (("a policy", 0), *FIXED[2:4]):
        for one in every_story(asked, (), name="insist", given=(20, 0, which, most)):
            end = one.seen
            calls, turns, _ = end.value.values() if end.kind == "returned" else (0, 0, 0)
            promise(
                calls != 20 or turns >= 18,
                saw=f"{which} says to wait 0 s, 19 times; somebody else, always ready, had {turns} turns",
                rule="a wait of 0 is a wait: others have their turn, and a cancel is heard",
                ask="when do others run, between two attempts that fail at once?",
                story=one,
            )


MANY = 300


def test_hundreds_wait_side_by_side(unit, story):
    """Hundreds of runs are in an attempt, and wait a minute, all at once; nobody waits for another."""
    many = max(MANY, *(bound + 1 for bound in numbers_of(unit, 2_000)), 0)
    for runs, where in ((many, ""), (4, " behind one gate, which lets everybody through,")):
        end = ask(unit, story, "wait_many", runs, 60.0, bool(where))
        expected = [1.5, [1.0, 2.0, 3.0], runs, 62.0, 62.0]
        saw = (
            f"an attempt takes 1 s; {runs} runs of an action{where} fail at 1 s and wait 60 s; another run "
            f"of it comes at 0.5 s, and somebody else wakes up every second; {said(end)}; "
            f"expected: {', '.join(map(str, expected))}"
        )
        rule, question = words(
            saw,
            (
                "a run holds nothing that others need, in an attempt or a wait: no thread, no place, no lock",
                "who runs during your attempts and waits, and what does each run hold?",
            ),
        )
        promise(
            end.kind == "returned" and list(end.value.values()) == expected,
            saw=saw,
            story=story,
            rule=rule,
            ask=question,
        )


# ---- cancelled


CANCELS = {
    "asked": NOT_ASKED,
    "uncancelled": (
        "the engine takes no cancel back, and sends none",
        "what does your code do to its task when a cancel comes?",
    ),
    "": (
        "a cancel is no failure: whoever cancels waits to hear that it was cancelled",
        "what does your code do when a cancel comes, in an attempt and in a wait?",
    ),
}


def test_a_cancel_ends_the_run(unit, every_story):
    """A cancel that no attempt answers ends the run as cancelled, in a wait as well; nobody is asked."""
    for stories in (every_story(a_run), every_story(a_run, FAILS_OR_STOPS, depth=1, number=3)):
        for one in stories:
            promise_cancelled(one)
    for is_fixed in (True, False):
        for one in every_story(asked, (), name="cancel_in_a_wait", given=(is_fixed,)):
            promise_cancelled_in_a_wait(one, "FixedRetry(2, 60)" if is_fixed else "a policy")


def promise_cancelled_in_a_wait(story, which):
    """The run ended at once."""
    end = story.seen
    saw = f"{which} says to wait 60 s; 1 s later the run is cancelled; {said(end)}; "
    saw = f"{saw}expected: raised CancelledError, 1"
    rule, question = words(
        saw,
        (
            "cancelled while it waits, the run ends before any more time has passed",
            "who can hear of a cancel on the line where your run waits?",
        ),
    )
    promise(
        end.kind == "returned" and list(end.value.values()) == ["raised CancelledError", 1.0],
        saw=saw,
        rule=rule,
        ask=question,
        story=story,
    )


def promise_cancelled(story):
    """The run ended as cancelled if somebody cancelled it, and nobody was asked about that."""
    run = story.seen
    is_asked = any("Cancelled" in error for _, _, *errors in run.asked for error in errors)
    about = "asked" if is_asked else "uncancelled" if run.end.kind == "uncancelled" else ""
    saw = (
        f"{run.saw}; attempts: {len(run.began)}; cancels: {story.cancelled}; "
        f"the policy was asked {told(run.asked)}"
    )
    rule, question = words(saw, CANCELS[about])
    promise(
        run.was_killed
        or (
            (run.end.kind == "cancelled") == (story.cancelled > 0)
            and bool(run.began or story.cancelled)
            and not is_asked
        ),
        saw=saw,
        story=story,
        until=run.told,
        rule=rule,
        ask=question,
    )


def test_an_attempt_may_answer_a_cancel(unit, story):
    """An attempt that answers a cancel with an error has failed, and with a result it has succeeded."""
    for answer, calls, asked, run in (
        ("an error", 2, 1, "gave 'a receipt'"),
        ("a result", 1, 0, "gave 'what there was'"),
    ):
        end = ask(unit, story, "answer_a_cancel", answer)
        rule, question = words(
            said(end),
            CANCELS["uncancelled"]
            if end.kind == "returned" and list(end.value.values())[:3] == [calls, asked, run]
            else (
                "what comes out of an attempt is what became of it, whoever was cancelled meanwhile",
                "how does your engine know how an attempt ended, and what else does it look at?",
            ),
        )
        promise(
            end.kind == "returned" and list(end.value.values()) == [calls, asked, run, 1],
            saw=f"a run is cancelled in its first attempt, and the attempt answers with {answer}; its policy "
            f"allows three attempts, and the second one succeeds; {said(end)}; "
            f"expected: {calls}, {asked}, {run}, 1",
            story=story,
            rule=rule,
            ask=question,
        )
    promise_unheard(unit, story)


def promise_unheard(unit, story):
    """A cancel that comes when an attempt awaits nothing more ends the wait that follows, if there is one."""
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
        rule, question = words(
            said(end),
            (
                "an engine awaits its attempts: what belongs to the task stays with the caller",
                "in which task and in which context does your attempt run, and who else is there?",
            ),
        )
        promise(
            end.kind == "returned"
            and list(end.value.values())[:2] == [True, ["nothing", "attempt 1", "attempt 2"]],
            saw=f"{', '.join((kind, *where))}{',' * len(where)} sets a context variable, which was "
            f"'nothing', to 'attempt 1', and fails, and then to 'attempt 2', and succeeds; {said(end)}",
            story=story,
            rule=rule,
            ask=question,
        )
    for kind in ("SystemExit", "KeyboardInterrupt", "GeneratorExit"):
        end = ask(unit, story, "end_at_once", kind)
        rule, question = words("" if end.kind != "returned" else end.value["the run"], AN_ORDER)
        promise(
            end.kind == "returned" and list(end.value.values())[:3] == [1, 0, True],
            saw=f"an attempt raises {kind}, and the policy allows three attempts; {said(end)}; "
            "expected: 1, 0, True",
            story=story,
            rule=rule,
            ask=question,
        )


def test_a_limit_of_time_holds(unit, story):
    """Under asyncio.timeout a run ends at the limit, in a wait as in an attempt, with TimeoutError."""
    for limit, where in ((20.0, "in the wait"), (1.5, "in an attempt")):
        phone, policy = Phone(story), RetryPolicy(story, yes=9, waits=(60.0,))
        phone.will_fail("ring", *["the request is lost"] * 9)
        end = ask(unit, story, "within", limit, phone, policy, "disk-7")
        rule, question = words(
            str(end.value),
            (
                "a limit of time is a cancel: it ends the wait in that instant",
                "what does your wait do when it is cancelled?",
            )
            if "own" not in str(end.value)
            else (
                "before the limit comes, a run goes on as the policy says",
                "what ended this run: the limit, the policy, or your engine?",
            ),
        )
        promise(
            end.value == f"TimeoutError after {limit:g} s",
            saw=f"the caller sets a limit of {limit:g} s, which comes {where}; the run: {end.value or end}",
            story=story,
            rule=rule,
            ask=question,
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
            until=run.told,
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
    end = story.seen
    is_made = end.kind == "returned" and "coroutines that nobody awaited" in (end.value or {})
    promise(
        end.value == {},
        saw=f"{saw} and nobody else holds anything of that; {said(end)}",
        rule="behind a shut gate nobody is called, and nothing is begun or made"
        if is_made
        else "when a run has ended, the engine holds nothing of it, and has left no mark",
        ask="what does your code make for an attempt before it knows whether the gate lets it through?"
        if is_made
        else "what does your code keep, make or begin in a run, and who lets go of it?",
        story=story,
    )


# ---- the gate


def test_every_attempt_goes_through_the_gate(unit, every_story):
    """A policy that is a gate stands in front of every attempt, the first one included."""
    for story in every_story(a_run, FAILS_OR_STOPS, gate=True):
        run = story.seen
        inside = not [note for note in run.notes if "inside" in note]
        rule, question = words(
            run.saw,
            (
                "a breaker sees what the service sees: each attempt is one pass",
                "how many failures does a breaker count in this run, and when is it asked first?",
            ),
        )
        promise(
            inside and (run.passes == len(run.began) > 0 or bool(story.cancelled)),
            saw=f"{run.saw}; calls: {len(run.began)}, passes at the gate: {run.passes}"
            + ("" if inside else "; a call was not inside a pass"),
            story=story,
            until=run.told,
            rule=rule,
            ask=question,
        )
    for story in every_story(asked, (), name="become_a_gate"):
        end = story.seen
        passes = end.value if end.kind == "returned" else str(end)
        promise(
            passes == [0, 1, 0],
            saw="a policy that allows one attempt has no `call` in one run, gets one before the next, and "
            f"loses it before a third; passes at the gate in each run: {passes}, expected: [0, 1, 0]",
            rule="a policy that has `call` is a gate, wherever it has it from"
            if passes == [0, 0, 0]
            else "an engine remembers nothing of a run: each run looks at the policy that it was given",
            ask="how does your engine know a gate, and when does it look?",
            story=story,
        )


GATES = (
    "a gate",
    "a class built on a gate's",
    "a gate whose `call` is a plain function that gives a coroutine",
    "a policy that was given its `call` later",
    "a gate built on FixedRetry",
    "a FixedRetry that was given a `call`",
    "a gate in an Action made by hand",
)
AT_A_SHUT_GATE = {
    "taken": (
        "a policy is taken as the object that it is, and so is a gate",
        "what does `action` make of what is no number, and how does it tell?",
    ),
    "called": (
        "behind a shut gate nobody is called",
        "when is the function called: before the gate is asked, or by the gate? Who asks the gate?",
    ),
    "no gate": (
        "a policy that has `call` is a gate, wherever it has it from",
        "how does your engine know a gate, and which policies does it not look at?",
    ),
    "ended": (
        "a rejection is an attempt that failed: the policy is asked about it, with its number",
        "who is asked after a rejection, and which number does it have?",
    ),
}


def test_a_rejection_is_an_attempt_that_failed(unit, story, every_story):
    """Where the gate rejects, nobody is called, and the policy is asked as after any failure."""
    for which in GATES:
        end = ask(unit, story, "knock", which)
        calls, passes = end.value.values() if end.kind == "returned" else (0, 1)
        about = "no gate" if not passes else "called" if calls else "ended"
        about = about if end.kind == "returned" else "taken"
        saw = f"{which} rejects everything, and allows three attempts; {said(end)}; expected: 0 and 3"
        rule, question = words(saw, AT_A_SHUT_GATE[about])
        promise(
            end.kind == "returned" and (calls, passes) == (0, 3),
            saw=saw,
            story=story,
            rule=rule,
            ask=question,
        )
    promise_rejections_count(unit, story)
    promise_the_rejection(unit, story)
    for alone in every_story(asked, (), name="look_back", given=(True,)):
        promise_nothing_left(alone, "both attempts of a run were rejected at a gate,")


def promise_rejections_count(unit, story):
    """Each rejection has its number, and the policy is asked about it."""
    phone, policy = Phone(story), RetryPolicy(story, yes=5, waits=(3.0,))
    phone.will_fail("ring", "the request is lost", "the request is lost")
    end = ask(unit, story, "run_action", phone, policy, "disk-7", (1, 3))
    numbers = [attempt for question, attempt, *_ in policy.asked if question == "whether"]
    rule, question = words(
        str(end),
        (
            "each pass is an attempt and has its number; a rejection is an Exception like any",
            "which attempts does your loop count, and who says what follows a rejection?",
        ),
    )
    promise(
        numbers == [1, 2, 3, 4] and len(phone.began) == 3 and end.value == "receipt for disk-7",
        saw=f"a gate rejects passes 1 and 3, and calls 2 and 4 fail; the policy was asked about attempts "
        f"{', '.join(map(str, numbers)) or 'none'}, expected: 1, 2, 3, 4; calls: {len(phone.began)}, and the "
        f"run {end}",
        story=story,
        rule=rule,
        ask=question,
    )


def promise_the_rejection(unit, story):
    """Where the policy wants no more, the caller gets the rejection itself."""
    phone, policy = Phone(story), RetryPolicy(story, yes=1)
    end = ask(unit, story, "run_action", phone, policy, "disk-7", (1,))
    rule, question = words(
        str(end),
        (
            "when the gate is shut nobody is called, and the caller gets the rejection itself",
            "when is the function called: before the gate is asked, or by the gate?"
            if phone.began
            else "which object reaches the caller, and who made it?",
        ),
    )
    promise(
        end.raised(Rejected) and not phone.began and not phone.notes,
        saw=f"a gate rejects the first pass, and the policy says no: the run {end}; "
        f"calls: {len(phone.began)}" + "".join(f"; {note}" for note in phone.notes),
        story=story,
        rule=rule,
        ask=question,
    )


def test_the_gate_says_how_an_attempt_ended(unit, story):
    """How a pass at the gate ends is how the attempt has ended, whatever function stands behind it."""
    promise_results(
        unit,
        story,
        True,
        (
            "a gate awaits what it lets through, whoever it is",
            "what do you hand to the gate, where the function is a plain one?",
        ),
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
    end = ask(unit, story, "answer_itself")
    promise(
        end.kind == "returned" and set(end.value.values()) == {"gave 'what the gate has kept'"},
        saw="a gate gives 'what the gate has kept' after a call that gives 'receipt', then in the place of a "
        f"call; the run, {said(end)}",
        rule="how a pass at the gate ends is how the attempt has ended",
        ask="whose answer do you hand on: the function's, or the gate's?",
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
            rule, question = words(
                run.saw,
                (
                    "the caller hears how the last attempt went, in its own words",
                    "what reaches your caller, and who made it?",
                ),
            )
            promise(
                bool(stopped) or (not others and str(run.end) == last),
                saw=f"{run.saw}" + "".join(f"; {note}" for note in others) + f"; expected: it {last}",
                story=story,
                until=run.told,
                rule=rule,
                ask=question,
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
