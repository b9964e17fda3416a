"""What is checked for ex44: the learner's tests accept right publishers, and refuse wrong ones.

The publishers live here and run on the judge's side. A test meets one behind `world.publish`, in a world of
its own; which one it is, and in which order they come, is drawn.
"""

from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from halfway.kit import (
    NO_STORY,
    Port,
    TheirTests,
    accepts,
    attribute,
    foreign_imports,
    note,
    only_story,
    promise,
)

NO_CALLS = "a test is called with a world and returns nothing: there is nothing to wait for"
PUBLISHERS = "what goes wrong is the learner's to choose: their tests inject the faults, of every kind"
WITHOUT = {
    "asked at any time": NO_CALLS,
    "between two lines": NO_CALLS,
    "clocks of their own": "no clock is handed in",
    "kinds meet": PUBLISHERS,
    "somebody is beside it": "a test has a process and a world of its own",
    "the process lives on": "a test has a process and a world of its own",
    "the whole family of errors": PUBLISHERS,
    "values of the domain": "the learner's tests name the alerts, and the world refuses what is none",
}

ASKS_MAX = 50
CALL_S, DAY_S = 1.0, 86_400.0
PROCESSES = 8
"""In so many processes a test runs that draws: each has a chance of its own."""
NOTE_RUNS_MAX = 800
"""So many runs are worth it to say which tests would be enough."""
NOTE_AFTER_S = 1.0
"""Where the tests have computed longer than this, the rest of the time is left to the promises."""


class Died(BaseException):
    """The process of a publisher ends here."""


class World(Port):
    """A phone that forgets in a day, a store that survives, and a publisher under test."""

    raises = (ValueError, RuntimeError)

    def __init__(self, story, publisher):
        super().__init__(story)
        self._makes, self._publisher = publisher, None
        self._heard, self._called, self._notes = [], [], {}
        self._known, self._faults = set(), deque()
        self._asks, self._unfinished = Counter(), {}
        self.asked = []
        self.mistake = ""
        self.returned = {}
        self._asked_now, self.rang_for = "", set()
        self._start()

    # ---- what a test sees

    @attribute
    def rang(self):
        self.asked.append("rang")
        return list(self._heard)

    @attribute
    def calls(self):
        self.asked.append("calls")
        return list(self._called)

    @attribute
    def store(self):
        self.asked.append("store")
        return dict(self._notes)

    def publish(self, incident: str, revision: int = 1):
        self.asked.append(("publish", incident, revision))
        if not is_encodable(incident) or revision < 1:
            self._is_mistaken(ValueError, f"there is no alert {incident!r} r{revision}")
        alert = told(incident, revision)
        if self._asks[alert] == ASKS_MAX:
            self._is_mistaken(RuntimeError, f"the last {ASKS_MAX} asks for {alert} have not returned")
        self._asks[alert] += 1
        self._unfinished[alert] = True
        self._asked_now = alert
        ended = self._ask(incident, revision)
        self._asked_now = ""
        self.world.tell("publisher", f"{ended}: {alert}")
        if ended == "died":
            self._start()
        if ended == "returned":
            self._asks[alert] = 0
            del self._unfinished[alert]
            self.returned[alert] = self._heard.count(alert)
        return ended

    def _ask(self, incident, revision):
        try:
            self._publisher.publish(incident, revision)
        except Died:
            return "died"
        except Exception:
            return "raised"
        return "returned"

    def refuse_next(self):
        self._inject("refuse_next", "refused")

    def lose_next_request(self):
        self._inject("lose_next_request", "the request is lost")

    def lose_next_reply(self):
        self._inject("lose_next_reply", "the reply is lost")

    def die_before_next_ring(self):
        self._inject("die_before_next_ring", "dies before it rings")

    def die_after_next_ring(self):
        self._inject("die_after_next_ring", "dies after it rang")

    def restart(self):
        self.asked.append("restart")
        self._start()

    def a_day_later(self):
        self.asked.append("a_day_later")
        if self._unfinished:
            alert = next(iter(self._unfinished))
            self._is_mistaken(
                RuntimeError,
                f"{alert} is unfinished: its last ask has not returned, and it is asked again today",
            )
        self.world.pass_time(DAY_S)
        self._known.clear()
        self._tell_of_phone("has forgotten its keys")

    def _inject(self, name, fault):
        self.asked.append(name)
        self._faults.append(fault)

    def _is_mistaken(self, kind, text):
        self.mistake = text
        raise kind(text)

    # ---- what a publisher sees

    def _start(self):
        """Start a process of the publisher; one that dies as it starts is started again."""
        is_alive = False
        while not is_alive:
            is_alive = True
            self.world.tell("publisher", "its process starts")
            self._publisher = self._makes.of(self._notes, self._call)
            try:
                self._publisher.starts()
            except Died:
                is_alive = False
            except Exception:
                self.world.tell("publisher", "raises as it starts")

    def _call(self, key, text):
        """Call the phone: what goes wrong in it is what the test has asked for."""
        self._called.append((key, text))
        self.world.tell(
            "publisher", f"calls, key {key if len(key) <= 24 else f'{key[:20]} ...'}", "call", "phone"
        )
        self.world.pass_time(CALL_S)
        fault = self._faults.popleft() if self._faults else ""
        if fault == "refused":
            self._tell_of_phone("refuses the call")
            raise ConnectionRefusedError("the line is busy")
        if fault == "dies before it rings":
            self._dies()
        if fault == "the request is lost":
            self._tell_of_phone("hears nothing: the request is lost")
            raise TimeoutError("no reply")
        if key not in self._known:
            self._known.add(key)
            self._heard.append(text)
            self.rang_for.add((text, self._asked_now))
            self._tell_of_phone(f"rings: {text}")
        if fault == "dies after it rang":
            self._dies()
        if fault == "the reply is lost":
            self._tell_of_phone("answers, and the reply is lost")
            raise TimeoutError("no reply")

    def _tell_of_phone(self, what):
        self.world.tell("phone", what)

    def _dies(self):
        self.world.tell("publisher", "its process dies")
        raise Died


