"""What is checked for ex51: a marker that stays true wherever the process stops.

The table writes whatever it is asked to write. The judge keeps every move, and every time the phone rang.
"""

from functools import partial
from itertools import permutations

from halfway.kit import CANCEL, CRASH, LOST, ORDER, REFUSED, Port, promise, takes_time

STATES = {"PENDING": "pending", "IN_PROGRESS": "in progress", "PUBLISHED": "published"}
LEGAL = {("PENDING", "IN_PROGRESS"), ("IN_PROGRESS", "PENDING"), ("IN_PROGRESS", "PUBLISHED")}
ILLEGAL = [*({*permutations(STATES, 2)} - LEGAL), *((state, state) for state in STATES)]
SILENCE = ("the request is lost", "the reply is lost")
RESET = ("the connection is reset before it rings", "the connection is reset after it rang")


class Markers(Port):
    """The table: every statement takes 10 ms."""

    raises = (KeyError, TypeError)

    def __init__(self, story, unit, rows):
        super().__init__(story)
        self.states = {name: getattr(unit.State, name) for name in STATES}
        self.rows = dict(rows)
        self.moves = []
        for alert_id, state in rows.items():
            self.tell(f"{alert_id} is {STATES[state]}")

    def _name(self, state):
        for name, known in self.states.items():
            if state == known:
                return name
        raise TypeError(f"a marker is a State, not {state!r}")

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
        self.moves.append((was, becomes))
        self.tell(f"{alert_id}: {STATES[was]} -> {STATES[becomes]}")
        return True


class Phone(Port):
    """The on-call phone: a call takes 2 s and rings after 1 s. Its log answers after 1 s."""

    raises = (ConnectionError, TimeoutError)

    def __init__(self, story, rang=(), losses=SILENCE):
        super().__init__(story)
        self.rang = list(rang)
        self.losses = losses
        self.went_wrong = ""
        self.unanswered = set()
        for alert_id in rang:
            self.tell(f"has rung for {alert_id}")

    @takes_time
    def ring(self, alert_id):
        fault = self.fault("ring", REFUSED="the call is refused", LOST=self.losses)
        self.went_wrong = self.went_wrong or fault
        yield 1.0
        if fault == "the call is refused":
            raise ConnectionRefusedError("the phone refused the call")
        if fault not in (SILENCE[0], RESET[0]):
            self.rang.append(alert_id)
            self.tell(f"rings for {alert_id}")
        yield 1.0
        if fault in SILENCE:
            raise TimeoutError("no reply")
        if fault in RESET:
            raise ConnectionResetError("the connection was reset")

    @takes_time
    def has_rung(self, alert_id):
        lost = ("the question is lost", "the answer is lost")
        fault = self.fault("has_rung", REFUSED="the log refuses", LOST=lost)
        yield 1.0
        if not fault:
            self.unanswered.discard(alert_id)
            return alert_id in self.rang
        self.unanswered.add(alert_id)
        raise TimeoutError("no answer") if fault in lost else ConnectionRefusedError("the log refused")


def one_process(story, work):
    """Run some work in a process of its own, and give how it ended."""
    with story.process() as process:
        return process.run(work)


def times(calls):
    return "1 time" if calls == 1 else f"{calls} times"


def moved(unit, story, now, old, new):
    """Ask for one move of an alert whose marker is `now`: how it ended, its marker then, both in words."""
    alert = story.name("disk")
    markers = Markers(story, unit, {alert: now})
    end = one_process(story, partial(unit.move, alert, markers.states[old], markers.states[new], markers))
    marker = markers.rows[alert]
    saw = f"the marker is {STATES[now]}; move(alert, State.{old}, State.{new}, markers) {end}"
    return end, marker, f"{saw}, and then the marker is {STATES[marker]}"


def test_six_of_nine_moves_are_refused(unit, story):
    """Three of nine moves are made when you ask for them; the others raise IllegalMove and write nothing."""
    rule = "a marker moves one step at a time, and only to what is known about the phone"
    for old, new in sorted(LEGAL):
        end, marker, saw = moved(unit, story, old, old, new)
        made = end.kind == "returned" and end.value is True and marker == new
        promise(made, saw=saw, rule=rule, ask="which moves does a worker need, or a recovery?", story=story)
    for old, new in sorted(ILLEGAL, key=lambda move: (move[0] == move[1], move)):
        end, marker, saw = moved(unit, story, old, old, new)
        if marker == old:
            ask = "how does a caller tell a move that nobody may make from one that somebody else made first?"
        else:
            ask = "what does the next process believe if you die right after that write?"
        promise(end.raised(unit.IllegalMove) and marker == old, saw=saw, rule=rule, ask=ask, story=story)


