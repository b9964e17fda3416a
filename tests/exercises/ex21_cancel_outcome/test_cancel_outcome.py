"""What is checked for ex21: an export tells the truth about the archive, wherever it is stopped."""

from halfway.kit import CANCEL, CRASH, LOST, REFUSED, Port, promise, takes_time

BATCH_SIZE = 2
REFUSAL, REQUEST_LOST, REPLY_LOST = "the batch is refused", "the request is lost", "the reply is lost"
ALERTS = ["disk-7", "api-2", "db-1", "db-2", "mail-1"]  # Three batches, and the last one is smaller.
MANY = [*(f"probe-{number}" for number in range(100)), "one long alert, " * 8]
# Some are equal, some differ in case or space alone, one is empty, one has an accent; and they are no list.
ODD = ("disk-7", "api-2", "disk-7", "db-1", "db-1", "", "disk-7", " disk-7\n", "DISK-7", "cafe\u0301-1")


class Archive(Port):
    """Keeps alerts: a batch is durable 1 s after it was sent, and its reply is back 1 s later."""

    raises = (ConnectionRefusedError, TimeoutError, TypeError)

    def __init__(self, story, durable_after=()):
        super().__init__(story)
        self.durable_after = list(durable_after)
        self.rows = []
        self.batch_sizes = []
        self.failed_with = None

    @takes_time
    def append(self, export_id, batch):
        if type(batch) not in (tuple, list) or any(type(alert) is not str for alert in batch):
            raise TypeError(f"a batch is a tuple or list of alerts, not {batch!r}")
        self.batch_sizes.append(len(batch))
        fault = self.fault("batch", REFUSED=REFUSAL, LOST=(REQUEST_LOST, REPLY_LOST))
        yield self.durable_after.pop(0) if self.durable_after else 1.0
        if fault == REFUSAL:
            self._fail(ConnectionRefusedError("the archive is full"))
        if fault == REQUEST_LOST:
            yield 1.0
            self._fail(TimeoutError("no reply"))
        self.rows.extend((export_id, alert) for alert in batch)
        self.tell(f"adds {names(batch) or 'nothing'}: now {self.count(export_id)} durable")
        yield 1.0
        if fault == REPLY_LOST:
            self._fail(TimeoutError("no reply"))

    def count(self, export_id):
        return sum(owner == export_id for owner, _ in self.rows)

    def _fail(self, error):
        self.failed_with = type(error)
        raise error


class Work:
    """One export to be made, under an id that no other story has."""

    def __init__(self, story, alerts=ALERTS, incident="incident"):
        self.id, self.alerts, self.incident = story.name(incident), alerts, incident

    def export(self, unit, archive, batch_size=BATCH_SIZE):
        return unit.Export(self.id, self.alerts, archive, batch_size)


def names(alerts):
    """Some alerts, for a sentence."""
    return ", ".join(alert if alert and alert == alert.strip() else ascii(alert) for alert in alerts)


def held_by(archive, work):
    """The alerts of an export that are durable, in the order in which they became so."""
    return [alert for owner, alert in archive.rows if owner == work.id]


def said(outcome):
    """What the learner's outcome says, whatever it is made of."""
    left = getattr(outcome, "left", outcome)
    return getattr(left, "name", repr(left)), getattr(outcome, "done", None)


def truth(held, alerts=ALERTS):
    """What an outcome has to say when so many alerts are durable."""
    return ("ALL" if held == len(alerts) else "PART" if held else "NOTHING"), held


def how_it_ended(process, call, archive, story):
    """How a call ended. An error that neither archive nor cancel explains is told as the learner's own."""
    end = process.run(call)
    if end.kind == "raised" and archive.failed_with is None and not story.cancelled:
        raise end.error
    return end


def promise_as_given(story, archive, work):
    """What the archive holds are the alerts, one for one."""
    held, alerts = held_by(archive, work), list(work.alerts)
    at = next((i for i, alert in enumerate(alerts) if held[i : i + 1] != [alert]), 0)
    promise(
        held == alerts,
        saw=f"alerts[{at}] is {alerts[at]!a}, and in its place the archive has "
        f"{ascii(held[at]) if held[at:] else 'nothing'}; it holds {len(held)} of {len(alerts)}",
        rule="an alert is known by its place, and goes in as it is",
        ask="which alerts, or which ids, does your code take for the same, or tidy up?",
        story=story,
    )