def is_encodable(incident):
    """Is it the text of an incident: not empty, and with a form in UTF-8?"""
    return bool(incident) and incident.encode(errors="replace").decode() == incident


def told(incident, revision):
    """An alert as it is read out."""
    return f"{incident} r{revision}"


# ---- right publishers


class Marks:
    """Notes what it begins, calls, and notes that it is done. What fails goes through."""

    def __init__(self, drawn, notes, call):
        self.drawn, self.notes, self.call, self.memory = drawn, notes, call, {}
        self.drawn_here = 0

    def starts(self):
        """What it does when its process starts."""

    def publish(self, incident, revision):
        name = self.name(incident, revision)
        if self.is_done(name, incident, revision):
            return
        self.begin(name)
        self.ring(name, incident, revision)
        self.done(name, incident, revision)

    def name(self, incident, revision):
        return f"{incident}/{revision}"

    def key(self, name):
        return name

    def text(self, incident, revision):
        return told(incident, revision)

    def is_done(self, name, incident, revision):
        return self.notes.get(name) == "published"

    def begin(self, name):
        self.notes[name] = "in progress"

    def ring(self, name, incident, revision):
        self.call(self.key(name), self.text(incident, revision))

    def done(self, name, incident, revision):
        self.notes[name] = "published"

    def fresh(self):
        """A key that nobody has used, drawn in this process."""
        self.drawn_here += 1
        made = self.notes["keys drawn"] = self.notes.get("keys drawn", 0) + 1
        return sha256(f"{self.drawn} {made} {self.drawn_here}".encode()).hexdigest()[:16]


class MarksWhenDone(Marks):
    def begin(self, name):
        pass


class TriesAgain(Marks):
    def ring(self, name, incident, revision):
        for _ in range(self.tries - 1):
            with suppress(OSError):
                super().ring(name, incident, revision)
                return
        super().ring(name, incident, revision)

    @property
    def tries(self):
        return 3


class TriesLong(TriesAgain):
    @property
    def tries(self):
        return 8 + self.drawn % 5


class RandomKeyKept(Marks):
    def key(self, name):
        kept = self.notes.setdefault("keys", {})
        if name not in kept:
            kept[name] = self.fresh()
        return kept[name]


class CallsTwice(Marks):
    def ring(self, name, incident, revision):
        super().ring(name, incident, revision)
        super().ring(name, incident, revision)


class Digests(Marks):
    """Notes under digests, with a count of asks and one of starts; long keys."""

    def starts(self):
        self.notes["starts"] = self.notes.get("starts", 0) + 1

    def name(self, incident, revision):
        return sha256(f"{self.drawn}/{incident}/{revision}".encode()).hexdigest()

    def publish(self, incident, revision):
        self.notes["asks"] = self.notes.get("asks", 0) + 1
        super().publish(incident, revision)


class OneList(Marks):
    """One list of what is done; its keys are numbers of what it was asked for."""

    def is_done(self, name, incident, revision):
        return name in self.notes.get("done", ())

    def begin(self, name):
        seen = self.notes.setdefault("seen", [])
        if name not in seen:
            self.notes["seen"] = [*seen, name]

    def key(self, name):
        return str(self.notes["seen"].index(name))

    def done(self, name, incident, revision):
        self.notes["done"] = [*self.notes.get("done", ()), name]


class NewKeyAfterRefusals(Marks):
    """Takes another key after a refusal, where nothing else has gone wrong: then nothing can have rung."""

    def begin(self, name):
        self.state = self.notes.setdefault(f"{name}: tries", [0, "sure"])

    def ring(self, name, incident, revision):
        number, how = self.state
        self.notes[f"{name}: tries"] = self.state = [number, "in doubt"]
        try:
            self.call(f"{name}#{number}", self.text(incident, revision))
        except ConnectionRefusedError:
            if how == "sure":
                self.notes[f"{name}: tries"] = [number + 1, "sure"]
            raise