def test_a_move_that_comes_too_late_says_so(unit, story):
    """A legal move of a marker that somebody else has moved before returns False and writes nothing."""
    late = [(now, old, new) for now in STATES for old, new in sorted(LEGAL) if now != old]
    for now, old, new in late:
        end, marker, saw = moved(unit, story, now, old, new)
        promise(
            end.kind == "returned" and end.value is False and marker == now,
            saw=saw,
            rule="whether a write was made is known to the table alone, at the moment of the write",
            ask="who can tell you that somebody was faster?",
            story=story,
        )


def goes_well(unit, story, end, marker):
    """Promise that a worker whom nothing stopped has published, and says so."""
    promise(
        end.kind == "returned" and end.value == unit.State.PUBLISHED and marker == "PUBLISHED",
        saw=f"nothing went wrong; publish(alert, markers, phone) {end}, and the marker says {STATES[marker]}",
        rule="a worker that nothing stops takes a pending alert all the way, and says so",
        ask="after a call that went well, what does the table hold, and what do you return?",
        story=story,
    )


def stopped(unit, story, *, rang):
    """A worker takes one alert, then recovery finds another in progress. Yields when each has stopped."""
    fresh, doubtful = story.name("disk"), story.name("cpu")
    markers = Markers(story, unit, {fresh: "PENDING", doubtful: "IN_PROGRESS"})
    phone = Phone(story, rang=[doubtful] if rang else [])
    end = one_process(story, partial(unit.publish, fresh, markers, phone))
    if not (story.cancelled or phone.went_wrong or phone.unanswered or end.kind == "crashed"):
        goes_well(unit, story, end, markers.rows[fresh])
    yield f"publish({fresh!r}, markers, phone) {end}", markers, phone
    end = one_process(story, partial(unit.recover, markers, phone))
    yield f"recover(markers, phone) {end}", markers, phone


def test_a_pending_alert_has_not_rung(unit, every_story):
    """Wherever a worker or a recovery is stopped, an alert whose marker says pending has not rung."""
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=1):
        for did, markers, phone in stopped(unit, story, rang=True):
            untrue = [alert for alert in phone.rang if markers.rows[alert] == "PENDING"]
            promise(
                not untrue,
                saw=f"{did}; now {' and '.join(untrue)} is pending, and the phone has rung for it",
                rule="pending says one thing: the phone has certainly not rung",
                ask="who knew that it had not rung, when you set the marker to pending or left it there?",
                story=story,
            )


def test_a_published_alert_has_rung(unit, every_story):
    """Wherever a worker or a recovery is stopped, an alert whose marker says published has rung."""
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=1):
        for did, markers, phone in stopped(unit, story, rang=False):
            silent = [alert for alert in markers.rows if alert not in phone.rang]
            untrue = [alert for alert in silent if markers.rows[alert] == "PUBLISHED"]
            promise(
                not untrue,
                saw=f"{did}; now {' and '.join(untrue)} is published, and the phone has not rung for it",
                rule="published says one thing: the phone has certainly rung",
                ask="what had to be known before that marker was written, and was it?",
                story=story,
            )


def to_the_end(unit, story):
    """A worker, then a recovery, each can be stopped; then both once more, and nothing goes wrong."""
    alert = story.name("disk")
    markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story)
    worker, recovery = partial(unit.publish, alert, markers, phone), partial(unit.recover, markers, phone)
    one_process(story, worker)
    one_process(story, recovery)
    story.until_done(lambda: [recovery(), worker()])
    return markers, phone, STATES[markers.rows[alert]]


def test_one_alert_is_one_call(unit, every_story):
    """Killed anywhere, and killed again while it recovers: in the end one alert has rung once."""
    for story in every_story({CRASH, REFUSED, LOST}, depth=2):
        _, phone, marker = to_the_end(unit, story)
        promise(
            len(phone.rang) == 1,
            saw="a worker, a recovery, then a recovery and a worker that nothing disturbs: "
            f"the phone rang {times(len(phone.rang))}, and the marker says {marker}",
            rule="what is in progress may have rung: neither ring again nor forget it before that is known",
            ask="who could have told the next process whether the phone had rung?",
            story=story,
        )


