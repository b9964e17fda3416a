"""What is checked for ex41: one alert is one ring, whatever goes wrong, and one key is one call."""

from itertools import permutations, product

from halfway.kit import CANCEL, CRASH, LOST, REFUSED, Port, only_story, promise, takes_time, tried

FULL, FULLER, FIRE, ACCENTS = "92 % full", "93 % full", "on fire", ("\xe9", "e\u0301")
DAY_S = 86_400
WAITS_S = (3_600, DAY_S, 31 * DAY_S, 366 * DAY_S, 5 * 366 * DAY_S)
UNHEARD, REFUSAL = TimeoutError("no reply"), ConnectionRefusedError("refused")
# A connection breaks in more than one way: a second call meets another one than the first.
BREAKS = (BrokenPipeError, ConnectionAbortedError, ConnectionResetError, ConnectionError)
CUT = [kind("cut off") for kind in BREAKS]
BEFORE = {"the request is lost": [UNHEARD], "it is cut off before it rings": CUT[:2]}
AFTER = {"the reply is lost": [UNHEARD], "it is cut off after it rang": CUT[2:]}
FAILS = {"": [None], "the call is refused": [REFUSAL], **BEFORE, **AFTER}
# The phone raises it by its name; what arrives is the learner's own class.
KeyReused = type("KeyReused", (Exception,), {})
OTHERS = (RuntimeError("no such name"), PermissionError("you may not call"), KeyReused("another call"))


class Phone(Port):
    """The on-call phone service: a call takes 2 s and rings after 1 s, unless its key has rung before."""

    raises = (ConnectionError, TimeoutError, RuntimeError, PermissionError, KeyReused)

    def __init__(self, story, answers=(), lost=("the request is lost", "the reply is lost"), answer_s=1.0):
        super().__init__(story)
        self.answers, self.lost, self.answer_s, self.receipt = answers, lost, answer_s, "receipt-1"
        self.keys, self.errors, self.rang, self.heard = [], [], [], {}
        self.late = self.under_way = 0

    @takes_time
    def ring(self, key, recipient, text):
        fault = self.fault("ring", REFUSED="the call is refused", LOST=self.lost)
        ways = self.answers[len(self.keys) :][:1] or FAILS[fault]
        error = ways[len(self.keys) % len(ways)]
        self.keys.append(key)
        self.late += self.world.cancelled > 0
        self.under_way += 1
        try:
            yield self.answer_s
            if error is None or fault in AFTER:
                error = self.receive(key, (recipient, text)) or error
            yield 1.0
        finally:
            self.under_way -= 1
        if error is not None:
            self.errors.append(f"{type(error).__name__}: {error}")
            raise error.with_traceback(None)
        return self.receipt

    def receive(self, key, call):
        known = self.heard.get(repr(key))
        if known is None:
            self.heard[repr(key)] = call
            self.rang.append(call)
        self.tell(f"{'stays quiet' if known else 'rings'}, key {short(key)}")
        return None if known in (None, call) else KeyReused("the key names another call")

    def told(self):
        keys = ", ".join({repr(key): short(key) for key in self.keys}.values()) or "no key"
        rang = f"it rang {times(len(self.rang))}, {', '.join(map(short, self.rang))}"
        return f"one alert, called {times(len(self.keys))}, with {keys}; {rang}"


class Line(Port):
    """The wire behind the desk: it rings whenever it is asked; of its receipts, the third is empty."""

    raises = (ConnectionRefusedError,)

    def __init__(self, story, sure=0):
        super().__init__(story)
        self.sure, self.refused, self.rang = sure, 0, []

    def ring(self, recipient, text):
        if len(self.rang) >= self.sure and self.fault("ring", REFUSED="the line refuses"):
            self.refused += 1
            raise ConnectionRefusedError("refused")
        self.rang.append((recipient, text))
        self.tell(f"rings for {short(recipient)}: {short(text)}")
        return receipt(len(self.rang))


def receipt(place):
    return "" if place == 3 else f"receipt-{40 + place}"