RIGHT = (
    (Marks, "notes what it does, and lets each error through"),
    (MarksWhenDone, "makes one note, when it is done"),
    (TriesAgain, "tries three times before it lets the error through"),
    (TriesLong, "tries many times before it lets the error through"),
    (RandomKeyKept, "draws a key, and notes it before it calls"),
    (CallsTwice, "calls twice with one key, to be sure"),
    (Digests, "keeps its notes under digests, and counts its starts and how often it is asked"),
    (OneList, "keeps its notes in lists, and numbers its keys"),
    (NewKeyAfterRefusals, "takes another key after a refusal, when nothing can have rung"),
)


# ---- wrong publishers


class KeyPerCall(Marks):
    def key(self, name):
        return self.fresh()


class KeyInMemory(Marks):
    def key(self, name):
        if name not in self.memory:
            self.memory[name] = self.fresh()
        return self.memory[name]


class CleansUp(RandomKeyKept):
    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            del self.notes["keys"][name]
            raise


class ForgetsItsDoubts(Marks):
    """Takes a new key after a refusal; that a call before it may have rung is known to its process alone."""

    def key(self, name):
        return f"{name}#{self.notes.get(f'{name}: refused', 0)}"

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except TimeoutError:
            self.memory[name] = "in doubt"
            raise
        except ConnectionRefusedError:
            if name not in self.memory:
                self.notes[f"{name}: refused"] = self.notes.get(f"{name}: refused", 0) + 1
            raise


class NewKeyInTheEnd(Marks):
    def key(self, name):
        tries = self.notes[f"{name}: tries"] = self.notes.get(f"{name}: tries", 0) + 1
        return f"{name}#{(tries - 1) // 3}"


class PublishedFirst(Marks):
    def begin(self, name):
        self.notes[name] = "published"


class TakesItBack(PublishedFirst):
    """What it hears of, it takes back; who dies hears nothing."""

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            del self.notes[name]
            raise


class MarkedInFinally(Marks):
    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            self.done(name, incident, revision)
            raise


class SwallowsRefusal(Marks):
    def ring(self, name, incident, revision):
        with suppress(ConnectionRefusedError):
            super().ring(name, incident, revision)


class SilenceIsYes(Marks):
    def ring(self, name, incident, revision):
        with suppress(TimeoutError):
            super().ring(name, incident, revision)


class LongSilenceIsYes(Marks):
    """Lets silence through as an error, and takes the fourth one for a ring."""

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except TimeoutError:
            silences = self.notes[f"{name}: silences"] = self.notes.get(f"{name}: silences", 0) + 1
            if silences < 4:
                raise


class GivesUpQuietly(Marks):
    def ring(self, name, incident, revision):
        for _ in range(3):
            with suppress(OSError):
                super().ring(name, incident, revision)
                return


class DeadLetters(Marks):
    """Lets errors through, and puts an alert aside when it has failed five times."""

    def is_done(self, name, incident, revision):
        return super().is_done(name, incident, revision) or self.notes.get(f"{name}: failed", 0) >= 5

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            self.notes[f"{name}: failed"] = self.notes.get(f"{name}: failed", 0) + 1
            raise


class PutsPoisonAside(Marks):
    """Counts what it begins and does not end: an alert in which it has died three times is put aside."""

    def is_done(self, name, incident, revision):
        return super().is_done(name, incident, revision) or self.notes.get(f"{name}: begun", 0) >= 3

    def ring(self, name, incident, revision):
        self.notes[f"{name}: begun"] = self.notes.get(f"{name}: begun", 0) + 1
        try:
            super().ring(name, incident, revision)
        except OSError:
            self.notes[f"{name}: begun"] -= 1
            raise


class Outbox(Marks):
    """Puts what fails into an outbox and returns; the next ask empties it."""

    def publish(self, incident, revision):
        waiting, self.notes["outbox"] = self.notes.get("outbox", []), []
        for alert in waiting:
            super().publish(*alert)
        super().publish(incident, revision)

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            self.notes["outbox"] = [*self.notes["outbox"], (incident, revision)]

    def done(self, name, incident, revision):
        if (incident, revision) not in self.notes["outbox"]:
            super().done(name, incident, revision)


class PatientOutbox(Outbox):
    """Does not give up what waits in its outbox, once it is asked again."""

    def publish(self, incident, revision):
        for _ in range(ASKS_MAX):
            if not self.notes.get("outbox"):
                break
            for alert in self.notes["outbox"]:
                self.notes["outbox"] = [each for each in self.notes["outbox"] if each != alert]
                Marks.publish(self, *alert)
        super().publish(incident, revision)


class NeverMarks(Marks):
    def is_done(self, name, incident, revision):
        return False


class MarksInMemory(Marks):
    def is_done(self, name, incident, revision):
        return name in self.memory

    def done(self, name, incident, revision):
        self.memory[name] = "published"


class TwoNotebooks(Marks):
    """Begins new notes when it starts, and keeps those of the process before."""

    def starts(self):
        self.notes["before"], self.notes["now"] = self.notes.get("now", []), []

    def is_done(self, name, incident, revision):
        return name in self.notes["now"] or name in self.notes["before"]

    def done(self, name, incident, revision):
        self.notes["now"] = [*self.notes["now"], name]


class KeyWithoutRevision(Marks):
    def key(self, name):
        return name.rpartition("/")[0]


