"""What is checked for ex44: the learner's tests accept right publishers, and refuse wrong ones.

The publishers live here and run on the judge's side. A test meets one behind `world.publish`, in a world of
its own; which one it is, and in which order they come, is drawn.
"""

import re
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
REFUSED, LOST_REQUEST, LOST = "refuse_next", "lose_next_request", "lose_next_reply"
DIES, DIED = "die_before_next_ring", "die_after_next_ring"
RESTART, DAY = "restart", "a_day_later"
LOOKS = ("rang", "calls", "store")
FAULTS = {
    REFUSED: "refused",
    LOST_REQUEST: "the request is lost",
    LOST: "the reply is lost",
    DIES: "dies before it rings",
    DIED: "dies after it rang",
}
CALL_S, DAY_S = 1.0, 86_400.0
PROCESSES = 8
"""In so many processes a test runs that draws: each has a chance of its own."""
NOTE_STEPS_MAX = 3_000
"""Where the tests take more steps, once each, the time is left to the promises."""
FEWEST_STEPS_MAX, FEWEST_RUNS_MAX = 600, 800
"""Up to so many steps and runs it is worth it to look for the fewest tests that would be enough."""


class Died(BaseException):
    """The process of a publisher ends here."""


class Scene:
    """A phone that forgets in a day, a store that survives, and one publisher: what a world answers.

    In rehearsal there is no world around it, and nothing is told.
    """

    def __init__(self, publisher, world=None):
        self._makes, self._publisher, self._world = publisher, None, world
        self.heard, self.called, self.notes = [], [], {}
        self.known, self.faults = set(), deque()
        self.unfinished = {}
        self.mistake = ""
        self.returned = set()
        self._asked_now, self.rang_for = "", set()
        self._start()

    def answer(self, asked):
        """Answer what a test asks of its world; what cannot be asked is answered with an error."""
        if type(asked) is tuple:
            return self._publish(*asked[1:])
        if asked in FAULTS:
            self.faults.append(FAULTS[asked])
        elif asked == "rang":
            return tuple(self.heard)
        elif asked == "calls":
            return tuple(self.called)
        elif asked == "store":
            return repr(self.notes)
        elif asked == RESTART:
            self._start()
        else:
            return self._a_day_later()
        return None

    def _publish(self, incident, revision):
        if not is_encodable(incident) or revision < 1:
            return self._is_mistaken(ValueError, f"there is no alert {incident!r} r{revision}")
        alert = told(incident, revision)
        asks = self.unfinished.get(alert, 0)
        if asks == ASKS_MAX:
            return self._is_mistaken(RuntimeError, f"the last {ASKS_MAX} asks for {alert} have not returned")
        self.unfinished[alert] = asks + 1
        self._asked_now = alert
        if self._publisher is None:
            self._start()
        ended = self._ask(incident, revision)
        self._asked_now = ""
        if self._world is not None:
            self.tell("publisher", f"{ended}: {alert}")
        if ended == "died":
            self._publisher = None
        if ended == "returned":
            del self.unfinished[alert]
            self.returned.add(alert)
        return ended

    def _ask(self, incident, revision):
        try:
            self._publisher.publish(incident, revision)
        except Died:
            return "died"
        except Exception:
            return "raised"
        return "returned"

    def _a_day_later(self):
        if self.unfinished:
            alert = next(iter(self.unfinished))
            return self._is_mistaken(
                RuntimeError,
                f"{alert} is unfinished: its last ask has not returned, and it is asked again today",
            )
        self._pass_time(DAY_S)
        self.known.clear()
        self.tell("phone", "has forgotten its keys")
        return None

    def _is_mistaken(self, kind, text):
        self.mistake = text
        return kind, text

    def tell(self, *what):
        if self._world is not None:
            self._world.tell(*what)

    def _pass_time(self, seconds):
        if self._world is not None:
            self._world.pass_time(seconds)

    # ---- what a publisher sees

    def _start(self):
        """Start a process of the publisher; one that dies as it starts is started again."""
        is_alive = False
        while not is_alive:
            is_alive = True
            self.tell("publisher", "its process starts")
            self._publisher = self._makes.of(self.notes, self._call)
            try:
                self._publisher.starts()
            except Died:
                is_alive = False
            except Exception:
                self.tell("publisher", "raises as it starts")

    def _call(self, key, text):
        """Call the phone: what goes wrong in it is what the test has asked for."""
        self.called.append((key, text))
        if self._world is not None:
            shown = key if len(key) <= 24 else f"{key[:20]} ..."
            self.tell("publisher", f"calls, key {shown}", "call", "phone")
        self._pass_time(CALL_S)
        fault = self.faults.popleft() if self.faults else ""
        if fault == "refused":
            self.tell("phone", "refuses the call")
            raise ConnectionRefusedError("the line is busy")
        if fault == "dies before it rings":
            self._dies()
        if fault == "the request is lost":
            self.tell("phone", "hears nothing: the request is lost")
            raise TimeoutError("no reply")
        if key not in self.known:
            self.known.add(key)
            self.heard.append(text)
            self.rang_for.add((text, self._asked_now))
            if self._world is not None:
                self.tell("phone", f"rings: {text}")
        if fault == "dies after it rang":
            self._dies()
        if fault == "the reply is lost":
            self.tell("phone", "answers, and the reply is lost")
            raise TimeoutError("no reply")

    def _dies(self):
        self.tell("publisher", "its process dies")
        raise Died


