"""What is checked for ex51: a marker that stays true wherever the process stops."""

from functools import partial
from itertools import product

from halfway.kit import CANCEL, CRASH, LOST, ORDER, REFUSED, Port, promise, takes_time

STATES = {"PENDING": "pending", "IN_PROGRESS": "in progress", "PUBLISHED": "published"}
LEGAL = {("PENDING", "IN_PROGRESS"), ("IN_PROGRESS", "PENDING"), ("IN_PROGRESS", "PUBLISHED")}
SAME_LAST = sorted(product(STATES, repeat=2), key=lambda move: (move[0] == move[1], move))
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
    "the connection to the log is reset": ConnectionResetError,
}


class Markers(Port):
    """The table: it writes whatever it is asked to write, and every statement takes 10 ms."""

    raises = (KeyError, TypeError)

    def __init__(self, story, unit, rows):
        super().__init__(story)
        self.states = {name: getattr(unit.State, name) for name in STATES}
        self.rows = dict(rows)
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
        if self.rows[alert_id] != was:
            self.tell(f"{alert_id} is {STATES[self.rows[alert_id]]}, so it is not swapped")
            return False
        self.rows[alert_id] = becomes
        self.tell(f"{alert_id}: {STATES[was]} -> {STATES[becomes]}")
        return True


class Phone(Port):
    """The on-call phone: a call takes 2 s and rings after 1 s. Its log answers after 1 s."""

    raises = (ConnectionError, TimeoutError)

    def __init__(self, story, rang=(), losses=LOSSES):
        super().__init__(story)
        self.rang = list(rang)
        self.losses = tuple(losses)
        self.calls = []
        self.asked_after_a_call = False
        self.went_wrong = ""
        self.unanswered = set()
        for alert_id in rang:
            self.tell(f"has rung for {alert_id}")

    def rings(self):
        return f"the phone rang {times(len(self.rang))}"

    @takes_time
    def ring(self, alert_id):
        fault = self.fault("ring", REFUSED=REFUSAL, LOST=self.losses)
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
        fault = self.fault("has_rung", REFUSED=refusal, LOST=tuple(losses))
        yield 1.0
        if fault:
            self.unanswered.add(alert_id)
            raise NO_ANSWER[fault]("no answer")
        self.unanswered.discard(alert_id)
        return alert_id in self.rang