class OlderIsStale(Marks):
    def is_done(self, name, incident, revision):
        return revision <= self.notes.get(f"{incident}: last", 0)

    def done(self, name, incident, revision):
        self.notes[f"{incident}: last"] = revision


class OldText(Marks):
    def text(self, incident, revision):
        return self.notes.setdefault(f"{incident}: text", super().text(incident, revision))


class LastAlertsOnly(Marks):
    def is_done(self, name, incident, revision):
        return name in self.notes.get("last", ())

    def done(self, name, incident, revision):
        self.notes["last"] = [*self.notes.get("last", ()), name][-4:]


class LastRevisionOnly(Marks):
    def is_done(self, name, incident, revision):
        return self.notes.get(f"{incident}: last") == revision

    def done(self, name, incident, revision):
        self.notes[f"{incident}: last"] = revision


class OneKeyUnderWay(Marks):
    """Keeps one key in each incident, that of the revision it was asked for last."""

    def key(self, name):
        place = f"{name.rpartition('/')[0]}: under way"
        whose, key = self.notes.get(place, ("", ""))
        if whose != name:
            key = self.fresh()
            self.notes[place] = (name, key)
        return key


class Reminds(Marks):
    """Rings once more when it has been asked five times."""

    def name(self, incident, revision):
        return f"{super().name(incident, revision)}/{self.notes.get(told(incident, revision), 0) // 5}"

    def publish(self, incident, revision):
        alert = told(incident, revision)
        self.notes[alert] = self.notes.get(alert, -1) + 1
        super().publish(incident, revision)


class KeyWithoutIncident(Marks):
    def key(self, name):
        return f"revision {name.rpartition('/')[2]}"


class RunTogether(Marks):
    def key(self, name):
        return name.replace("/", "")


class SmallLetters(Marks):
    def name(self, incident, revision):
        return super().name(incident.lower(), revision)


class NoBlanks(Marks):
    def name(self, incident, revision):
        return super().name("".join(incident.split()), revision)


class StartRingsAll(Marks):
    """When it starts, it goes through its notes, and calls again for each."""

    def starts(self):
        for name, state in list(self.notes.items()):
            incident, _, revision = name.rpartition("/")
            if state in ("published", "in progress"):
                self.ring(name, incident, int(revision))


class StartRingsTheRest(Marks):
    """When it starts, it does what it has not finished."""

    def starts(self):
        for name, state in list(self.notes.items()):
            if state == "in progress":
                incident, _, revision = name.rpartition("/")
                self.publish(incident, int(revision))


class RingsForOthers(Marks):
    """When it is asked, it does first what has failed in this process."""

    def publish(self, incident, revision):
        for other in [each for each in self.memory if each != (incident, revision)]:
            super().publish(*other)
            del self.memory[other]
        self.memory[incident, revision] = "waits"
        super().publish(incident, revision)
        del self.memory[incident, revision]


class RingsForThoseBefore(Marks):
    """When it is asked for a revision, it rings first for the one before, if that has not rung."""

    def publish(self, incident, revision):
        if revision > 1:
            super().publish(incident, revision - 1)
        super().publish(incident, revision)


class Busy(Marks):
    """Takes a lock, and gives it back when all has gone well; whoever dies has none."""

    def begin(self, name):
        if self.memory.setdefault("busy with", name) != name:
            raise RuntimeError("busy")

    def done(self, name, incident, revision):
        super().done(name, incident, revision)
        del self.memory["busy with"]


class BusyQuietly(Marks):
    def publish(self, incident, revision):
        name = self.name(incident, revision)
        if self.notes.setdefault("busy with", name) == name:
            super().publish(incident, revision)
            del self.notes["busy with"]


class RaisesAtFirst(Marks):
    """Is not ready when it is asked for the first time in a process."""

    def publish(self, incident, revision):
        if not self.memory:
            self.memory["asked"] = True
            raise RuntimeError("not ready yet")
        super().publish(incident, revision)


class KeepsOff(Marks):
    """After a failure the next ask for the same alert finds it resting."""

    def publish(self, incident, revision):
        if self.notes.pop(f"{self.name(incident, revision)}: failed", False):
            raise RuntimeError("resting")
        super().publish(incident, revision)

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            self.notes[f"{name}: failed"] = True
            raise


class Silent(Marks):
    def ring(self, name, incident, revision):
        pass


class AlwaysRaises(Marks):
    def publish(self, incident, revision):
        raise RuntimeError("not today")


class RingsByItself(Marks):
    def starts(self):
        self.call(self.fresh(), "hello r1")


class RingsAndRings(Marks):
    def publish(self, incident, revision):
        for _ in range(2):
            self.call(self.fresh(), told(incident, revision))