def short(value):
    """A key or an intent as a line of text has room for it; spellings that look alike are told apart."""
    told = ascii(value)
    return told if len(told) <= 60 else f"{told[:30]}...{told[-20:]}"


def times(count):
    return "once" if count == 1 else f"{count} times"


def alert(unit, story):
    return unit.Alert(story.name("disk-7"), 1, story.name("Ana"), FULL)


def test_a_lost_reply_does_not_ring_twice(unit, every_story):
    """Refused or unheard and tried again, one alert rings the phone once, and its receipt comes back."""
    for story in every_story({REFUSED, LOST}, depth=2):
        phone = Phone(story, lost=(*BEFORE, *AFTER))
        with story.process() as process:
            end = process.run(lambda: unit.publish(alert(unit, story), phone))
        promise(
            end.kind == "returned" and end.value == "receipt-1",
            saw=f"attempts=3, called {times(len(phone.keys))}; publish {end}",
            rule="a key makes one more call safe, whatever became of the call before",
            ask="what is the worst that one more call with the same key can do?",
        )
        promise(
            phone.rang == [(story.name("Ana"), FULL)],
            saw=phone.told(),
            rule="the phone stays quiet only for a key that has rung",
            ask="what is the same in the first call and in the second?",
        )


def test_a_new_process_does_not_ring_again(unit, every_story):
    """However it was stopped, an alert that is published again the day after rings the phone once."""
    for story in every_story({CANCEL, CRASH, LOST}, depth=2):
        phone = Phone(story)
        with story.process() as process:
            end = process.run(lambda: unit.publish(alert(unit, story), phone))
            end.kind == "returned" and process.wait(DAY_S)
        story.until_done(lambda: unit.publish(alert(unit, story), phone))
        promise(
            len(phone.rang) == 1,
            saw=f"two processes, {phone.told()}",
            rule="a new process knows the alert, and nothing that the old one made up",
            ask="from what can the second process work out the key that the first one used?",
        )


def test_the_key_is_the_same_everywhere(unit, story):
    """Hours or years later, in a new process, on another machine, the same alert has its old key."""
    disk, ana = story.name("disk-7"), story.name("ana")
    alerts = [(disk, 1, ana), (ana, 1, ana), (LONG[0], 1, ana)]
    with only_story(unit).process() as process:
        keys = {"at first": dict(keys_of(unit, process, alerts))}
        for wait_s in WAITS_S:
            process.wait(wait_s)
            keys[f"{wait_s:,} s later"] = dict(keys_of(unit, process, alerts))
    there = story.other_machine(lambda: {one: unit.dedup_key(unit.Alert(*one, FULL)) for one in alerts[::-1]})
    for (when, made), one in product([*keys.items(), ("in another Python process", there)], alerts):
        promise(
            made[one] == keys["at first"][one],
            saw=f"{short(one)} has the key {short(keys['at first'][one])}, and {when} another one",
            rule="a key is made of what the alert is; what Python computes may hold for one process only",
            ask="what in your key is different at another time, or in another Python process?",
        )


def test_a_cancel_goes_through(unit, every_story):
    """A cancelled publish ends as cancelled, calls the phone no more, and leaves no call under way."""
    for story in every_story({CANCEL}, depth=2):
        phone = Phone(story)
        with story.process() as process:
            end = process.run(lambda: unit.publish(alert(unit, story), phone))
            # A second cancel may interrupt the clean-up of the first.
            left = phone.under_way if story.cancelled == 1 else 0
            story.cancelled and process.wait(60)
        promise(
            not story.cancelled or (end.kind == "cancelled" and phone.late == left == 0),
            saw=f"cancelled, publish called {times(phone.late)} more, left {left} under way, and {end}",
            rule="a cancel is no answer of the phone: somebody here wants publish to end, and what it began",
            ask="which of your lines catches the cancel, and where does it go from there?",
        )