def one_process(story, work):
    """Run some work in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(work)


def times(calls):
    return "1 time" if calls == 1 else f"{calls} times"


def moved(unit, story, now, old, new):
    """Ask for one move of an alert whose marker is `now`: how it ended, its marker then, both in words."""
    alert = story.name("disk-7")
    markers = Markers(story, unit, {alert: now})
    end = one_process(story, partial(unit.move, alert, markers.states[old], markers.states[new], markers))
    saw = f"the marker is {STATES[now]}; move({alert!r}, State.{old}, State.{new}, markers) {end}"
    return end, markers.rows[alert], f"{saw}; then {markers.says(alert)}"


def test_three_of_nine_moves_are_ever_written(unit, story):
    """Of nine moves three are written when you ask for them; the other six write nothing."""
    for old, new in SAME_LAST:
        end, marker, saw = moved(unit, story, old, old, new)
        made = end.kind == "returned" and end.value is True and marker == new
        promise(
            made if (old, new) in LEGAL else marker == old,
            saw=saw,
            rule="a marker moves one step at a time, and only to what is known about the phone",
            ask="what is known when a worker, or a recovery, writes this? What if it dies right after it?",
            story=story,
        )


def test_wrong_and_too_late_are_told_apart(unit, story):
    """An illegal move raises IllegalMove; a legal one that comes too late returns False, unwritten."""
    for old, new in SAME_LAST:
        end, _, saw = moved(unit, story, old, old, new)
        promise(
            (old, new) in LEGAL or end.raised(unit.IllegalMove),
            saw=saw,
            rule="no true story has this move: to ask for it is a fault in the code that asks",
            ask="how does a caller tell a move that nobody may make from one that somebody else made first?",
            story=story,
        )
    for now, (old, new) in product(STATES, sorted(LEGAL)):
        end, marker, saw = moved(unit, story, now, old, new)
        promise(
            now == old or (end.kind == "returned" and end.value is False and marker == now),
            saw=saw,
            rule="whether a write was made is known to the table alone, at the moment of the write",
            ask="who can tell you that somebody was faster?",
            story=story,
        )


def goes_well(unit, story, phone, end, marker):
    """Promise that a worker whom nothing stopped has published, and says so."""
    disturbed = story.cancelled or phone.went_wrong or phone.unanswered or end.kind == "crashed"
    said = end.kind == "returned" and end.value == unit.State.PUBLISHED
    promise(
        bool(disturbed) or (said and marker == "PUBLISHED"),
        saw=f"nothing went wrong; publish(alert, markers, phone) {end}, and the marker says {STATES[marker]}",
        rule="a worker that nothing stops takes a pending alert all the way, and says so",
        ask="after a call that went well, what does the table hold, and what do you return?",
        story=story,
    )


def worker_then_recovery(unit, story, *, rang):
    """A worker takes one alert; if nothing stops it, recovery finds another in doubt. Yields after each."""
    fresh, doubtful = story.name("disk-7"), story.name("cpu-3")
    markers = Markers(story, unit, {fresh: "PENDING", doubtful: "IN_PROGRESS"})
    phone = Phone(story, rang=[doubtful] if rang else [])
    end = one_process(story, partial(unit.publish, fresh, markers, phone))
    goes_well(unit, story, phone, end, markers.rows[fresh])
    yield f"publish({fresh!r}, markers, phone) {end}", end, markers, phone
    if end.kind == "returned":
        end = one_process(story, partial(unit.recover, markers, phone))
        yield f"recover(markers, phone) {end}", end, markers, phone


def test_a_pending_alert_has_not_rung(unit, every_story):
    """Wherever a worker or a recovery is stopped, an alert whose marker says pending has not rung."""
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=2):
        for did, _, markers, phone in worker_then_recovery(unit, story, rang=True):
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
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=2):
        for did, _, markers, phone in worker_then_recovery(unit, story, rang=False):
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
    for story in every_story({CRASH, REFUSED, LOST}, depth=2):
        alert = story.name("disk-7")
        markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story, losses=LOSSES[:2])
        worker, recovery = partial(unit.publish, alert, markers, phone), partial(unit.recover, markers, phone)
        one_process(story, worker)
        one_process(story, recovery)
        story.until_done(lambda: [recovery(), worker()])
        promise(
            len(phone.rang) == 1,
            saw="a worker, a recovery, then a recovery and a worker that nothing disturbs: "
            f"{phone.rings()}, and {markers.says(alert)}",
            rule="what is in progress may have rung: neither ring again nor forget it before that is known",
            ask="who could have told the next process whether the phone had rung?",
            story=story,
        )


def test_two_workers_make_one_call(unit, every_story):
    """Two workers meet one alert: the phone rings once, and the alert is published."""
    for story in every_story({ORDER}, depth=2):
        alert = story.name("disk-7")
        markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story)
        with story.process() as process:
            worker = unit.publish.later(alert, markers, phone)
            ends = process.together(worker, worker)
        promise(
            len(phone.rang) == 1 and markers.rows[alert] == "PUBLISHED",
            saw=f"two workers called publish({alert!r}, markers, phone): the first {ends[0]}, "
            f"the second {ends[1]}; {phone.rings()}, and {markers.says(alert)}",
            rule="between a look and a write somebody else can write; only the write's answer is a claim",
            ask="what did the table answer the second worker, and what did it do with that answer?",
            story=story,
        )


def one_worker(unit, story):
    """One worker and one pending alert: the phone, how the worker ended, the marker, all of it in words."""
    alert = story.name("disk-7")
    markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story)
    end = one_process(story, partial(unit.publish, alert, markers, phone))
    goes_well(unit, story, phone, end, markers.rows[alert])
    went_wrong = phone.went_wrong or ("it is cancelled" if story.cancelled else "nothing goes wrong")
    return phone, end, markers.rows[alert], f"{went_wrong}; publish({alert!r}, markers, phone) {end}"


def test_a_worker_calls_once_and_asks_nobody(unit, every_story):
    """However its call ends, a worker does not call again, and does not ask the log about it."""
    for story in every_story({CANCEL, REFUSED, LOST}, depth=1):
        phone, _, _, saw = one_worker(unit, story)
        calls, asked = len(phone.calls), phone.asked_after_a_call
        promise(
            calls <= 1 and not asked,
            saw=f"{saw}; it called {times(calls)}{', and then asked the log' if asked else ''}",
            rule="publish calls once: to call again is for its caller to decide, to ask is recovery's work",
            ask="who asks, by the contract, and when?" if asked else "who decides about a second call?",
            story=story,
        )


def test_only_a_refusal_is_a_no(unit, every_story):
    """A refused alert is pending again; after no reply, or a reset connection, it stays in progress."""
    for story in every_story({REFUSED, LOST}, depth=1):
        phone, _, marker, saw = one_worker(unit, story)
        true = "PENDING" if phone.went_wrong == REFUSAL else "IN_PROGRESS"
        promise(
            not phone.went_wrong or marker == true,
            saw=f"{saw}, and the marker says {STATES[marker]}",
            rule="a refusal is knowledge; after silence or a reset nobody knows, and the doubt stays",
            ask="which of the phone's errors says that it did not ring, and which marker says the same?",
            story=story,
        )


def test_the_caller_hears_what_the_phone_raised(unit, every_story):
    """Refused, no reply, connection reset: the error that the phone raised reaches the caller."""
    for story in every_story({REFUSED, LOST}, depth=1):
        phone, end, _, saw = one_worker(unit, story)
        promise(
            not phone.went_wrong or end.raised(FAILURES[phone.went_wrong][1]),
            saw=saw,
            rule="the marker tells the next process; the error tells the caller, who may try again",
            ask="how does the caller learn how the call went, and what does it do next?",
            story=story,
        )


def test_a_cancelled_call_ends_as_cancelled(unit, every_story):
    """A worker or a recovery that is cancelled ends as cancelled, also when all its work is done."""
    for story in every_story({CANCEL, REFUSED}, depth=2):
        for did, end, _, phone in worker_then_recovery(unit, story, rang=True):
            calm = ("returned", "raised") if phone.went_wrong else ("returned",)
            promise(
                end.kind in (("cancelled",) if story.cancelled else calm),
                saw=f"{did}; cancelled {times(story.cancelled)}",
                rule="whoever cancels waits to hear that it was cancelled; a return value says it was not",
                ask="which of your lines turns a CancelledError into something else?",
                story=story,
            )


def test_a_worker_leaves_others_alone(unit, story):
    """An alert in progress or published is left alone, and whoever does not get an alert tells its state."""
    for state in ("PENDING", "IN_PROGRESS", "PUBLISHED"):
        alert = story.name("disk-7")
        markers, phone = Markers(story, unit, {alert: state}), Phone(story)
        with story.process() as process:
            worker = unit.publish.later(alert, markers, phone)
            ends = process.together(worker, worker)
        alone = state == "PENDING" or (not phone.calls and markers.rows[alert] == state)
        true = [markers.states[name] for name in ("IN_PROGRESS", "PUBLISHED") if state in ("PENDING", name)]
        told = all(end.kind == "returned" and end.value in true for end in ends)
        promise(
            alone and told,
            saw=f"the marker says {STATES[state]}; two workers called publish({alert!r}, markers, phone): "
            f"the first {ends[0]}, the second {ends[1]}; {phone.rings()}, and {markers.says(alert)}",
            rule="what is not pending has an owner, or is done; the caller acts on the state that it is told",
            ask="after a claim that failed: whose alert is it, and what does the table say?",
            story=story,
        )


def recovered(unit, story, *states):
    """Recover four alerts, of which the first and the third have rung: what came of it, and in words."""
    alerts = [story.name(what) for what in ("disk-7", "cpu-3", "mail-1", "api-2")]
    markers, phone = (
        Markers(story, unit, dict(zip(alerts, states, strict=True))),
        Phone(story, rang=alerts[::2]),
    )
    end = one_process(story, partial(unit.recover, markers, phone))
    rang = {alert: "has rung" if alert in phone.rang else "has not rung" for alert in alerts}
    account = (f"{alert} {rang[alert]} and is {STATES[state]}" for alert, state in markers.rows.items())
    return end, markers, phone, f"recover(markers, phone) {end}; {', '.join(account)}"


def test_recovery_asks_and_never_rings(unit, story):
    """Recovery settles every doubt as the phone's log says, and rings nobody."""
    _, markers, phone, saw = recovered(unit, story, "IN_PROGRESS", "IN_PROGRESS", "PUBLISHED", "PENDING")
    promise(
        [*markers.rows.values()] == ["PUBLISHED", "PENDING"] * 2 and not phone.calls,
        saw=f"the first two were in progress; {saw}; it called {times(len(phone.calls))}",
        rule="recovery turns doubts into knowledge; what is done with the knowledge is the workers' business",
        ask="for each alert in progress: who knows what happened, and what is the true marker then?",
        story=story,
    )