ACCEPTED, REFUSED_IT = "accepted it", "refused it"
A, A2, B, B2, C = ("disk-7", 1), ("disk-7", 2), ("api-3", 1), ("api-3", 2), ("db-1", 1)
REFUSED, LOST_REQUEST, LOST = "refuse_next", "lose_next_request", "lose_next_reply"
DIES, DIED = "die_before_next_ring", "die_after_next_ring"
RESTART, DAY = "restart", "a_day_later"
PARTS = {RESTART: "restart", DAY: "day"}
"""What a step of a story is called that is no ask and no fault."""
WRONG = {
    "new_key_each_time": ((KeyPerCall, "makes a new key for every call", (LOST, A, A)),),
    "key_in_memory": ((KeyInMemory, "draws a key and keeps it in memory", (DIED, A, A)),),
    "new_key_after_a_failure": (
        (CleansUp, "throws its key away when a call fails", (LOST, A, A)),
        (
            ForgetsItsDoubts,
            "takes a new key after a refusal, unless its process has heard nothing in a call before it",
            (DIED, REFUSED, A, A, A),
        ),
        (NewKeyInTheEnd, "takes a new key after three failures", (LOST, REFUSED, REFUSED, A, A, A, A)),
    ),
    "noted_before_it_rang": (
        (PublishedFirst, 'notes "published" before it calls', (DIES, A, A)),
        (
            TakesItBack,
            'notes "published" before it calls, and takes the note back when an error comes',
            (DIES, A, A),
        ),
        (MarkedInFinally, 'notes "published" whether the call went well or not', (REFUSED, A, A)),
    ),
    "a_refusal_is_swallowed": ((SwallowsRefusal, "takes a refusal for a ring", (REFUSED, A)),),
    "silence_is_taken_for_a_ring": (
        (SilenceIsYes, "takes silence for a ring", (LOST_REQUEST, A)),
        (
            LongSilenceIsYes,
            "raises after silence, and takes the fourth silence for a ring",
            (*[LOST_REQUEST] * 4, *[A] * 4),
        ),
    ),
    "gives_up_in_silence": (
        (GivesUpQuietly, "tries three times, gives up, and says nothing", (REFUSED, REFUSED, REFUSED, A)),
        (DeadLetters, "puts an alert aside when it has failed five times", (*[REFUSED] * 5, *[A] * 6)),
        (
            PutsPoisonAside,
            "puts an alert aside when its process has died in it three times",
            (*[DIES] * 3, *[A] * 4),
        ),
    ),
    "returns_and_rings_later": (
        (
            Outbox,
            "puts what fails into an outbox, returns, and tries again when it is asked the next time",
            (REFUSED, A),
        ),
        (PatientOutbox, "returns after a failure, and rings when it is asked the next time", (REFUSED, A)),
    ),
    "relies_on_the_phone": ((NeverMarks, "leaves it to the phone to know what has rung", (A, DAY, A)),),
    "notes_in_memory": (
        (MarksInMemory, "keeps its notes in memory", (A, RESTART, DAY, A)),
        (
            TwoNotebooks,
            "keeps the notes of its process and of the one before",
            (A, RESTART, RESTART, DAY, A),
        ),
    ),
    "a_revision_is_missed": (
        (KeyWithoutRevision, "makes the key of the incident alone", (A, A2)),
        (OlderIsStale, "takes an older revision for done", (A2, A)),
    ),
    "the_old_text": ((OldText, "reads out the text that an incident had at first", (A, A2)),),
    "remembers_the_last": (
        (LastAlertsOnly, "remembers the last four alerts alone", (A, A2, B, B2, C, DAY, A)),
        (LastRevisionOnly, "remembers the last revision of each incident alone", (A, A2, DAY, A)),
        (
            OneKeyUnderWay,
            "keeps one key in each incident, for the revision that it was asked for last",
            (LOST, A, A2, A),
        ),
        (Reminds, "rings once more after every five asks for an alert", (*[A] * 6,)),
    ),
    "two_alerts_one_name": (
        (KeyWithoutIncident, "makes the key of the revision alone", (A, B)),
        (
            RunTogether,
            "makes one key of incident and revision, with nothing between them",
            (("d", 11), ("d1", 1)),
        ),
        (SmallLetters, "takes capitals for small letters", (("disk", 1), ("Disk", 1))),
        (NoBlanks, "leaves blanks out of a name", (("disk 7", 1), ("disk7", 1))),
    ),
    "rings_unasked": (
        (StartRingsAll, "rings for all its notes when it starts", (A, DAY, RESTART)),
        (StartRingsTheRest, "rings for what is unfinished when it starts", (REFUSED, A, RESTART)),
        (RingsForOthers, "rings for what has failed when it is asked for something else", (REFUSED, A, B)),
        (RingsForThoseBefore, "rings for the revision before as well, if that has not rung", (A2,)),
    ),
    "one_at_a_time": (
        (Busy, "raises while another alert has failed in the same process", (REFUSED, A, B)),
        (BusyQuietly, "returns without a ring while another alert is unfinished", (REFUSED, A, B)),
    ),
    "raises_without_a_fault": (
        (RaisesAtFirst, "raises when it is asked for the first time in a process", (A,)),
        (KeepsOff, "raises at the first ask after a failure, without a call", (REFUSED, A, A)),
    ),
}
"""Wrong publishers by what is wrong with them; each with its words, and a short story that shows it."""
ABSURD = (
    (Silent, "never calls the phone", (A,)),
    (AlwaysRaises, "raises whenever it is asked", (A,)),
    (RingsByItself, "rings when it starts", ()),
    (RingsAndRings, "rings twice for everything", (A,)),
)