def run_and_asked(unit, story):
    """An export that was run: its archive, how it ended, what it said then, and what was durable then."""
    archive, work = Archive(story), Work(story)
    with story.process() as process:
        export = work.export(unit, archive)
        end = how_it_ended(process, lambda: export.run(), archive, story)
        told, held = said(export.outcome()), archive.count(work.id)
    return archive, end, told, held


def in_words(told):
    """What said() gave, for a sentence."""
    return f"outcome() said {told[0]}, {told[1]}"


def listing(archive, work):
    """What the archive holds of an export, for a sentence."""
    return f"the archive holds {names(held_by(archive, work)) or 'nothing'}"


def batches(sizes):
    """The sizes of some batches, for a sentence."""
    return f"batches of {', '.join(map(str, sizes))}" if sizes else "no batch"


def promise_the_truth(story, end, told, held, *, stopped, rule, ask):
    """The number is true, the word is true, and an export that nothing stopped is complete."""
    saw = f"at {story.seconds:g} s run() {end}; {in_words(told)}; the archive holds {held} of {len(ALERTS)}"
    promise(told[1] == held, saw=saw, rule=rule, ask=ask, story=story)
    promise(
        told == truth(held),
        saw=saw,
        rule="the word says what the archive holds, not how run() ended",
        ask="what is left for a caller to do here, and which of the three words says so?",
        story=story,
    )
    promise(
        stopped or held == len(ALERTS),
        saw=saw,
        rule="an export that nothing stops is complete when run() returns",
        ask="of which batches had your code the archive's reply when run() returned?",
        story=story,
    )


def promise_no_empty_batch(story, sizes):
    """What the archive holds already is not sent, and nothing is not a batch."""
    promise(
        0 not in sizes,
        saw=f"run() sent {batches(sizes)}: the batch of 0 is empty",
        rule="where nothing is left to do, nothing is sent",
        ask="what does your loop send when the archive holds every alert?",
        story=story,
    )


def test_a_cancelled_export_says_what_the_archive_holds(unit, every_story):
    """Wherever an export is cancelled, it says how many alerts the archive holds."""
    for story in every_story({CANCEL}):
        _, *seen = run_and_asked(unit, story)
        promise_the_truth(
            story,
            *seen,
            stopped=story.cancelled > 0,
            rule="a call that did not come back may have happened, or not",
            ask="who knows which, at the moment when outcome() is asked?",
        )


def test_a_failed_export_says_what_the_archive_holds(unit, every_story):
    """A batch is refused, its request or its reply is lost: the export says how many the archive holds."""
    for story in every_story({REFUSED, LOST}):
        archive, *seen = run_and_asked(unit, story)
        promise_the_truth(
            story,
            *seen,
            stopped=archive.failed_with is not None,
            rule="an error leaves the same question open as a cancel does",
            ask="on which ways out of run() does your number become true again?",
        )


def test_once_run_has_ended_the_archive_stays_as_it_is(unit, every_story):
    """Cancelled or failed, run() leaves nothing behind that still writes to the archive."""
    for story in every_story({CANCEL, REFUSED, LOST}):
        archive, work = Archive(story), Work(story, ALERTS[:3])
        with story.process() as process:
            end = how_it_ended(process, lambda: work.export(unit, archive).run(), archive, story)
            ended_at, held = story.seconds, archive.count(work.id)
            process.wait(60)
        later, stopped = archive.count(work.id), story.cancelled > 0 or archive.failed_with is not None
        promise(
            later == held and (stopped or held == len(work.alerts)),
            saw=f"at {ended_at:g} s run() {end}; the archive held {held} then, and {later} a minute later",
            rule="an answer stays true only while nothing is on its way any more",
            ask="what had run() begun that was not over when run() was?",
            story=story,
        )


def test_nothing_is_left_out_on_the_way(unit, every_story):
    """However long a batch takes, no alert is in the archive before those that come before it."""
    for story in every_story({CANCEL}, depth=1):
        archive, work = Archive(story, durable_after=(2.0, 1.0)), Work(story, ALERTS[:3])
        with story.process() as process:
            export = work.export(unit, archive)
            end = how_it_ended(process, lambda: export.run(), archive, story)
            process.run(lambda: export.run())
        held = list(dict.fromkeys(held_by(archive, work)))
        promise(
            held == work.alerts[: len(held)] and (story.cancelled > 0 or len(held) == len(work.alerts)),
            saw=f"run() {end} and was run again; {listing(archive, work)}",
            rule="a number is a resume point only while everything before it is there",
            ask="had it stopped after the first alert that is there, which one would alerts[1:] never send?",
            story=story,
        )