def test_recovery_goes_on_without_an_answer(unit, every_story):
    """When the log does not answer for one alert, recovery leaves it in progress and settles the others."""
    for story in every_story({REFUSED, LOST}, depth=1):
        _, markers, phone, saw = recovered(unit, story, *["IN_PROGRESS"] * 4)
        settled = dict(zip(markers.rows, ["PUBLISHED", "PENDING"] * 2, strict=True))
        promise(
            markers.rows == settled | dict.fromkeys(phone.unanswered, "IN_PROGRESS"),
            saw=f"four in progress, no answer for {' and '.join(phone.unanswered) or 'none'}; {saw}",
            rule="no answer is no knowledge about one alert, and no reason to leave the others in doubt",
            ask="what is known about each of the four, and which marker says exactly that?",
            story=story,
        )


def test_recovery_tells_every_state(unit, every_story):
    """Recovery returns the state of every alert, as the table then has it, whether it settled it or not."""
    for story in every_story({REFUSED, LOST}, depth=1):
        end, markers, _, saw = recovered(unit, story, "IN_PROGRESS", "IN_PROGRESS", "PUBLISHED", "PENDING")
        states = {alert: markers.states[name] for alert, name in markers.rows.items()}
        promise(
            end.kind == "returned" and end.value == states,
            saw=saw,
            rule="whoever starts the workers reads there what waits, what is done, and what is in doubt",
            ask="which alerts does the table hold, and which of them does your answer name?",
            story=story,
        )