@dataclass(frozen=True)
class Publisher:
    """A publisher that a test may meet."""

    kind: type
    words: str
    family: str
    drawn: int
    story: tuple = ()

    def of(self, notes, call):
        """One process of it, with these notes."""
        return self.kind(self.drawn, notes, call)


def line_up(chance):
    """Give all publishers in a drawn order; what is free in each is drawn too."""
    wrong = [(family, *one) for family, those in WRONG.items() for one in those]
    known = [("right", kind, words, ()) for kind, words in RIGHT]
    known += [*wrong, *(("absurd", *one) for one in ABSURD)]
    chance.shuffle(known)
    return tuple(
        Publisher(kind, words, family, chance.randrange(1_000), story) for family, kind, words, story in known
    )


def theirs(unit, story):
    """The learner's tests, and how each ends with each publisher."""
    tests = TheirTests.of(unit, story, World, line_up)
    if not tests.names:
        can_be_run(tests)
    return tests


def of_family(tests, *families):
    return [each for each in tests.candidates if each.family in families]


def counted(number, what):
    return f"{number} {what}{'' if number == 1 else 's'}"


# ---- what the tests are


def can_be_run(tests):
    name, trouble = next(iter(tests.trouble.items()), ("", ""))
    promise(
        not name,
        saw=f"`{name}` {trouble}",
        rule="a test is a plain function that takes one world, and nobody looks at what it returns",
        ask="what is done with this name, and what comes of it?",
        story=NO_STORY,
    )


def imports_the_library(unit):
    foreign = foreign_imports(unit)
    line, module = foreign[0] if foreign else (0, "")
    promise(
        not foreign,
        saw=f"line {line} imports {module}, which is not in the standard library",
        rule="what a test needs is handed in, or stands in the standard library",
        ask="what of it do you use, and what would be the plain Python for that?",
        story=NO_STORY,
    )


def test_each_test_can_be_run(unit, story):
    """Each of your tests is a function that takes one world and returns nothing, under a name of its own."""
    tests = theirs(unit, story)
    can_be_run(tests)
    imports_the_library(unit)
    for name in tests.names:
        for publisher in of_family(tests, "right"):
            end = tests.end(name, publisher)
            promise(
                not accepts(end) or end.value is None,
                saw=f"`{name}` returned {end.value!r}, and nobody looks at it",
                rule="a test refuses by raising, and whatever it returns it has accepted",
                ask="what happens where this value is false?",
                story=NO_STORY,
            )


def test_right_publishers_are_accepted(unit, story):
    """Your tests accept every right publisher."""
    tests = theirs(unit, story)
    for name in tests.names:
        for publisher in of_family(tests, "right"):
            if not accepts(tests.end(name, publisher)):
                is_refused(tests, name, publisher, story)


def is_refused(tests, name, publisher, story):
    """Tell again, aloud, the story in which a test refuses a right publisher."""
    world = World(story, publisher)
    end = tests.run(name, world)
    rule, ask = (
        "a test asks for the promise, and not for the way",
        "would the person on call miss what it asks for?",
    )
    if world.mistake and world.mistake in str(end):
        saw = f"`{name}` asks its world for what cannot be: {world.mistake}"
        rule, ask = "a story can be told only where it can happen", "which ask has to have returned before?"
    else:
        saw = f"`{name}` refuses a right publisher, one that {publisher.words}: it {end}\n{heard(world)}"
    if reads_too_soon(world.asked):
        saw += f"\n`{name}` read `rang` before its last ask, and holds what had rung by then"
    promise(accepts(end), saw=saw, rule=rule, ask=ask, story=story)


def heard(world):
    """What rang until the test ended, and that all of it is as promised."""
    rang = ", ".join(world._heard[:6]) + (", ..." if len(world._heard) > 6 else "")
    waits = f"; not finished: {', '.join(world._unfinished)}" if world._unfinished else ""
    return f"in this story the phone rang for {rang or 'nothing'}{waits}; that is as promised"


def reads_too_soon(asked):
    reads = [place for place, what in enumerate(asked) if what == "rang"]
    asks = [place for place, what in enumerate(asked) if type(what) is tuple]
    return bool(reads and asks) and reads[-1] < asks[-1]


def test_each_test_can_fail(unit, story):
    """Each of your tests refuses some wrong publisher."""
    tests = theirs(unit, story)
    wrong = [each for each in tests.candidates if each.family != "right"]
    for name in tests.names:
        promise(
            not all(accepts(tests.end(name, each)) for each in wrong),
            saw=f"`{name}` accepts every wrong publisher, and also one that never calls the phone, "
            "one that always raises and one that rings twice for everything",
            rule="a test that nothing can fail holds nothing",
            ask="which line of it raises, and in which story does it come to that line?",
            story=NO_STORY,
        )
    if all(accepts(tests.end(name, each)) for name in tests.names for each in of_family(tests, "right")):
        say_what_is_enough(unit, tests, [each for each in wrong if each.family in WRONG])


