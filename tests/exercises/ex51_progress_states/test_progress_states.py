"""What is checked for ex51: a marker that stays true wherever the process stops."""

from functools import partial
from itertools import product

from halfway.kit import CANCEL, CRASH, LOST, ORDER, REFUSED, Port, promise, takes_time

STATES = {"PENDING": "pending", "IN_PROGRESS": "in progress", "PUBLISHED": "published"}
LEGAL = {("PENDING", "IN_PROGRESS"), ("IN_PROGRESS", "PENDING"), ("IN_PROGRESS", "PUBLISHED")}
MOVES = sorted(product(STATES, repeat=2), key=lambda move: (move in LEGAL, move[0] == move[1], move))
# What goes wrong with a call, whether it rings all the same, and what the worker is told.
FAILURES = {
    "the call is refused": (False, ConnectionRefusedError, "the phone refused the call"),
    "the reply is lost": (True, TimeoutError, "no reply"),
    "the request is lost": (False, TimeoutError, "no reply"),
    "the connection is reset after it rang": (True, ConnectionResetError, "the connection was reset"),
    "the connection is reset before it rings": (False, ConnectionResetError, "the connection was reset"),
}
REFUSAL, *LOSSES = FAILURES
NO_ANSWER = {
    "the log refuses": ConnectionRefusedError,
    "the answer is lost": TimeoutError,
    "the log hangs up": ConnectionError,
}


class Markers(Port):
    """The table: it writes whatever it is asked to write, and every statement takes 10 ms."""

    raises = (KeyError, TypeError)

    def __init__(self, story, unit, rows, faster=()):
        super().__init__(story)
        self.states = {name: getattr(unit.State, name) for name in STATES}
        self.rows, self.faster = dict(rows), dict(faster)
        for alert_id, state in rows.items():
            self.tell(f"{alert_id} is {STATES[state]}")

    def _name(self, state):
        for name, known in self.states.items():
            if state == known:
                return name
        raise TypeError(f"a marker is a State, not {state!r}")

    def says(self, alert_id):
        return f"the marker says {STATES[self.rows[alert_id]]}"

    @takes_time
    def ids(self):
        yield 0.01
        return list(self.rows)

    @takes_time
    def read(self, alert_id):
        yield 0.01
        return self.states[self.rows[alert_id]]

    @takes_time
    def swap(self, alert_id, old, new):
        was, becomes = self._name(old), self._name(new)
        yield 0.01
        if alert_id in self.faster:
            self.rows[alert_id] = self.faster.pop(alert_id)
            self.tell(f"another machine was faster: {alert_id} is {STATES[self.rows[alert_id]]}")
        if self.rows[alert_id] != was:
            self.tell(f"{alert_id} is {STATES[self.rows[alert_id]]}, so it is not swapped")
            return False
        self.rows[alert_id] = becomes
        self.tell(f"{alert_id}: {STATES[was]} -> {STATES[becomes]}")
        return True


class Phone(Port):
    """The on-call phone: a call takes 2 s and rings after 1 s. Its log answers after 3 s."""

    raises = (ConnectionError, TimeoutError)

    def __init__(self, story, rang=(), losses=LOSSES):
        super().__init__(story)
        self.rang = list(rang)
        self.losses = tuple(losses)
        self.calls, self.fails = [], []
        self.asked_after_a_call = False
        self.went_wrong = ""
        self.unanswered = {}
        for alert_id in rang:
            self.tell(f"has rung for {alert_id}")

    @takes_time
    def ring(self, alert_id):
        fault = self.fails.pop(0) if self.fails else self.fault("ring", REFUSED=REFUSAL, LOST=self.losses)
        self.went_wrong = self.went_wrong or fault
        self.calls.append(alert_id)
        rings, error, words = FAILURES.get(fault, (True, None, ""))
        yield 1.0
        if rings:
            self.rang.append(alert_id)
            self.tell(f"rings for {alert_id}")
        yield 1.0
        if error:
            raise error(words)

    @takes_time
    def has_rung(self, alert_id):
        self.asked_after_a_call |= alert_id in self.calls
        refusal, *losses = NO_ANSWER
        fault = self.unanswered.get(alert_id) or self.fault("has_rung", REFUSED=refusal, LOST=tuple(losses))
        yield 3.0
        if fault:
            self.unanswered[alert_id] = fault
            raise NO_ANSWER[fault]("no answer")
        return alert_id in self.rang