def test_run_again_it_writes_every_alert_once(unit, every_story):
    """Stopped, run again, restarted and run once more: every alert is in the archive once."""
    for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=1):
        archive, work = Archive(story), Work(story, ALERTS[:3])
        said_so, idle = "process 1 died", False
        with story.process() as process:
            export = work.export(unit, archive)
            first = process.run(lambda: export.run())
            stops = story.cancelled, archive.failed_with
            second = process.run(lambda: export.run())
            undisturbed = not process.crashed and stops == (story.cancelled, archive.failed_with)
            idle = undisturbed and archive.count(work.id) < len(work.alerts)
            said_so = f"run() {first}; run again, it {second}"
        promise(
            not idle,
            saw=f"{said_so}; {listing(archive, work)}",
            rule="what stopped one run() is over when the next one begins",
            ask="what does your code still remember of the first run() when the second one starts?",
            story=story,
        )
        story.until_done(lambda: work.export(unit, archive).run())
        held = held_by(archive, work)
        missing = any(alert not in held for alert in work.alerts)
        promise(
            sorted(held) == sorted(work.alerts),
            saw=f"{said_so}; run once more in a new process; {listing(archive, work)}",
            rule="go on from what is durable, not from what was sent or heard",
            ask="when your loop passes a batch over, who said that the archive holds it?"
            if missing
            else "when your loop sends a batch, who said that the archive does not hold it yet?",
            story=story,
        )


def test_a_new_process_knows_how_far_the_last_one_came(unit, every_story):
    """Two exports run when their process dies: a new one says of each how many alerts the archive holds."""
    for story in every_story({CRASH}):
        archive, works = Archive(story), (Work(story), Work(story, ALERTS[:3], "outage"))
        with story.process() as process:
            exports = [work.export(unit, archive) for work in works]
            ends = process.together(*(export.run.later() for export in exports))
        with story.process():
            told = [said(work.export(unit, archive).outcome()) for work in works]
        held = [archive.count(work.id) for work in works]
        promise(
            told == [truth(count, work.alerts) for count, work in zip(held, works, strict=True)],
            saw=f"the archive holds {held[0]} of 5 and {held[1]} of 3; "
            f"the first new Export: {in_words(told[0])}; the second: {in_words(told[1])}",
            rule="what a process remembers is gone when the process is",
            ask="where is the number kept that a new process starts from?",
            story=story,
        )
        promise(
            process.crashed or all(held_by(archive, work) == list(work.alerts) for work in works),
            saw=f"two exports at once: run() of 'incident' {ends[0]}, {listing(archive, works[0])}; "
            f"run() of 'outage' {ends[1]}, {listing(archive, works[1])}",
            rule="two exports share the archive and nothing else",
            ask="which name in your code stands for one thing while two exports are at work?",
            story=story,
        )


def test_another_batch_size_goes_on_from_the_same_alert(unit, every_story):
    """With another batch size it goes on from the same alert, in batches of at most the new size."""
    for story in every_story({CANCEL, CRASH}, depth=1):
        archive, work = Archive(story), Work(story, ALERTS[:4])
        sent = {size: [] for size in (1, 3, 2)}
        with story.process() as process:
            work.export(unit, archive, batch_size=4)  # It waits, and never runs.
            for size in (1, 3):
                archive.batch_sizes = sent[size]
                process.run(lambda size=size: work.export(unit, archive, batch_size=size).run())
        archive.batch_sizes = sent[2]
        story.until_done(lambda: work.export(unit, archive, batch_size=2).run())
        promise(
            all(max(sizes, default=0) <= size for size, sizes in sent.items())
            and held_by(archive, work) == work.alerts,
            saw=f"batch_size=1 sent {batches(sent[1])}; then batch_size=3 sent {batches(sent[3])}; "
            f"a new process with batch_size=2 sent {batches(sent[2])}; {listing(archive, work)}",
            rule="the resume point counts alerts; how they are cut into batches is for each Export to say",
            ask="after a stop, what decides where the next batch begins, and how long it is?",
            story=story,
        )
        promise_no_empty_batch(story, [*sent[1], *sent[3], *sent[2]])