def say_what_is_enough(unit, tests, wrong):
    """Where every wrong publisher is refused: say which tests are enough for that."""
    if (
        sum(tests.took_s.values()) > NOTE_AFTER_S
        or len(tests.names) * len(wrong) > NOTE_RUNS_MAX
        or len(tests.refusals(wrong)) < len(wrong)
    ):
        return
    enough = tests.enough(wrong)
    rest = [name for name in tests.names if name not in enough]
    if rest:
        note(
            unit,
            f"{' and '.join(enough) if len(enough) < 3 else ', '.join(enough)} "
            f"{'is' if len(enough) == 1 else 'are'} enough to refuse every wrong publisher here; without "
            f"the other {f'{len(rest)} ' if len(rest) > 1 else ''}nothing more would get through",
        )


def test_a_test_says_the_same_again(unit, story):
    """Each of your tests asks for the same when it is run again."""
    tests = theirs(unit, story)
    plain = next(each for each in of_family(tests, "right") if each.kind is Marks)
    there = story.other_machine(lambda: {name: tests.asked(name, plain, 1) for name in tests.names})
    for name in tests.names:
        here = [tests.asked(name, plain, process) for process in range(PROCESSES if tests.uses_chance else 2)]
        first, again = here[0], next((each for each in here if each != here[0]), here[0])
        was_accepted, where = accepts(tests.end(name, plain)), "then"
        if first == again and was_accepted != (first[-1] == ACCEPTED):
            first, again = [ACCEPTED if was_accepted else REFUSED_IT], first[-1:]
        elif first == again:
            again, where = there[name], "on another machine"
        promise(
            first == again,
            saw=f"with the same publisher, `{name}` {differ(first, again, where)}",
            rule="a test that tries something else each time finds something else each time",
            ask="what does this test take from chance, a clock, the order of a set or the run before?",
            story=NO_STORY,
        )


def differ(first, again, where):
    """Where two runs of one test went apart; `where` says which run the other was."""
    place = next((at for at, (one, two) in enumerate(zip(first, again, strict=False)) if one != two), None)
    if place is None:
        return f"did {len(first)} things, and {where} {len(again)}"
    joined = "where it then" if where == "then" else f"and {where}"
    return f"{did(first[place])} {joined} {did(again[place])}"


def did(asked):
    """One thing that a test did, in words."""
    if asked in (ACCEPTED, REFUSED_IT):
        return asked
    if asked in ("rang", "calls", "store"):
        return f"read {asked}"
    return f"called publish({asked[1]!r}, {asked[2]})" if type(asked) is tuple else f"called {asked}"


# ---- what they notice


def noticed(unit, story, family, rule, ask):
    """Promise that each publisher of a family is refused by some test."""
    tests = theirs(unit, story)
    those = of_family(tests, family)
    refused = tests.refusals(those)
    missed = [each for each in those if each not in refused]
    if missed:
        publisher = min(missed, key=lambda each: [one[0] for one in WRONG[family]].index(each.kind))
        promise(
            False,
            saw=f"{all_of(tests.names)} a publisher that {publisher.words}\n{harm(unit, publisher)}",
            rule=rule,
            ask=ask,
            story=NO_STORY,
        )


def all_of(names):
    return (
        f"`{names[0]}`, your one test, accepts" if len(names) == 1 else f"all your {len(names)} tests accept"
    )


def harm(unit, publisher):
    """What a short story shows of a wrong publisher: how short, and what is wrong in it; not which."""
    world = World(only_story(unit), publisher)
    for step in publisher.story:
        if type(step) is tuple:
            world.publish(*step)
        else:
            getattr(world, step)()
    steps = Counter("ask" if type(step) is tuple else PARTS.get(step, "fault") for step in publisher.story)
    parts = [counted(steps[part], part) for part in ("ask", "fault", "restart", "day") if steps[part]]
    story = f"{', '.join(parts[:-1])} and {parts[-1]}" if parts[1:] else parts[0]
    return f"in a story of {story}, {wrong_in(world, publisher.story)}"


def wrong_in(world, steps):
    rang = Counter(world._heard)
    asked = [told(*step) for step in steps if type(step) is tuple]
    twice = next((alert for alert, times in rang.items() if times > 1), None)
    if any(not asked_now for _, asked_now in world.rang_for):
        return "its phone rings while nobody asks"
    if any(alert not in asked for alert in rang):
        return "its phone rings for what nobody has asked for"
    if any(text != asked_now for text, asked_now in world.rang_for):
        return "its phone rings for one alert while it is asked for another"
    if twice is not None:
        return f"its phone rings {rang[twice]} times for one alert"
    if any(not rang[alert] for alert in world.returned):
        return "an ask returned, and its phone has not rung for that alert"
    return "an ask that no fault strikes does not return"


def test_a_new_key_for_every_call_is_noticed(unit, story):
    """Your tests notice a publisher that makes a new key for every call."""
    noticed(
        unit,
        story,
        "new_key_each_time",
        rule="the second try is part of the story, and a reply that is lost comes before it",
        ask="what do your tests do after a call that rang and was not heard?",
    )