def test_every_written_move_is_legal(unit, every_story):
    """Whatever goes wrong, no process writes any move but the three legal ones."""
    for story in every_story({CRASH, REFUSED, LOST}, depth=1):
        markers, _, _ = to_the_end(unit, story)
        illegal = [move for move in markers.moves if move not in LEGAL]
        written = dict.fromkeys(f"{STATES[old]} -> {STATES[new]}" for old, new in illegal)
        promise(
            bool(markers.moves) and not illegal,
            saw=f"the table was asked to write {', '.join(written) or 'nothing at all'}, and did so",
            rule="the table writes what it is asked to write; what is legal is yours to keep",
            ask="which of your writes does not pass through `move`, and what is true if you die after it?",
            story=story,
        )


def test_two_workers_make_one_call(unit, every_story):
    """Two workers meet one alert: the phone rings once, and each is told what the marker says."""
    for story in every_story({ORDER}, depth=2):
        alert = story.name("disk")
        markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story)
        with story.process() as process:
            worker = unit.publish.later(alert, markers, phone)
            ends = process.together(worker, worker)
        told = [end.kind == "returned" and end.value != unit.State.PENDING for end in ends]
        promise(
            len(phone.rang) == 1 and all(told),
            saw=f"two workers called publish({alert!r}, markers, phone): the first {ends[0]}, "
            f"the second {ends[1]}, and the phone rang {times(len(phone.rang))}",
            rule="between a look and a write somebody else can write; only the write's answer is a claim",
            ask="what did the table answer the second worker, and what did it do with that answer?",
            story=story,
        )


def failed_call(unit, story, error, left, losses=SILENCE):
    """One worker, one pending alert: if its call fails, is the error passed on and the marker `left`?"""
    alert = story.name("disk")
    markers, phone = Markers(story, unit, {alert: "PENDING"}), Phone(story, losses=losses)
    end = one_process(story, partial(unit.publish, alert, markers, phone))
    marker = markers.rows[alert]
    if not phone.went_wrong:
        if not phone.unanswered:
            goes_well(unit, story, end, marker)
        return True, ""
    saw = f"{phone.went_wrong}; publish({alert!r}, markers, phone) {end}, and it is {STATES[marker]}"
    return end.raised(error) and marker == left, saw


def test_a_refused_alert_waits_again(unit, every_story):
    """Refused means that it did not ring: the alert is pending again, and the caller is told."""
    for story in every_story({REFUSED}, depth=1):
        kept, saw = failed_call(unit, story, ConnectionRefusedError, "PENDING")
        promise(
            kept,
            saw=saw,
            rule="a refusal is knowledge: it leaves no doubt for anybody to clear up",
            ask="what do you know after a refusal that you do not know after silence?",
            story=story,
        )


def test_no_reply_leaves_a_doubt(unit, every_story):
    """No reply means that nobody knows: the alert stays in progress, and the caller is told."""
    for story in every_story({LOST}, depth=1):
        kept, saw = failed_call(unit, story, TimeoutError, "IN_PROGRESS")
        promise(
            kept,
            saw=saw,
            rule="silence is no answer: the caller is told of it, and the table keeps the doubt",
            ask="from here, what tells a lost request from a lost reply?",
            story=story,
        )


def test_a_reset_connection_leaves_a_doubt(unit, every_story):
    """A reset connection means that nobody knows: the alert stays in progress, and the caller is told."""
    for story in every_story({LOST}, depth=1):
        kept, saw = failed_call(unit, story, ConnectionResetError, "IN_PROGRESS", RESET)
        promise(
            kept,
            saw=saw,
            rule="a connection that was there can break on the way back as well as on the way out",
            ask="which of the phone's errors says that it did not ring?",
            story=story,
        )


def test_a_cancel_is_passed_on(unit, every_story):
    """A worker or a recovery that is cancelled ends as cancelled, or has done all its work."""
    for story in every_story({CANCEL}, depth=1):
        alert, doubt = story.name("disk"), story.name("cpu")
        markers, phone = Markers(story, unit, {alert: "PENDING", doubt: "IN_PROGRESS"}), Phone(story)
        worker, recovery = partial(unit.publish, alert, markers, phone), partial(unit.recover, markers, phone)
        for work, whose, done in ((worker, alert, "PUBLISHED"), (recovery, doubt, "PENDING")):
            before = story.cancelled
            end = one_process(story, work)
            cancelled = story.cancelled > before
            passed_on = end.kind == "cancelled" or (end.kind == "returned" and markers.rows[whose] == done)
            promise(
                passed_on if cancelled else end.kind == "returned",
                saw=f"{'publish' if work is worker else 'recover'}(...) was {'' if cancelled else 'not '}"
                f"cancelled; it {end}, and {whose} is {STATES[markers.rows[whose]]}",
                rule="whoever cancels waits to hear that it was cancelled; a return value says it was not",
                ask="which of your lines turns a CancelledError into something else?",
                story=story,
            )