def test_an_export_that_waited_speaks_of_now(unit, story):
    """While an Export waited, another one of the same id ran: it says what the archive holds now."""
    archive, work = Archive(story), Work(story)
    with story.process():
        waited = work.export(unit, archive)
        waited.outcome()
        work.export(unit, archive).run()
        told, held = said(waited.outcome()), archive.count(work.id)
        waited.run()
    promise(
        told[1] == held and held_by(archive, work) == work.alerts,
        saw=f"one Export waited while another ran; {in_words(told)} for the one that waited, with {held} of "
        f"{len(ALERTS)} durable; then that one ran, too, and {listing(archive, work)}",
        rule="a number that you keep is as old as the moment when you asked for it",
        ask="when did your code last ask the archive, and what has been written since?",
        story=story,
    )


def test_nothing_and_all_mean_what_they_say(unit, story):
    """NOTHING before it runs, ALL once it is complete, also when run again; an export of no alerts is ALL."""
    archive, work, empty = Archive(story), Work(story), Work(story, [], "outage")
    wrong = []
    with story.process():
        for each in (empty, work):
            export = each.export(unit, archive, batch_size=len(ALERTS))
            for runs, when in enumerate(("before run()", "after run()", "after a second run()")):
                if runs:
                    export.run()
                told = said(export.outcome())
                if told != truth(len(each.alerts) if runs else 0, each.alerts):
                    wrong.append(f"{each.incident!r} has {len(each.alerts)} alerts; {when} {in_words(told)}")
    promise(
        not wrong,
        saw=wrong[0] if wrong else "",
        rule="the answer says what is left to do, not how the work went",
        ask="which of the three answers tells a caller that nothing is left to do?",
        story=story,
    )
    promise_no_empty_batch(story, archive.batch_sizes)


def test_a_cancelled_export_ends_as_cancelled(unit, every_story):
    """A cancelled export ends as cancelled, and one that nobody cancels comes to its end."""
    for story in every_story({CANCEL}):
        archive, work = Archive(story), Work(story)
        with story.process() as process:
            end = process.run(lambda: work.export(unit, archive).run())
        promise(
            end.kind == ("cancelled" if story.cancelled else "returned"),
            saw=f"the export was {'cancelled' if story.cancelled else 'not cancelled'}; run() {end}",
            rule="an outcome is told beside a cancellation, never instead of it",
            ask="how does the timeout around run() learn that its cancel was obeyed?",
            story=story,
        )


def test_a_failed_export_ends_with_the_archives_error(unit, every_story):
    """When the archive refuses a batch or does not answer, run() ends with the error of the archive."""
    for story in every_story({REFUSED, LOST}):
        archive, work = Archive(story), Work(story)
        with story.process() as process:
            end = process.run(lambda: work.export(unit, archive).run())
        failed = archive.failed_with
        promise(
            end.raised(failed) if failed else end.kind == "returned",
            saw=f"append() {f'raised {failed.__name__}' if failed else 'did not fail'}; run() {end}",
            rule="an outcome is told beside an error, never instead of it",
            ask="who decides whether to try again, and how does it hear that there is a reason to?",
            story=story,
        )


def test_when_run_returns_the_alerts_are_there_as_they_were_given(unit, story):
    """However many alerts, however slow the archive: run() returns when it holds them as they were given."""
    archive, odd, many = Archive(story), Work(story, ODD), Work(story, MANY, "outage")
    odd.id = f" {story.name('Incident 7')}"
    archive.rows += [(odd.id, alert) for alert in ODD[:3]]
    archive.tell(f"holds the first 3 of {odd.id!r}")
    with story.process() as process:
        odd.export(unit, archive).run()
        promise_as_given(story, archive, odd)
        archive.durable_after.append(450.0)
        end = process.run(lambda: many.export(unit, archive, batch_size=1).run())
    count = archive.count(many.id)
    promise(
        end.kind == "returned" and count == len(MANY),
        saw=f"nobody cancelled it; run() {end}; the archive holds {count} of the {len(MANY)} of 'outage'",
        rule="whoever waits for an operation says how long it may take",
        ask="who asked your code to stop here?",
        story=story,
    )
    promise_as_given(story, archive, many)