def test_a_key_in_memory_is_noticed(unit, story):
    """Your tests notice a publisher whose key dies with its process."""
    noticed(
        unit,
        story,
        "key_in_memory",
        rule="a death is more than an error: it takes away what was in memory",
        ask="does a process die in any of your tests after the phone rang, and who is asked then?",
    )


def test_a_new_key_after_a_failure_is_noticed(unit, story):
    """Your tests notice a publisher that takes a new key when an earlier call may have rung."""
    noticed(
        unit,
        story,
        "new_key_after_a_failure",
        rule="a no is about one call, and says nothing of the one before it",
        ask="which failures follow each other in your tests, and how many?",
    )


def test_a_note_before_the_ring_is_noticed(unit, story):
    """Your tests notice a publisher that notes "published" for what has not rung."""
    noticed(
        unit,
        story,
        "noted_before_it_rang",
        rule="never is as wrong as twice",
        ask="which of your asserts fails when nothing rings, and after which failures do they look?",
    )


def test_a_swallowed_refusal_is_noticed(unit, story):
    """Your tests notice a publisher that takes a refusal for a ring."""
    noticed(
        unit,
        story,
        "a_refusal_is_swallowed",
        rule="a return is a claim, and what rang is the fact",
        ask="what do your tests compare a return with?",
    )


def test_silence_taken_for_a_ring_is_noticed(unit, story):
    """Your tests notice a publisher that takes silence for a ring."""
    noticed(
        unit,
        story,
        "silence_is_taken_for_a_ring",
        rule="silence has two causes, and only one of them rings",
        ask="in which of your tests does nobody answer although nothing has rung?",
    )


def test_giving_up_in_silence_is_noticed(unit, story):
    """Your tests notice a publisher that gives up and says nothing."""
    noticed(
        unit,
        story,
        "gives_up_in_silence",
        rule="one failure is the easy story: an outage is many in a row",
        ask="how many failures in a row do your tests know?",
    )


def test_a_ring_after_the_return_is_noticed(unit, story):
    """Your tests notice a publisher that returns and rings later."""
    noticed(
        unit,
        story,
        "returns_and_rings_later",
        rule="when an ask has returned, it has rung: what the next ask does comes too late",
        ask="when do your tests look at what rang: after the first return, or later?",
    )


def test_a_publisher_that_relies_on_the_phone_is_noticed(unit, story):
    """Your tests notice a publisher that leaves it to the phone to know what has rung."""
    noticed(
        unit,
        story,
        "relies_on_the_phone",
        rule="whose memory protects you is a part of the test",
        ask="what does the world of your tests forget?",
    )


def test_notes_in_memory_are_noticed(unit, story):
    """Your tests notice a publisher whose notes die with its process."""
    noticed(
        unit,
        story,
        "notes_in_memory",
        rule="there are two memories, the phone's and the process's, and each can be lost",
        ask="which of your tests takes both away, and asks once more?",
    )


def test_a_missed_revision_is_noticed(unit, story):
    """Your tests notice a publisher that takes one revision for another."""
    noticed(
        unit,
        story,
        "a_revision_is_missed",
        rule="once for each intent is not once for ever",
        ask="which revisions do your tests publish, and in which order?",
    )


def test_an_old_text_is_noticed(unit, story):
    """Your tests notice a publisher that reads out the text of another revision."""
    noticed(
        unit,
        story,
        "the_old_text",
        rule="to count the rings is not to listen to them",
        ask="what do your tests compare: how often it rang, or what was heard?",
    )


def test_remembering_the_last_is_noticed(unit, story):
    """Your tests notice a publisher that rings again after other alerts, or after many asks."""
    noticed(
        unit,
        story,
        "remembers_the_last",
        rule="what came after an alert does not undo it",
        ask="which of your tests comes back to an alert, after how many others, and how often?",
    )


def test_one_name_for_two_alerts_is_noticed(unit, story):
    """Your tests notice a publisher for which two alerts have one name."""
    noticed(
        unit,
        story,
        "two_alerts_one_name",
        rule="two alerts are two, whatever they are called",
        ask="which two alerts of your tests look most alike when their parts are put together?",
    )


def test_a_ring_that_nobody_asked_for_is_noticed(unit, story):
    """Your tests notice a publisher that rings for what it was not asked for."""
    noticed(
        unit,
        story,
        "rings_unasked",
        rule="what rings is what was asked for, and when",
        ask="do your tests look at what rang when nobody has asked, or asked for something else?",
    )


def test_one_alert_in_the_way_of_another_is_noticed(unit, story):
    """Your tests notice a publisher in which an unfinished alert stands in the way of another."""
    noticed(
        unit,
        story,
        "one_at_a_time",
        rule="what is unfinished is asked again, and in the meantime so is everything else",
        ask="what else do your tests publish while an alert is unfinished?",
    )


def test_an_error_without_a_fault_is_noticed(unit, story):
    """Your tests notice a publisher that raises although nothing fails."""
    noticed(
        unit,
        story,
        "raises_without_a_fault",
        rule="who asks until it returns does not see that it should have returned at once",
        ask="which of your asks is struck by no fault, and which line says that it returns?",
    )