def test_the_key_changes_with_the_intent_alone(unit, story):
    """Another incident, revision or recipient has another key; another text has not."""
    disk, ana = story.name("disk-7"), story.name("ana")
    key = unit.dedup_key(unit.Alert(disk, 1, ana, FULL))
    for text in (FULLER, FIRE, ""):
        again = unit.dedup_key(unit.Alert(disk, 1, ana, text))
        promise(
            key == again,
            saw=f"{FULL!r} has the key {short(key)}; {text!r}, all else equal, has {short(again)}",
            rule="the key names what must not happen twice; the text only describes it",
            ask="does the person who was called want to be woken again for another wording?",
        )
    names = (disk, story.name("api-2"), disk.upper(), f"{disk} ", f"{disk}  7", f"{disk} 7", *ACCENTS)
    differ(
        unit,
        [*((name, 1, ana) for name in names), (disk, 2, ana), (disk, 1, story.name("bob"))],
        rule="to the phone, a key that has rung is work that is done",
        ask="what becomes of the second alert when the phone has heard the first?",
    )


COMMON = ("-", "/", ":", "|", ",", ".", "@", "#", "~")
SEPARATORS = (*COMMON, "", " ", "_", ";", "::", ", ", "\0", "\n", "\t", "\x1f")
REVISIONS = [*range(1, 34), *(near + by for near in (50, 64, 100, 128, 256, 2**53) for by in range(-1, 3))]
HANDMADE = ('", 1, "', '","1","', "', 1, '", "','1','", "&revision=1&recipient=", ";revision=1;recipient=")
NAMES = "E,e,\xe9,e\u0301,\xc9,\u2460,1,e  e,e e,e//e,e/e, e,e ,e\n,\xdf,ss,?,\\xe9,&#233;,%C3%A9,\0,None,"
LONG = [f"{'x' * at}{digit}{'x' * (5000 - at)}" for at in (0, 300, 2500, 5000) for digit in "12"]
# Pairs of equal length that have one crc32, and one adler32, inside whatever text they stand.
TWINS = ("plumless", "buckeroo", "aca", "bab")


def look_alikes(a):
    """Intents that are one for somebody who joins their parts, leaves parts out, or escapes carelessly."""
    yield from ((a, revision, a) for revision in REVISIONS)
    yield from (("a", 1, f"{'a' * 9}1a"), (f"a1{'a' * 9}", 1, "a"))
    yield from ((f"{a}1", 1, a), (a, 1, f"1{a}"), ("", 1, "1"), ("1", 1, ""), (a, 1, ""), (a, 1, "all"))
    between = [f"{mark}{rev}1{mark}" for mark, rev in product(SEPARATORS, ("", "r", "v"))]
    between += [f"{before}1{after}" for before, after in permutations(COMMON[:5], 2)]
    for joint in (*between, *HANDMADE, *SEPARATORS):
        yield from ((f"{a}{joint}{a}", 1, a), (a, 1, f"{a}{joint}{a}"))
    for separator in SEPARATORS:
        yield from ((f"{a}{separator}", 1, a), (a, 1, f"{separator}{a}"))
    for separator, escape in product(COMMON, ("\\", "%", "'", '"')):
        yield from ((f"{a}{separator}{a}{escape}", 1, a), (f"{a}{escape}", 1, f"{a}{separator}{a}"))
    yield from ((twin, 1, a) for twin in TWINS)


def each_alone(a, names):
    return [each for name in names for each in ((name, 1, a), (a, 1, name))]


def keys_of(unit, process, intents):
    made = process.together(*[unit.Alert.later(*each, FULL) for each in intents])
    ends = process.together(*[unit.dedup_key.later(each.value) for each in made])
    for each, end in zip(intents, ends, strict=True):
        promise(
            end.kind == "returned",
            saw=f"{short(each)}: dedup_key {end}",
            rule="every alert has a key, whatever its names contain",
            ask="what does your code expect of the parts of an alert?",
        )
        yield each, end.value


def differ(unit, intents, rule, ask):
    """Promise that these have as many keys. It happens outside the story, which has nothing to tell of it."""
    first_with = {}
    with only_story(unit).process() as process:
        for each, key in keys_of(unit, process, list(dict.fromkeys(intents))):
            first = first_with.setdefault(repr(key), each)
            if first is not each:
                dots = " (they differ where dots stand)" if short(first) == short(each) else ""
                saw = f"{short(first)} and {short(each)}{dots} have one key: {short(key)}"
                promise(False, saw=saw, rule=rule, ask=ask)