class World(Port):
    """A scene, as a test sees it."""

    raises = (ValueError, RuntimeError)

    def __init__(self, story, publisher):
        super().__init__(story)
        self.scene = Scene(publisher, self.world)
        self.asked, self.answered = [], []

    @attribute
    def rang(self):
        return list(self._ask("rang"))

    @attribute
    def calls(self):
        return list(self._ask("calls"))

    @attribute
    def store(self):
        self._ask("store")
        return dict(self.scene.notes)

    def publish(self, incident: str, revision: int = 1):
        return self._ask(("publish", incident, revision))

    def refuse_next(self):
        self._ask(REFUSED)

    def lose_next_request(self):
        self._ask(LOST_REQUEST)

    def lose_next_reply(self):
        self._ask(LOST)

    def die_before_next_ring(self):
        self._ask(DIES)

    def die_after_next_ring(self):
        self._ask(DIED)

    def restart(self):
        self._ask(RESTART)

    def a_day_later(self):
        self._ask(DAY)

    def _ask(self, asked):
        self.asked.append(asked)
        answer = self.scene.answer(asked)
        self.answered.append(answer)
        if type(answer) is tuple and asked not in LOOKS:
            kind, text = answer
            raise kind(text)
        return answer


def rehearse(publisher):
    """Give what the world of this publisher answers, with no test there."""
    return Scene(publisher).answer


def is_encodable(incident):
    """Is it the text of an incident: not empty, and with a form in UTF-8?"""
    return bool(incident) and (incident.isascii() or incident.encode(errors="replace").decode() == incident)


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


class CallsOften(Marks):
    """Calls twenty times with one key, to be sure."""

    def ring(self, name, incident, revision):
        for _ in range(20):
            super().ring(name, incident, revision)


class TriesOnceMore(TriesAgain):
    @property
    def tries(self):
        return 2


class TriesForEver(TriesAgain):
    @property
    def tries(self):
        return 1_000


class TellsAllTheSame(Marks):
    """Tries again by itself, notes that it rang, and lets the first error through all the same."""

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            super().ring(name, incident, revision)
            self.done(name, incident, revision)
            raise


class DiesOfErrors(Marks):
    """No error is caught: the process ends with it."""

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError as error:
            raise Died from error


class KeepsAJournal(Marks):
    """A line for each start, each ask and each ring; nothing in it is text that JSON could say."""

    def starts(self):
        self.line(b"starts")

    def publish(self, incident, revision):
        self.line((b"asked", incident.encode(), revision))
        super().publish(incident, revision)

    def is_done(self, name, incident, revision):
        return (b"rang", name) in self.notes.values()

    def begin(self, name):
        pass

    def done(self, name, incident, revision):
        self.line((b"rang", name))

    def line(self, what):
        self.notes[frozenset((len(self.notes),))] = what


class NumbersKeys(Marks):
    """Draws numbers for keys in turn; a number that was refused at once is free for the next alert."""

    def key(self, name):
        kept = self.notes.setdefault("numbers", {})
        self.is_new = name not in kept
        if self.is_new:
            kept[name] = max(kept.values(), default=0) + 1
        return f"no. {kept[name]}"

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except ConnectionRefusedError:
            if self.is_new:
                del self.notes["numbers"][name]
            raise