def one_process(story, work):
    """Run some work in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(work)


def moved(unit, story, process, now, old, new):
    """Ask for one move of an alert whose marker is `now`: how it ended, its marker then, both in words."""
    alert = story.name("disk-7")
    markers = Markers(story, unit, {alert: now})
    end = process.run(partial(unit.move, alert, markers.states[old], markers.states[new], markers))
    saw = f"the marker is {STATES[now]}; move({alert!r}, State.{old}, State.{new}, markers) {end}"
    return end, markers.rows[alert], f"{saw}; then {markers.says(alert)}"


def test_three_of_nine_moves_are_ever_written(unit, story):
    """Of nine moves three are written when you ask for them; the other six write nothing."""
    with story.process() as process:
        for old, new in MOVES:
            end, marker, saw = moved(unit, story, process, old, old, new)
            promise(
                (end.value is True and marker == new) if (old, new) in LEGAL else marker == old,
                saw=saw,
                rule="a marker moves one step at a time, and only to what is known about the phone",
                ask="what is known when a worker, or a recovery, writes this? What if it dies right after?",
            )


def test_wrong_and_too_late_are_told_apart(unit, story):
    """An illegal move raises IllegalMove; a legal one that comes too late returns False, unwritten."""
    with story.process() as process:
        for now, (old, new) in product(STATES, MOVES):
            end, marker, saw = moved(unit, story, process, now, old, new)
            late = end.value is False and marker == now
            promise(
                (late or now == old) if (old, new) in LEGAL else end.raised(unit.IllegalMove),
                saw=saw,
                rule="a wrong move is never made; whether a legal one was made, the table alone knows",
                ask="does your caller hear which it was: made, somebody else was faster, or nobody may?",
            )


def one_worker(unit, story, others=(), rang=()):
    """One worker takes a pending alert. Gives its end, both ports, and all of it in words."""
    alert = story.name("disk-7")
    markers, phone = Markers(story, unit, {alert: "PENDING"} | dict(others)), Phone(story, rang)
    end = one_process(story, partial(unit.publish, alert, markers, phone))
    fault = phone.went_wrong or ("a cancel comes" if story.cancelled else "nothing goes wrong")
    saw = f"{fault}; publish({alert!r}, markers, phone) {end}, and {markers.says(alert)}"
    disturbed = story.cancelled or phone.went_wrong or phone.unanswered or end.kind == "crashed"
    promise(
        bool(disturbed) or (end.value == unit.State.PUBLISHED and markers.rows[alert] == "PUBLISHED"),
        saw=saw,
        rule="a worker that nothing stops takes a pending alert all the way, and says so",
        ask="after a call that went well, what does the table hold, and what do you return?",
        story=story,
    )
    return end, markers, phone, saw


def stop_by_stop(unit, story, *, rang):
    """A worker takes one alert, meets another that is in progress; then recovery. Yields after each."""
    doubt = story.name("cpu-3")
    end, markers, phone, saw = one_worker(unit, story, {doubt: "IN_PROGRESS"}, [doubt] if rang else [])
    yield saw, end, markers, phone
    then = {f"publish({doubt!r}, markers, phone)": partial(unit.publish, doubt, markers, phone)}
    then["recover(markers, phone)"] = partial(unit.recover, markers, phone)
    for call, work in then.items():
        if end.kind == "returned":
            end = one_process(story, work)
            yield f"{call} {end}", end, markers, phone


def test_a_pending_alert_has_not_rung(unit, every_story):
    """Wherever a worker or a recovery is stopped, an alert whose marker says pending has not rung."""
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=1):
        for did, _, markers, phone in stop_by_stop(unit, story, rang=True):
            lie = [alert for alert in phone.rang if markers.rows[alert] == "PENDING"]
            promise(
                not lie,
                saw=f"{did}; now {' and '.join(lie)} is pending, and the phone has rung for it",
                rule="pending says one thing: the phone has certainly not rung",
                ask="who knew that it had not rung, when you set the marker to pending or left it there?",
                story=story,
            )


def test_a_published_alert_has_rung(unit, every_story):
    """Wherever a worker or a recovery is stopped, an alert whose marker says published has rung."""
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=1):
        for did, _, markers, phone in stop_by_stop(unit, story, rang=False):
            published = [alert for alert, state in markers.rows.items() if state == "PUBLISHED"]
            lie = [alert for alert in published if alert not in phone.rang]
            promise(
                not lie,
                saw=f"{did}; now {' and '.join(lie)} is published, and the phone has not rung for it",
                rule="published says one thing: the phone has certainly rung",
                ask="what had to be known before that marker was written, and was it?",
                story=story,
            )


def test_one_alert_is_one_call(unit, every_story):
    """Killed anywhere, and killed again while it recovers: in the end one alert has rung once."""
    for story in every_story({CRASH, LOST}, depth=2):
        alert = story.name("disk-7")
        markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story, losses=LOSSES[:2])
        worker, recovery = partial(unit.publish, alert, markers, phone), partial(unit.recover, markers, phone)
        one_process(story, worker)
        one_process(story, recovery)
        phone.unanswered.clear()
        story.until_done(lambda: [recovery(), worker()])
        promise(
            len(phone.rang) == 1,
            saw="a worker, a recovery, then a recovery and a worker that nothing disturbs: "
            f"the phone rang {len(phone.rang)} times, and {markers.says(alert)}",
            rule="what is in progress may have rung: neither ring again nor forget it before that is known",
            ask="who could have told the next process whether the phone had rung?",
            story=story,
        )


def test_two_workers_make_one_call(unit, every_story):
    """Two workers meet one alert, here or on two machines: the phone rings once for it."""
    for story in every_story({ORDER}, depth=2):
        for faster in ("", "another machine is faster; "):
            alert = story.name("cpu-3" if faster else "disk-7")
            taken = {alert: "IN_PROGRESS"} if faster else {}
            markers, phone = Markers(story, unit, {alert: "PENDING"}, taken), Phone(story)
            with story.process() as process:
                worker = unit.publish.later(alert, markers, phone)
                ends = process.together(worker, worker)
            promise(
                len(phone.rang) + len(taken) == 1 and markers.rows[alert] == taken.get(alert, "PUBLISHED"),
                saw=f"{faster}two workers called publish({alert!r}, markers, phone): one {ends[0]}, "
                f"the other {ends[1]}; the phone rang {len(phone.rang)} times, and {markers.says(alert)}",
                rule="between a look and a write somebody else can write; only the write's answer is a claim",
                ask="what did the table answer whoever came second, and what did they do with that answer?",
                story=story,
            )


def test_a_worker_calls_once_and_asks_nobody(unit, every_story):
    """However its call ends, a worker does not call again, and does not ask the log about it."""
    for story in every_story({CANCEL, REFUSED, LOST}, depth=1):
        _, _, phone, saw = one_worker(unit, story)
        calls, asked = len(phone.calls), phone.asked_after_a_call
        promise(
            calls <= 1 and not asked,
            saw=f"{saw}; calls: {calls}{', and then it asked the log' if asked else ''}",
            rule="publish calls once: to call again is for its caller to decide, to ask is recovery's work",
            ask="who asks, by the contract, and when?" if asked else "who decides about a second call?",
            story=story,
        )


def test_only_a_refusal_is_a_no(unit, every_story):
    """A refused alert is pending again; after no reply, or a reset connection, it stays in progress."""
    for story in every_story({REFUSED, LOST}, depth=1):
        _, markers, phone, saw = one_worker(unit, story)
        true = "PENDING" if phone.went_wrong == REFUSAL else "IN_PROGRESS"
        promise(
            not phone.went_wrong or [*markers.rows.values()] == [true],
            saw=saw,
            rule="a refusal is knowledge; after silence or a reset nobody knows, and the doubt stays",
            ask="which of the phone's errors says that it did not ring, and which marker says the same?",
            story=story,
        )


def test_the_caller_hears_what_the_phone_raised(unit, every_story):
    """Refused, no reply, connection reset: the error that the phone raised reaches the caller."""
    for story in every_story({REFUSED, LOST}, depth=1):
        end, _, phone, saw = one_worker(unit, story)
        promise(
            not phone.went_wrong or end.raised(FAILURES[phone.went_wrong][1]),
            saw=saw,
            rule="the marker tells the next process; the error tells the caller, who may try again",
            ask="how does the caller learn how the call went, and what does it do next?",
            story=story,
        )


def test_a_cancelled_call_ends_as_cancelled(unit, every_story):
    """A worker or a recovery that is cancelled ends as cancelled, also when all its work is done."""
    for story in every_story({CANCEL}, depth=2):
        for did, end, _, _ in stop_by_stop(unit, story, rang=True):
            promise(
                end.kind == ("cancelled" if story.cancelled else "returned"),
                saw=f"{did}; cancels: {story.cancelled}",
                rule="whoever cancels waits to hear that it was cancelled; a return value says it was not",
                ask="which of your lines turns a CancelledError into something else?",
                story=story,
            )


def test_the_next_alert_is_taken(unit, story):
    """After a call without a reply, and a refused one, the same process still takes what is pending."""
    silent, refused, fresh = map(story.name, ("cpu-3", "disk-7", "API-2"))
    markers, phone = Markers(story, unit, dict.fromkeys((silent, refused, fresh), "PENDING")), Phone(story)
    phone.fails = ["the request is lost", REFUSAL]
    with story.process() as process:
        for alert in (silent, refused, refused, fresh):
            process.run(partial(unit.publish, alert, markers, phone))
    promise(
        phone.rang == [refused, fresh],
        saw=f"no reply for {silent}; {refused} is refused, and published again; then comes {fresh}; "
        f"the phone rang for {' and '.join(phone.rang) or 'nobody'}",
        rule="which alerts are free to take stands in the table; what a process remembers may be out of date",
        ask="what still says that the alert is taken: your code, or the table?",
        story=story,
    )


def test_a_worker_leaves_others_alone(unit, story):
    """An alert in progress or published is left alone, and whoever does not get an alert tells its state."""
    for state in STATES:
        alert = story.name("disk-7")
        faster = {alert: "PUBLISHED"} if state == "PENDING" else {}
        markers, phone = Markers(story, unit, {alert: state}, faster), Phone(story)
        end = one_process(story, partial(unit.publish, alert, markers, phone))
        alone = state == "PENDING" or (not phone.calls and markers.rows[alert] == state)
        told = end.value == markers.states[markers.rows[alert]]
        promise(
            alone and told,
            saw=f"{'another machine is faster; ' if faster else ''}publish({alert!r}, markers, phone) {end}, "
            f"calls: {len(phone.calls)}, and {markers.says(alert)}",
            rule="what is not pending has an owner, or is done; the caller acts on the state that it is told",
            ask="after a claim that failed: whose alert is it, and what does the table say?",
            story=story,
        )


def recovery(unit, story, states):
    """Some alerts, of which every other one has rung, and a phone that knows it."""
    alerts = [story.name(what) for what in ("disk-7", "cpu-3", "API-2", "mail-1", "db-1")[: len(states)]]
    markers = Markers(story, unit, dict(zip(alerts, states, strict=True)))
    return alerts, markers, Phone(story, rang=alerts[::2])


def in_words(markers, phone):
    said = ", ".join(f"{alert} {STATES[state]}" for alert, state in markers.rows.items())
    return f"the markers: {said or 'none'}; it has rung for {', '.join(phone.rang) or 'nobody'}"


def test_recovery_asks_and_never_rings(unit, story):
    """Recovery settles every doubt as the phone's log says, rings nobody, and returns all states."""
    doubts = ["PUBLISHED", "IN_PROGRESS", "IN_PROGRESS", "PENDING"]
    for states, settled in (([], []), (doubts, ["PUBLISHED", "PENDING"] * 2)):
        _, markers, phone = recovery(unit, story, states)
        end = one_process(story, partial(unit.recover, markers, phone))
        saw = f"recover(markers, phone) {end}; {in_words(markers, phone)}"
        promise(
            [*markers.rows.values()] == settled and not phone.calls,
            saw=f"{saw}; calls: {len(phone.calls)}",
            rule="recovery turns doubts into knowledge; to act on them is the workers' business",
            ask="for each alert in progress: who knows what happened, and what is the true marker then?",
            story=story,
        )
        promise(
            end.value == {alert: markers.states[state] for alert, state in markers.rows.items()},
            saw=saw,
            rule="whoever starts the workers reads there what waits, what is done, and what is in doubt",
            ask="which alerts does the table hold, and what does it say of each when you return?",
            story=story,
        )


def test_recovery_goes_on_without_an_answer(unit, story):
    """Without an answer an alert stays in progress; the others are settled, and the next run asks again."""
    alerts, markers, phone = recovery(unit, story, ["IN_PROGRESS"] * 5)
    phone.unanswered = dict(zip(alerts[1:4], NO_ANSWER, strict=True))
    saw = f"five in progress, the log does not answer for {' and '.join(phone.unanswered)}"
    with story.process() as process:
        for between in ["IN_PROGRESS"] * 3, ["PENDING", "PUBLISHED", "PENDING"]:
            end = process.run(partial(unit.recover, markers, phone))
            told = isinstance(end.value, dict) and [end.value.get(alert) for alert in phone.unanswered]
            promise(
                [*markers.rows.values()] == ["PUBLISHED", *between, "PUBLISHED"]
                and told == [unit.State.IN_PROGRESS] * len(phone.unanswered),
                saw=f"{saw}; recover(markers, phone) {end}; {in_words(markers, phone)}",
                rule="no answer is no knowledge about one alert, and no reason to leave the others in doubt",
                ask="what is known about each of the five, and which marker says exactly that?",
                story=story,
            )
            phone.unanswered, saw = {}, "now the log answers"