def test_a_worker_takes_pending_alerts_alone(unit, story):
    """Of a pending, a doubtful and a published alert, a worker rings for the first and tells each state."""
    before = dict(zip(map(story.name, ("disk", "cpu", "mail")), STATES, strict=True))
    markers, phone = Markers(story, unit, before), Phone(story)
    with story.process() as process:
        ends = [process.run(partial(unit.publish, alert, markers, phone)) for alert in before]
    for (alert, state), end in zip(before.items(), ends, strict=True):
        after, calls = ("PUBLISHED", 1) if state == "PENDING" else (state, 0)
        told = end.kind == "returned" and end.value == getattr(unit.State, after)
        rang, marker = phone.rang.count(alert), markers.rows[alert]
        promise(
            told and rang == calls and marker == after,
            saw=f"the marker says {STATES[state]}; publish({alert!r}, markers, phone) {end}, "
            f"the phone rang {times(rang)} for it, and the marker says {STATES[marker]}",
            rule="what is in progress has an owner, alive or dead; only what is pending is free to take",
            ask="how does a worker tell a dead owner from a slow one?",
            story=story,
        )


def recovered(unit, story, markers, phone):
    """Recover once. Did it return what the table then says, and what is true of each alert, in words?"""
    end = one_process(story, partial(unit.recover, markers, phone))
    states = {alert: getattr(unit.State, name) for alert, name in markers.rows.items()}
    same = end.kind == "returned" and end.value == states
    rang = {alert: "has rung" if alert in phone.rang else "has not rung" for alert in markers.rows}
    account = (f"{alert} {rang[alert]} and is {STATES[marker]}" for alert, marker in markers.rows.items())
    return same, f"recover(markers, phone) {'returned these states' if same else end}: {', '.join(account)}"


def test_recovery_asks_and_never_rings(unit, story):
    """Recovery settles every doubt as the phone's log says, returns all states, and rings nobody."""
    rang, quiet, waits, done = map(story.name, ("disk", "cpu", "mail", "net"))
    rows = {rang: "IN_PROGRESS", quiet: "IN_PROGRESS", waits: "PENDING", done: "PUBLISHED"}
    markers, phone = Markers(story, unit, rows), Phone(story, rang=[rang, done])
    told, saw = recovered(unit, story, markers, phone)
    settled = rows | {rang: "PUBLISHED", quiet: "PENDING"}
    promise(
        told and markers.rows == settled and phone.rang == [rang, done],
        saw=f"{rang} and {quiet} were in progress; {saw}; it rang {times(len(phone.rang) - 2)}",
        rule="recovery turns doubts into knowledge; what is done with the knowledge is the workers' business",
        ask="for each alert in progress: who knows what happened, and what is the true marker then?",
        story=story,
    )


def test_recovery_goes_on_without_an_answer(unit, every_story):
    """When the log does not answer for one alert, recovery leaves it in progress and settles the others."""
    for story in every_story({REFUSED, LOST}, depth=1):
        alerts = [story.name(what) for what in ("disk", "cpu", "mail", "net")]
        markers = Markers(story, unit, dict.fromkeys(alerts, "IN_PROGRESS"))
        phone = Phone(story, rang=alerts[::2])
        told, saw = recovered(unit, story, markers, phone)
        settled = dict(zip(alerts, ("PUBLISHED", "PENDING") * 2, strict=True))
        settled |= dict.fromkeys(phone.unanswered, "IN_PROGRESS")
        promise(
            told and markers.rows == settled,
            saw=f"four in progress, {'no answer for ' if phone.unanswered else 'an answer for each'}"
            f"{' and '.join(sorted(phone.unanswered))}; {saw}",
            rule="no answer is no knowledge about one alert, and no reason to leave the others in doubt",
            ask="what is known about each of the four, and which marker says exactly that?",
            story=story,
        )