RIGHT = (
    (Marks, "notes what it does, and lets each error through"),
    (MarksWhenDone, "makes one note, when it is done"),
    (TriesAgain, "tries three times before it lets the error through"),
    (TriesOnceMore, "tries once more before it lets the error through"),
    (TriesLong, "tries many times before it lets the error through"),
    (TriesForEver, "tries again until it has rung, and tells nobody of the errors"),
    (TellsAllTheSame, "tries once more, rings, and lets the first error through all the same"),
    (DiesOfErrors, "lets each error end its process"),
    (RandomKeyKept, "draws a key, and notes it before it calls"),
    (CallsTwice, "calls twice with one key, to be sure"),
    (CallsOften, "calls twenty times with one key, to be sure"),
    (Digests, "keeps its notes under digests, and counts its starts and how often it is asked"),
    (KeepsAJournal, "notes each start and each ask in bytes, and throws no note away"),
    (OneList, "keeps its notes in lists, and numbers its keys"),
    (NumbersKeys, "numbers its keys, and takes a number that was refused for the next alert"),
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


class Struck(Marks):
    """Notes of each alert how its calls went: "refused", "silent", "died"."""

    def log(self, name):
        return self.notes.setdefault(f"{name}: calls", [])

    def went(self, name, ways):
        """Have its last calls gone like this?"""
        return tuple(self.log(name)[-len(ways) :]) == ways

    def ring(self, name, incident, revision):
        log = self.log(name)
        log.append("died")
        try:
            super().ring(name, incident, revision)
        except OSError as error:
            log[-1] = "refused" if isinstance(error, ConnectionRefusedError) else "silent"
            self.failed(error, name, incident, revision)
        else:
            log[-1] = "rang"

    def failed(self, error, name, incident, revision):
        raise error


class NewKeyAfter(Struck):
    """Takes a new key after calls that went like this, whatever was before."""

    ways = ()

    def ring(self, name, incident, revision):
        if self.went(name, self.ways):
            self.notes[f"{name}: key"] = self.notes.get(f"{name}: key", 0) + 1
        super().ring(name, incident, revision)

    def key(self, name):
        return f"{name}#{self.notes.get(f'{name}: key', 0)}"


class ForgetsItsDoubts(NewKeyAfterRefusals):
    """Takes a new key after a refusal; that a call before it may have rung is known to its process alone."""

    def begin(self, name):
        super().begin(name)
        self.state = [self.state[0], self.memory.get(name, "sure")]

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except TimeoutError:
            self.memory[name] = "in doubt"
            raise


class DoubtsSilenceInMemory(ForgetsItsDoubts):
    """As above, but a call in which its process died is found in the notes."""

    def begin(self, name):
        super().begin(name)
        if self.notes.get(f"{name}: calls"):
            self.notes[f"{name}: died"] = True
        if self.notes.get(f"{name}: died"):
            self.state = [self.state[0], "in doubt"]
        self.notes[f"{name}: calls"] = True

    def ring(self, name, incident, revision):
        try:
            super().ring(name, incident, revision)
        except OSError:
            self.notes[f"{name}: calls"] = False
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


class TakenForARing(Struck):
    """Takes an alert for done, when its calls have gone like this."""

    ways = ()

    def is_done(self, name, incident, revision):
        return super().is_done(name, incident, revision) or self.went(name, self.ways)

    def failed(self, error, name, incident, revision):
        if not self.went(name, self.ways):
            raise error


class NotedWhateverComes(Struck):
    """Lets an error through, and has noted "published" by then."""

    ways = ()

    def failed(self, error, name, incident, revision):
        if self.went(name, self.ways):
            self.done(name, incident, revision)
        raise error


class DoneByStart(Marks):
    """When it starts, it clears up: what is in progress is over."""

    def starts(self):
        for name, state in list(self.notes.items()):
            if state == "in progress":
                self.notes[name] = "published"


class DoneByTheNext(Marks):
    """What comes before the last that it has published is done."""

    def done(self, name, incident, revision):
        for each, state in list(self.notes.items()):
            if state == "in progress":
                self.notes[each] = "published"


class GivesUpQuietly(Marks):
    def ring(self, name, incident, revision):
        for _ in range(3):
            with suppress(OSError):
                super().ring(name, incident, revision)
                return


class PutAside(Struck):
    """Puts an alert aside when so many of its calls have gone like this."""

    way, times = "", 0

    def is_done(self, name, incident, revision):
        failed = [each for each in self.log(name) if not self.way or each == self.way]
        return super().is_done(name, incident, revision) or len(failed) >= self.times


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


class Replays(Marks):
    """After a call that went like this, the next ask begins with all that is noted, once more."""

    way = ""

    def publish(self, incident, revision):
        if self.notes.pop("way", "") == self.way:
            for name, state in list(self.notes.items()):
                if state == "published":
                    there, _, number = name.rpartition("/")
                    with suppress(OSError):
                        super().ring(name, there, int(number))
        super().publish(incident, revision)

    def ring(self, name, incident, revision):
        self.notes["way"] = "died"
        try:
            super().ring(name, incident, revision)
        except OSError as error:
            self.notes["way"] = "refused" if isinstance(error, ConnectionRefusedError) else "silent"
            raise
        del self.notes["way"]


class MarksInMemory(Marks):
    def is_done(self, name, incident, revision):
        return name in self.memory

    def done(self, name, incident, revision):
        self.memory[name] = "published"


class FewNotebooks(Marks):
    """Begins new notes when it starts, and keeps those of some processes before."""

    kept = 1

    def starts(self):
        self.notes["books"] = [[], *self.notes.get("books", [])][: self.kept + 1]

    def is_done(self, name, incident, revision):
        return any(name in book for book in self.notes["books"])

    def done(self, name, incident, revision):
        self.notes["books"][0].append(name)


class WritesLater(Marks):
    """Writes down what it has done when it is asked for something else."""

    def publish(self, incident, revision):
        name = self.name(incident, revision)
        for each in [each for each in self.memory if each != name]:
            self.notes[each] = self.memory.pop(each)
        super().publish(incident, revision)

    def is_done(self, name, incident, revision):
        return super().is_done(name, incident, revision) or name in self.memory

    def done(self, name, incident, revision):
        self.memory[name] = "published"


class KeyWithoutRevision(Marks):
    def key(self, name):
        return name.rpartition("/")[0]


class OlderIsStale(Marks):
    def is_done(self, name, incident, revision):
        return revision <= self.notes.get(f"{incident}: last", 0)

    def done(self, name, incident, revision):
        self.notes[f"{incident}: last"] = revision


class Superseded(Marks):
    """An older revision that has not rung is left out, when a newer one has."""

    def is_done(self, name, incident, revision):
        newest = self.notes.get(f"{incident}: newest", 0)
        return super().is_done(name, incident, revision) or (
            self.notes.get(name) == "in progress" and revision < newest
        )

    def done(self, name, incident, revision):
        super().done(name, incident, revision)
        self.notes[f"{incident}: newest"] = max(revision, self.notes.get(f"{incident}: newest", 0))


class OlderInLetters(OlderIsStale):
    """Takes a revision for older, when its text comes before the other."""

    def is_done(self, name, incident, revision):
        return str(revision) <= str(self.notes.get(f"{incident}: last", ""))


class Between(Marks):
    """Notes the first and the last revision, and takes all between them for done."""

    def is_done(self, name, incident, revision):
        first, last = self.notes.get(incident, (revision + 1, 0))
        return first <= revision <= last

    def done(self, name, incident, revision):
        first, last = self.notes.get(incident, (revision, revision))
        self.notes[incident] = min(first, revision), max(last, revision)


class OldText(Marks):
    def text(self, incident, revision):
        return self.notes.setdefault(f"{incident}: text", super().text(incident, revision))


class LastAlertsOnly(Marks):
    kept = 4

    def is_done(self, name, incident, revision):
        return name in self.notes.get("last", ())

    def done(self, name, incident, revision):
        self.notes["last"] = [*self.notes.get("last", ()), name][-self.kept :]


class LastRevisionsOnly(Marks):
    kept = 1

    def is_done(self, name, incident, revision):
        return revision in self.notes.get(f"{incident}: last", ())

    def done(self, name, incident, revision):
        place = f"{incident}: last"
        self.notes[place] = [*self.notes.get(place, ()), revision][-self.kept :]


class OneKeyUnderWay(Marks):
    """Keeps one key in each incident, that of the revision it was asked for last."""

    def key(self, name):
        place = f"{name.rpartition('/')[0]}: under way"
        whose, key = self.notes.get(place, ("", ""))
        if whose != name:
            key = self.fresh()
            self.notes[place] = (name, key)
        return key


class OneSlot(Marks):
    """Keeps one key, that of the alert it was asked for last."""

    def key(self, name):
        whose, key = self.notes.get("under way", ("", ""))
        if whose != name:
            key = self.fresh()
            self.notes["under way"] = (name, key)
        return key


class Reminds(Marks):
    """Rings once more when it has been asked so many times."""

    times = 5

    def name(self, incident, revision):
        return (
            f"{super().name(incident, revision)}/{self.notes.get(told(incident, revision), 0) // self.times}"
        )

    def publish(self, incident, revision):
        alert = told(incident, revision)
        self.notes[alert] = self.notes.get(alert, -1) + 1
        super().publish(incident, revision)


class KeyWithoutIncident(Marks):
    def key(self, name):
        return f"revision {name.rpartition('/')[2]}"


class SameKey(Marks):
    """The key of what has not returned is the key of the next alert, too."""

    def key(self, name):
        return self.notes.setdefault("under way", self.fresh())

    def done(self, name, incident, revision):
        super().done(name, incident, revision)
        del self.notes["under way"]


class Named(Marks):
    """Gives an alert the name that this makes of it."""

    def name(self, incident, revision):
        return self.alike(incident, revision)


class ReadOut(Marks):
    """Reads out what this makes of an alert."""

    def text(self, incident, revision):
        return self.alike(incident, revision)


class StartRingsAll(Marks):
    """When it starts, it goes through its notes, and calls again for each."""

    def starts(self):
        for name, state in list(self.notes.items()):
            incident, _, revision = name.rpartition("/")
            if state in ("published", "in progress"):
                self.ring(name, incident, int(revision))


class Waits(Struck):
    """Knows which alerts wait: those whose last call went like this."""

    way, others = "", 1

    def waiting(self, name):
        """Give the other alerts that wait, as incident and revision."""
        found = []
        for place, log in self.notes.items():
            each, _, what = place.rpartition(": ")
            has_failed = log and log[-1] != "rang" and self.way in ("", log[-1])
            if what == "calls" and each != name and has_failed:
                incident, _, revision = each.rpartition("/")
                found.append((incident, int(revision)))
        return found


class StartRingsTheRest(Waits):
    """When it starts, it does what it has not finished."""

    def starts(self):
        for other in self.waiting(""):
            with suppress(OSError):
                super().publish(*other)


class RingsForOthers(Waits):
    """When it is asked, it does first what waits."""

    def publish(self, incident, revision):
        for other in self.waiting(self.name(incident, revision)):
            with suppress(OSError):
                super().publish(*other)
        super().publish(incident, revision)


class RingsForOthersWhenIdle(Waits):
    """When it is asked for what is done, it does what waits."""

    def publish(self, incident, revision):
        name = self.name(incident, revision)
        if self.is_done(name, incident, revision):
            for other in self.waiting(name):
                with suppress(OSError):
                    super().publish(*other)
        super().publish(incident, revision)


class RingsForOthersInMemory(Marks):
    """When it is asked, it does first what has failed in this process."""

    def publish(self, incident, revision):
        for other in [each for each in self.memory if each != (incident, revision)]:
            super().publish(*other)
            del self.memory[other]
        self.memory[incident, revision] = "waits"
        super().publish(incident, revision)
        del self.memory[incident, revision]


class Greets(Marks):
    """Rings when it starts for the first time."""

    def starts(self):
        if "greeted" not in self.notes:
            self.notes["greeted"] = True
            with suppress(OSError):
                self.call("hello", "hello r1")


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


class BusyWith(Waits):
    """Raises, without a call, while so many others wait."""

    is_quiet, is_theirs = False, False

    def publish(self, incident, revision):
        name = self.name(incident, revision)
        others = [other for other in self.waiting(name) if not self.is_theirs or other[0] == incident]
        if len(others) < self.others or self.is_done(name, incident, revision):
            super().publish(incident, revision)
        elif not self.is_quiet:
            raise RuntimeError("busy")


class RaisesAtFirst(Marks):
    """Is not ready when it is asked for the first time in a process."""

    def publish(self, incident, revision):
        if not self.memory:
            self.memory["asked"] = True
            raise RuntimeError("not ready yet")
        super().publish(incident, revision)


class KeepsOff(Struck):
    """After calls that went like this, the next ask for the same alert finds it resting."""

    ways = ()

    def publish(self, incident, revision):
        name = self.name(incident, revision)
        if self.went(name, self.ways):
            self.log(name).append("rested")
            raise RuntimeError("resting")
        super().publish(incident, revision)


class HeldByTheDead(Marks):
    """A lock in the notes; whoever died has it, and the next ask finds that out and raises."""

    def publish(self, incident, revision):
        if self.notes.pop("lock", False):
            raise RuntimeError("locked")
        super().publish(incident, revision)

    def ring(self, name, incident, revision):
        self.notes["lock"] = True
        try:
            super().ring(name, incident, revision)
        except OSError:
            del self.notes["lock"]
            raise
        del self.notes["lock"]


class Complains(Marks):
    """Raises when it is asked for what is done."""

    def publish(self, incident, revision):
        if self.is_done(self.name(incident, revision), incident, revision):
            raise RuntimeError("published already")
        super().publish(incident, revision)


class WaitsForTheOneBefore(Marks):
    """Raises for a revision, when the one before it has not been published."""

    def publish(self, incident, revision):
        if revision > 1 and self.notes.get(self.name(incident, revision - 1)) != "published":
            raise RuntimeError("too early")
        super().publish(incident, revision)


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
PARTS = {RESTART: "restart", DAY: "day"}
"""What a step of a story is called that is no ask and no fault."""


def made(kind, words, story, **given):
    """A wrong publisher of this kind: with its words, and a short story that shows it."""
    return type(kind.__name__, (kind,), given) if given else kind, words, story


FAILED = {"refused": "a refusal", "silent": "silence", "died": "a death"}
RINGS_NOT = {"refused": REFUSED, "silent": LOST_REQUEST, "died": DIES}
MAY_RING = {"refused": REFUSED, "silent": LOST, "died": DIED}
PAIRS = tuple((one, two) for one in FAILED for two in FAILED)
WAITS = {"refused": "was refused", "silent": "met silence", "died": "met a death"}


def and_then(ways):
    return " and then ".join(FAILED[way] for way in ways)


def struck(faults, ways):
    """A story in which the first alert is struck like this, and asked for once more."""
    return (*[faults[way] for way in ways], *[A] * (len(ways) + 1))


def new_keys():
    for ways in (("silent",), ("died",), ("refused",), *PAIRS):
        doubt = (LOST, A) if set(ways) == {"refused"} else ()
        story = (*doubt, *struck(MAY_RING, ways))
        yield made(NewKeyAfter, f"takes a new key after {and_then(ways)}", story, ways=ways)


def taken_for_a_ring(last):
    """Publishers that take calls for a ring, when the last of them went like this."""
    for ways in [(last,), *[ways for ways in PAIRS if ways[-1] == last]]:
        yield made(
            TakenForARing,
            f"takes {and_then(ways)} for a ring",
            struck(RINGS_NOT, ways) if last == "died" else struck(RINGS_NOT, ways)[:-1],
            ways=ways,
        )


def put_aside():
    for way, what in FAILED.items():
        for times in (3, 4, 6):
            yield made(
                PutAside,
                f"puts an alert aside when it has met {what} {times} times",
                struck(RINGS_NOT, (way,) * times),
                way=way,
                times=times,
            )
    yield made(
        PutAside,
        "puts an alert aside when it has failed eight times",
        struck(RINGS_NOT, ("refused", "silent") * 4),
        times=8,
    )


def waiting(kind, words, *then, **given):
    """Publishers that look at what waits, by what it waits for; "{}" in the words."""
    for way, what in WAITS.items():
        begins = [(RINGS_NOT[way], (f"disk-{number}", 1)) for number in range(given.get("others", 1))]
        story = (*[step for steps in begins for step in steps], *then)
        yield made(kind, words.format(what), story, way=way, **given)


LONG = "disk in rack seventeen of the second row, "
ALIKE = (
    ("takes capitals for small letters", lambda i, r: told(i.lower(), r), ("disk", 1), ("Disk", 1)),
    ("leaves blanks out of a name", lambda i, r: told("".join(i.split()), r), ("disk7", 1), ("disk 7", 1)),
    ("strips blanks off a name", lambda i, r: told(i.strip(), r), ("disk", 1), ("disk ", 1)),
    (
        "takes two blanks for one",
        lambda i, r: told(re.sub(" +", " ", i), r),
        ("disk 7", 1),
        ("disk  7", 1),
    ),
    (
        "takes every letter that is not ASCII for a question mark",
        lambda i, r: told(i.encode("ascii", "replace").decode(), r),
        ("caf\u00e9", 1),
        ("caf\u00e8", 1),
    ),
    (
        "leaves out every letter that is not ASCII",
        lambda i, r: told(i.encode("ascii", "ignore").decode(), r),
        ("caf\u00e9", 1),
        ("caf\u00e8", 1),
    ),
    ("cuts a name after 20 letters", lambda i, r: told(i[:20], r), (f"{LONG}1", 1), (f"{LONG}2", 1)),
    ("cuts a name after 40 letters", lambda i, r: told(i[:40], r), (f"{LONG}1", 1), (f"{LONG}2", 1)),
    ("cuts a name after 80 letters", lambda i, r: told(i[:80], r), (f"{LONG * 2}1", 1), (f"{LONG * 2}2", 1)),
    (
        "leaves the digits at the end of a name out",
        lambda i, r: told(i.rstrip("0123456789"), r),
        B,
        ("api-4", 1),
    ),
    (
        "takes the digits of a name for a number",
        lambda i, r: told(re.sub("[0-9]+", lambda found: str(int(found[0])), i), r),
        ("disk-7", 1),
        ("disk-07", 1),
    ),
    (
        "takes every sign of a name for a hyphen",
        lambda i, r: told(re.sub("[^0-9A-Za-z\u0080-\uffff]", "-", i), r),
        ("disk-7", 1),
        ("disk 7", 1),
    ),
    ("takes the first word of a name", lambda i, r: told(i.split("-")[0], r), ("disk-7", 1), ("disk-8", 1)),
)
TEXTS = (
    ("writes a revision in groups of three digits", lambda i, r: f"{i} r{r:,}", ("disk-7", 1_000)),
    *((f"reads out a text in which it {words}", alike, *alerts) for words, alike, *alerts in ALIKE),
)
NAMES = (
    *ALIKE,
    (
        "makes one name of incident and revision, with nothing between them",
        lambda i, r: f"{i}{r}",
        ("d", 11),
        ("d1", 1),
    ),
    (
        "makes one name of revision and incident, with nothing between them",
        lambda i, r: f"{r}{i}",
        ("1-db", 1),
        ("-db", 11),
    ),
    (
        'takes the text of an alert apart at the first " r"',
        lambda i, r: "/".join(told(i, r).split(" r")[:2]),
        ("api rate", 1),
        ("api rate", 2),
    ),
    ("keeps the last digit of a revision", lambda i, r: told(i, r % 10), ("disk-7", 1), ("disk-7", 11)),
    ("keeps one byte of a revision", lambda i, r: told(i, r % 256), ("disk-7", 1), ("disk-7", 257)),
)

WRONG = {
    "new_key_each_time": ((KeyPerCall, "makes a new key for every call", (LOST, A, A)),),
    "key_in_memory": ((KeyInMemory, "draws a key and keeps it in memory", (DIED, A, A)),),
    "new_key_after_a_failure": (
        (CleansUp, "throws its key away when a call fails", (LOST, A, A)),
        *new_keys(),
        (
            ForgetsItsDoubts,
            "takes a new key after a refusal, unless its process has heard nothing in a call before it",
            (DIED, REFUSED, A, A, A),
        ),
        (
            DoubtsSilenceInMemory,
            "takes a new key after a refusal, and forgets in a restart that a call before it was silent",
            (LOST, A, RESTART, REFUSED, A, A),
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
        *[
            made(
                NotedWhateverComes,
                f'notes "published" before it lets {FAILED[way]} through',
                struck(RINGS_NOT, (way,)),
                ways=(way,),
            )
            for way in ("refused", "silent")
        ],
        *taken_for_a_ring("died"),
        (DoneByStart, 'notes "published" for what is unfinished, when it starts', (REFUSED, A, RESTART, A)),
        (
            DoneByTheNext,
            'notes "published" for what is unfinished, when another has rung',
            (REFUSED, A, B, A),
        ),
    ),
    "a_refusal_is_swallowed": (*taken_for_a_ring("refused"),),
    "silence_is_taken_for_a_ring": (
        *taken_for_a_ring("silent"),
        made(
            TakenForARing,
            "raises after silence, and takes the fourth silence for a ring",
            struck(RINGS_NOT, ("silent",) * 4)[:-1],
            ways=("silent",) * 4,
        ),
    ),
    "gives_up_in_silence": (
        (GivesUpQuietly, "tries three times, gives up, and says nothing", (REFUSED, REFUSED, REFUSED, A)),
        *put_aside(),
    ),
    "returns_and_rings_later": (
        (
            Outbox,
            "puts what fails into an outbox, returns, and tries again when it is asked the next time",
            (REFUSED, A),
        ),
        (PatientOutbox, "returns after a failure, and rings when it is asked the next time", (REFUSED, A)),
    ),
    "relies_on_the_phone": (
        (NeverMarks, "leaves it to the phone to know what has rung", (A, DAY, A)),
        *[
            made(
                Replays,
                f"calls once more for all its notes, when it is asked after {what}",
                (B, DAY, RINGS_NOT[way], A, A),
                way=way,
            )
            for way, what in FAILED.items()
        ],
    ),
    "notes_in_memory": (
        (MarksInMemory, "keeps its notes in memory", (A, RESTART, DAY, A)),
        made(
            FewNotebooks,
            "keeps the notes of its process and of the one before",
            (A, RESTART, RESTART, DAY, A),
        ),
        (WritesLater, "writes its notes down when it is asked for something else", (A, RESTART, DAY, A)),
    ),
    "a_revision_is_missed": (
        (KeyWithoutRevision, "makes the key of the incident alone", (A, A2)),
        (OlderIsStale, "takes an older revision for done", (A2, A)),
        (OlderInLetters, "takes revision 10 for older than revision 9", (("disk-7", 9), ("disk-7", 10))),
        (Between, "takes every revision between two that rang for done", (A, ("disk-7", 3), A2)),
        (Superseded, "leaves out an unfinished revision when a newer one has rung", (REFUSED, A, A2, A)),
    ),
    "the_old_text": (
        (OldText, "reads out the text that an incident had at first", (A, A2)),
        *[
            made(ReadOut, words, tuple(alerts[-1:]), alike=staticmethod(alike))
            for words, alike, *alerts in TEXTS
        ],
    ),
    "remembers_the_last": (
        (LastAlertsOnly, "remembers the last four alerts alone", (A, A2, B, B2, C, DAY, A)),
        made(
            LastAlertsOnly,
            "remembers the last eight alerts alone",
            (*[(f"disk-{number}", 1) for number in range(9)], DAY, ("disk-0", 1)),
            kept=8,
        ),
        made(
            LastRevisionsOnly, "remembers the last revision of each incident alone", (A, A2, DAY, A), kept=1
        ),
        made(
            LastRevisionsOnly,
            "remembers the last five revisions of each incident alone",
            (*[("disk-7", number) for number in range(1, 7)], DAY, A),
            kept=5,
        ),
        (
            OneKeyUnderWay,
            "keeps one key in each incident, for the revision that it was asked for last",
            (LOST, A, A2, A),
        ),
        (OneSlot, "keeps one key, for the alert that it was asked for last", (LOST, A, B, A)),
        made(Reminds, "rings once more after every five asks for an alert", (*[A] * 6,), times=5),
        made(Reminds, "rings once more after every ten asks for an alert", (*[A] * 11,), times=10),
    ),
    "two_alerts_one_name": (
        (KeyWithoutIncident, "makes the key of the revision alone", (A, B)),
        (SameKey, "gives the key of what is unfinished to the next alert", (REFUSED, A, LOST, B, A)),
        *[made(Named, words, tuple(alerts), alike=staticmethod(alike)) for words, alike, *alerts in NAMES],
    ),
    "rings_unasked": (
        (StartRingsAll, "rings for all its notes when it starts", (A, DAY, RESTART)),
        (Greets, "rings when it starts for the first time", ()),
        *waiting(StartRingsTheRest, "rings for an alert that {}, when it starts", RESTART),
        *waiting(RingsForOthers, "rings for an alert that {}, when it is asked for another", B),
        *[
            made(kind, words, (B, *story), **given)
            for kind, words, story, given in (
                (
                    RingsForOthersWhenIdle,
                    f"rings for an alert that {what}, when it is asked for one that has rung",
                    (RINGS_NOT[way], A, B),
                    {"way": way},
                )
                for way, what in WAITS.items()
            )
        ],
        (
            RingsForOthersInMemory,
            "rings for what has failed in its process, when it is asked for something else",
            (REFUSED, A, B),
        ),
        (RingsForThoseBefore, "rings for the revision before as well, if that has not rung", (A2,)),
    ),
    "one_at_a_time": (
        (Busy, "raises while another alert has failed in the same process", (REFUSED, A, B)),
        *waiting(BusyWith, "raises, without a call, while another alert waits that {}", B),
        *waiting(BusyWith, "returns without a ring while another alert waits that {}", B, is_quiet=True),
        *waiting(
            BusyWith,
            "raises, without a call, while a revision of the same incident waits that {}",
            ("disk-0", 2),
            is_theirs=True,
        ),
        made(
            BusyWith,
            "raises, without a call, while three others wait",
            (REFUSED, A, LOST_REQUEST, A2, REFUSED, B, C),
            others=3,
        ),
    ),
    "raises_without_a_fault": (
        (RaisesAtFirst, "raises when it is asked for the first time in a process", (A,)),
        *[
            made(
                KeepsOff,
                f"raises at the first ask after {what}, without a call",
                struck(RINGS_NOT, (way,)),
                ways=(way,),
            )
            for way, what in FAILED.items()
        ],
        (HeldByTheDead, "raises at the first ask after a death, whatever it is asked for", (DIES, A, B)),
        (Complains, "raises when it is asked again for what has rung", (A, A)),
        (WaitsForTheOneBefore, "raises for a revision, when the one before it has not rung", (A2,)),
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
    tests = TheirTests.of(unit, story, World, line_up, rehearse)
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
        rule="a test is called with one world and nothing else, and nobody looks at what it returns",
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
    """Each of your tests can be called with one world, returns nothing, and has a name of its own."""
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
    # The plainest is told first: its story is the shortest.
    plainest = [kind for kind, _ in RIGHT]
    right = sorted(of_family(tests, "right"), key=lambda each: plainest.index(each.kind))
    for name in tests.names:
        for publisher in right:
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
    scene = world.scene
    if scene.mistake and scene.mistake in str(end):
        saw = f"`{name}` asks its world for what cannot be: {scene.mistake}"
        rule, ask = "a story can be told only where it can happen", "which ask has to have returned before?"
    else:
        saw = f"`{name}` refuses a right publisher, one that {publisher.words}: it {end}\n{heard(scene)}"
    if reads_too_soon(world.asked):
        saw += f"\n`{name}` read `rang` before its last ask, and holds what had rung by then"
    promise(accepts(end), saw=saw, rule=rule, ask=ask, story=story)


def heard(scene):
    """What rang until the test ended, and that all of it is as promised."""
    rang = ", ".join(scene.heard[:6]) + (", ..." if len(scene.heard) > 6 else "")
    waits = f"; not finished: {', '.join(scene.unfinished)}" if scene.unfinished else ""
    return f"in this story the phone rang for {rang or 'nothing'}{waits}; that is as promised"


def reads_too_soon(asked):
    reads = [place for place, what in enumerate(asked) if what == "rang"]
    asks = [place for place, what in enumerate(asked) if type(what) is tuple]
    return bool(reads and asks) and reads[-1] < asks[-1]


def test_each_test_can_fail(unit, story):
    """Each of your tests refuses some wrong publisher."""
    tests = theirs(unit, story)
    wrong = sorted(
        (each for each in tests.candidates if each.family != "right"), key=lambda each: each.family
    )
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
    steps = tests.steps.total()
    if steps > NOTE_STEPS_MAX or len(tests.refusals(wrong)) < len(wrong):
        return
    enough = tests.enough(wrong, FEWEST_RUNS_MAX if steps <= FEWEST_STEPS_MAX else 0)
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
    again = range(1, PROCESSES if tests.uses_chance else 2)
    every = {
        name: [tests.did(name, plain), *[tests.asked(name, plain, process) for process in again]]
        for name in tests.names
    }
    there = {name: here[-1] for name, here in every.items()}
    if not tests.is_elsewhere_the_same(run for here in every.values() for run in here):
        there = story.other_machine(lambda: {name: tests.asked(name, plain, 1) for name in tests.names})
    for name, here in every.items():
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
        others = len({each.words for each in missed}) - 1
        promise(
            False,
            saw=f"{all_of(tests.names)} a publisher that {publisher.words}\n{harm(publisher)}"
            + f"\n{counted(others, 'more publisher')} of its kind get{'s' * (others == 1)} through"
            * (others > 0),
            rule=rule,
            ask=ask,
            story=NO_STORY,
        )


def all_of(names):
    return (
        f"`{names[0]}`, your one test, accepts" if len(names) == 1 else f"all your {len(names)} tests accept"
    )


def harm(publisher):
    """What a short story shows of a wrong publisher: how short, and what is wrong in it; not which."""
    scene = Scene(publisher)
    for step in publisher.story:
        scene.answer(("publish", *step) if type(step) is tuple else step)
    steps = Counter("ask" if type(step) is tuple else PARTS.get(step, "fault") for step in publisher.story)
    parts = [counted(steps[part], part) for part in ("ask", "fault", "restart", "day") if steps[part]]
    story = f"{', '.join(parts[:-1])} and {parts[-1]}" if parts[1:] else parts[0]
    return f"in a story of {story}, {wrong_in(scene, publisher.story)}"


def wrong_in(scene, steps):
    rang = Counter(scene.heard)
    asked = [told(*step) for step in steps if type(step) is tuple]
    twice = next((alert for alert, times in rang.items() if times > 1), None)
    if any(not asked_now for _, asked_now in scene.rang_for):
        return "its phone rings while nobody asks"
    if any(alert not in asked for alert in rang):
        return "its phone rings for what nobody has asked for"
    if any(text != asked_now for text, asked_now in scene.rang_for):
        return "its phone rings for one alert while it is asked for another"
    if twice is not None:
        return f"its phone rings {rang[twice]} times for one alert"
    if any(not rang[alert] for alert in scene.returned):
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
        ask="how do your tests know what has to be heard, and for which alerts do they compare it?",
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
        ask="what happens in your tests while an alert waits, and do they look at all that rings then?",
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