def test_names_do_not_run_together(unit, story):
    """Two alerts have two keys, whatever characters their names are made of."""
    differ(
        unit,
        look_alikes(story.name("a")),
        rule="parts that are put together have to be told apart again",
        ask="can incident, revision and recipient be read back from what your key is made of?",
    )


def test_similar_names_stay_apart(unit, story):
    """Two names that differ in one character are two names, however long or alike they are."""
    differ(
        unit,
        each_alone(story.name("a"), (*LONG, *NAMES.split(","))),
        rule="what a key leaves out can be the only difference",
        ask="which characters of a name can change without a change of the key?",
    )


def test_a_key_fits_into_a_header(unit, story):
    """A key is 1 to 255 printable ASCII characters, whatever the names contain."""
    names = (*NAMES.split(","), "\u2028", "\U0001f4de", "a\nb", "\x7f", "x" * 256, "\u65e5" * 300)
    with only_story(unit).process() as process:
        keys = list(keys_of(unit, process, each_alone(story.name("a"), names)))
    for each, key in keys:
        promise(
            type(key) is str and 1 <= len(key) <= 255 and key.isascii() and key.isprintable(),
            saw=f"{short(each)}: a key of {len(str(key))} characters, {short(key)}",
            rule="a key travels in a header, and a header takes neither every length nor every character",
            ask="what becomes of such a name on its way into your key?",
        )


def test_the_attempts_are_counted(unit, story):
    """publish calls until it has a receipt, `attempts` times at most, once where another call is no use."""
    cases = [(2, [UNHEARD] * 9), *((3, [error]) for error in OTHERS), (3, [])]
    with story.process() as process:
        for attempts, answers in (*cases, (1, [UNHEARD] * 9), (7, [UNHEARD] * 9), (7, [UNHEARD] * 6)):
            phone = Phone(story, answers, answer_s=25.0)
            phone.receipt = ""
            end = process.run(lambda: unit.publish(alert(unit, story), phone, attempts=attempts))
            meant = 1 if answers and answers[0] in OTHERS else min(attempts, len(answers) + 1)
            promise(
                len(phone.keys) == meant,
                saw=f"attempts={attempts}, called {times(len(phone.keys))}: {phone.errors}; publish {end}",
                rule="an attempt is one call; another one is for what can end differently",
                ask="how many calls does your code make, and which errors can a second call change?",
            )


def test_the_last_error_comes_through(unit, story):
    """When publish gives up, what its last call raised comes through as it is."""
    with story.process() as process:
        for answers in ([UNHEARD] + CUT, [REFUSAL] * 9, *([error] for error in OTHERS), [], CUT * 2):
            phone = Phone(story, answers)
            end = process.run(lambda: unit.publish(alert(unit, story), phone, attempts=2))
            last = phone.errors[-1] if phone.errors else "nothing"
            promise(
                str(end) == (f"raised {last}" if answers else f"returned {phone.receipt!r}"),
                saw=f"attempts=2, called {times(len(phone.keys))}: {phone.errors}; publish {end}",
                rule="what a caller does next depends on how the last call ended",
                ask="which error leaves publish, and who made it?",
            )


def test_a_repeat_gets_the_first_receipt(unit, story):
    """At a new desk each key rings once, and a repeat, however late, gets the receipt of its first call."""
    quiet, ana = only_story(unit), story.name("ana")
    calls = [(story.name("key-1"), ana, FULL), (story.name("key-2"), story.name("bob"), FIRE)]
    keys = ("KEY-3", " key-3", "key-3 ", *TWINS, *(f"key-{place}" for place in range(3, 136)))
    calls += [(key, ana, FULL) for key in (*keys, *(f"{'k' * 254}{digit}" for digit in "12"))]
    with quiet.process() as process:
        unit.Desk(Line(quiet)).ring(*calls[1])
        desk = unit.Desk(Line(quiet))
        first = process.together(*[desk.ring.later(*call) for call in calls])
        process.wait(366 * DAY_S)
        again = process.together(*[desk.ring.later(key, who, "".join(text)) for key, who, text in calls])
    for place, (call, end, repeat) in enumerate(zip(calls, first, again, strict=True), start=1):
        promise(
            str(end) == str(repeat) == f"returned {receipt(place)!r}",
            saw=f"at a new desk, ring{short(call)} {end}, a year later {repeat}; meant is {receipt(place)!r}",
            rule="a new key is new work; to its caller a repeat is a success, and here is the proof",
            ask="what does your desk look a key up by, what does it keep beside it, and since when?",
        )


def twists(ana):
    """Two calls each, which differ in a way that is easy to miss."""
    yield from (((ana, FULL), other) for other in ((ana, FIRE), (f"{ana}-2", FULL), (FULL, ana), ("", FULL)))
    yield from (((f"{ana}{mark}x", FULL), (ana, f"x{mark}{FULL}")) for mark in SEPARATORS)
    yield from (((ana, FULL), (other, FULL)) for other in (ana.title(), f"{ana} "))
    texts = (FULLER, FULL.upper(), f"{FULL} ", f"{FULL}!", "92 % fuel", "full % 92", "92 %", "")
    pairs = [(FULL, text) for text in texts] + [ACCENTS, LONG[-2:], TWINS[:2], TWINS[2:]]
    for one, other in pairs:
        yield from (((ana, one), (ana, other)), ((ana, other), (ana, one)))


def test_a_reused_key_is_told(unit, story):
    """A key that comes back with another text or recipient is told as KeyReused, and rings nothing."""
    quiet, key = only_story(unit), story.name("key")
    with quiet.process():
        for first, other in twists(story.name("ana")):
            line = Line(quiet)
            desk = unit.Desk(line)
            one, end = (tried(lambda: desk.ring(key, *call)) for call in (first, other))
            promise(
                one.kind == "returned" and end.raised(unit.KeyReused) and line.rang == [first],
                saw=f"one key: ring{short(first)} {one}, ring{short(other)} {end}; rings: {len(line.rang)}",
                rule="a key that names two calls hides one of them",
                ask="with what does your desk compare the second call?",
            )


def test_the_first_call_keeps_its_key(unit, story):
    """After a reused key was told, its first call has its receipt as before, and the other is told again."""
    ana, key, texts = story.name("ana"), story.name("key"), (FULL, FIRE, FULL, FIRE, FIRE, FULL, FIRE)
    with story.process():
        desk = unit.Desk(Line(story))
        said = [tried(lambda: desk.ring(key, ana, text)) for text in texts]
    for text, end in zip(texts, said, strict=True):
        first = str(end) == f"returned {receipt(1)!r}"
        promise(
            first if text == FULL else end.raised(unit.KeyReused) or not said[1].raised(unit.KeyReused),
            saw=f"ring{(key, ana, FULL)}, then with {FIRE!r} {said[1]}; later with {text!r} {end}",
            rule="a call that is turned away changes nothing",
            ask="what does the call in the middle leave in your desk?",
        )


def test_a_refused_call_leaves_the_key_unused(unit, every_story):
    """When the line refuses, the caller hears it, the key is still unused, and other keys stay known."""
    for story in every_story({REFUSED}, depth=2):
        line, ana, key, ends = Line(story, sure=1), story.name("ana"), story.name("key"), []
        before = (story.name("key-1"), story.name("bob"), FIRE)
        with story.process():
            desk = unit.Desk(line)
            desk.ring(*before)
            for text in (FULL, FIRE, FIRE):
                ends.append(tried(lambda: desk.ring(key, ana, text)))
                if len(line.rang) > 1:
                    break
            ends.append(tried(lambda: desk.ring(*before)))
        refusals = ["raised ConnectionRefusedError: refused"] * line.refused
        promise(
            list(map(str, ends)) == [*refusals, f"returned {receipt(2)!r}", f"returned {receipt(1)!r}"],
            saw=f"{line.refused} refused; ring {', then '.join(map(str, ends[:-1]))}; an old key {ends[-1]}",
            rule="a record follows the fact that it states",
            ask="when does your desk know that it rang, and what does it tell a caller before that?",
        )
