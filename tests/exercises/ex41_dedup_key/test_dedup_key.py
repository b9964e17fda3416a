"""What is checked for ex41: one alert is one ring, whatever goes wrong, and one key is one call."""

from itertools import permutations, product

from halfway.kit import CANCEL, CRASH, LOST, REFUSED, Port, promise, takes_time, tried

FULL, FULLER, FIRE = "92 % full", "93 % full", "on fire"
YEAR_S = 366 * 86_400
LOST_BEFORE = {"the request is lost": TimeoutError, "it is cut off before it rings": ConnectionResetError}
LOST_AFTER = {"the reply is lost": TimeoutError, "it is cut off after it rang": ConnectionResetError}


class Phone(Port):
    """The on-call phone service: a call takes 2 s and rings after 1 s, unless its key has rung before."""

    raises = (ConnectionError, TimeoutError, LookupError, PermissionError)

    def __init__(self, story, answer=None):
        super().__init__(story)
        self.answer = answer
        self.keys, self.errors, self.rang, self.receipts = [], [], [], {}

    @takes_time
    def ring(self, key, recipient, text):
        fault = self.fault("ring", REFUSED="the call is refused", LOST=(*LOST_BEFORE, *LOST_AFTER))
        self.keys.append(key)
        yield 1.0
        if fault == "the call is refused" or self.answer is not None:
            raise self.noted(self.answer or ConnectionRefusedError("refused"))
        if fault not in LOST_BEFORE:
            self.receive(key, recipient, text)
        yield 1.0
        if fault:
            raise self.noted((LOST_BEFORE | LOST_AFTER)[fault]("no reply"))
        return self.receipts[repr(key)]

    def noted(self, error):
        self.errors.append(type(error))
        return error

    def receive(self, key, recipient, text):
        heard = repr(key) in self.receipts  # by its repr: a learner's key may be a list, and that has no hash
        if not heard:
            self.rang.append((recipient, text))
            self.receipts[repr(key)] = f"receipt-{len(self.rang)}"
        self.tell(f"{'stays quiet' if heard else 'rings'}, key {short(key)}")

    def told(self):
        keys = ", ".join({repr(key): short(key) for key in self.keys}.values()) or "no key"
        return f"one alert, called {times(len(self.keys))}, with {keys}; it rang {times(len(self.rang))}"


class Line(Port):
    """The wire behind the desk: it rings whenever it is asked."""

    raises = (ConnectionRefusedError,)

    def __init__(self, story):
        super().__init__(story)
        self.refused, self.rang = 0, []

    def ring(self, recipient, text):
        if self.fault("ring", REFUSED="the line refuses"):
            self.refused += 1
            raise ConnectionRefusedError("refused")
        self.rang.append((recipient, text))
        self.tell(f"rings for {recipient}: {text}")
        return f"receipt-{len(self.rang)}"


def short(value):
    """A key or a name as a line of text has room for it."""
    told = repr(value)
    return told if len(told) <= 40 else f"{told[:24]}...{told[-12:]}"


def times(count):
    return "once" if count == 1 else f"{count} times"


def alert(unit, story):
    return unit.Alert(story.name("disk"), 1, story.name("ana"), FULL)


def key_of(unit, *intent, text=FULL):
    return unit.dedup_key(unit.Alert(*intent, text))


def test_a_lost_reply_does_not_ring_twice(unit, every_story):
    """Refused or unheard and tried again, one alert rings the phone once, and its receipt comes back."""
    for story in every_story({REFUSED, LOST}, depth=2):
        phone = Phone(story)
        with story.process() as process:
            end = process.run(lambda: unit.publish(alert(unit, story), phone))
        promise(
            end.kind == "returned",
            saw=f"attempts=3, called {times(len(phone.keys))}; publish {end}",
            rule="a key makes one more call safe, also when the call before may have rung",
            ask="what is the worst that one more call with the same key can do?",
        )
        promise(
            len(phone.rang) == 1,
            saw=phone.told(),
            rule="the phone stays quiet only for a key that has rung",
            ask="what is the same in the first call and in the second?",
        )
        meant = (story.name("ana"), FULL)
        promise(
            phone.rang == [meant] and end.value == "receipt-1",
            saw=f"the alert is for {meant}; it rang for {phone.rang[0]} and gave 'receipt-1'; publish {end}",
            rule="the phone is given the alert, and what it gives back is all that a caller knows",
            ask="which value goes where, on the way to the phone and on the way back?",
        )


def test_a_new_process_does_not_ring_again(unit, every_story):
    """However it was stopped, an alert that a new process publishes again rings the phone once."""
    for story in every_story({CANCEL, CRASH, LOST}, depth=2):
        phone = Phone(story)
        with story.process() as process:
            process.run(lambda: unit.publish(alert(unit, story), phone))
        story.until_done(lambda: unit.publish(alert(unit, story), phone))
        promise(
            len(phone.rang) == 1,
            saw=f"two processes, {phone.told()}",
            rule="a new process knows the alert, and nothing that the old one made up",
            ask="from what can the second process work out the key that the first one used?",
        )


def test_a_year_later_the_key_is_the_same(unit, story):
    """A year later, in a new process, the same alert has its old key."""
    with story.process() as process:
        before = unit.dedup_key(alert(unit, story))
        process.wait(YEAR_S)
    with story.process():
        after = unit.dedup_key(alert(unit, story))
    promise(
        before == after,
        saw=f"the same alert has the key {short(before)}, and a year later {short(after)}",
        rule="a key is made of what the alert is, and of nothing that changes with time",
        ask="what in your key is different when the same line runs again?",
    )


def test_another_machine_makes_the_same_key(unit, story):
    """Two machines make the same key for the same alert."""
    with story.process() as process:
        process.wait(YEAR_S)
        here = unit.dedup_key(alert(unit, story))
    there = story.other_machine(lambda: unit.dedup_key(alert(unit, story)))
    promise(
        here == there,
        saw=f"the same alert has the key {short(here)} on one machine, and another key on the next",
        rule="some of what Python computes holds for one process only",
        ask="which value in your key does another Python process compute differently?",
    )


def test_the_key_changes_with_the_intent_alone(unit, story):
    """Another incident, revision or recipient has another key; another text has not."""
    disk, api, ana, bob = map(story.name, ("disk", "api", "ana", "bob"))
    with story.process():
        key = key_of(unit, disk, 1, ana)
        again = key_of(unit, disk, 1, ana, text=FULLER)
        others = {other: key_of(unit, *other) for other in ((api, 1, ana), (disk, 2, ana), (disk, 1, bob))}
    promise(
        key == again,
        saw=f"{FULL!r} has the key {short(key)}; {FULLER!r}, all else equal, has {short(again)}",
        rule="the key names what must not happen twice; the text only describes it",
        ask="does the person who was called want to be woken again for one per cent?",
    )
    for other, other_key in others.items():
        promise(
            key != other_key,
            saw=f"{(disk, 1, ana)} and {other} have one key: {short(key)}",
            rule="to the phone, a key that has rung is work that is done",
            ask="what becomes of the second alert when the phone has heard the first?",
        )


COMMON = ("-", "/", ":", "|", ",", ".", "@", "#")
SEPARATORS = (*COMMON, "", " ", "_", ";", "::", ", ", "\0", "\n", "\x1f")
HANDMADE = ('", 1, "', '","1","', "', 1, '", "','1','", "&revision=1&recipient=", ")(")
SPELLINGS = tuple("eEéè①1日本\t\0") + ("", "e ", " e", "e\n", "e\u0301", "ß", "ss", "None", "0")


def joints():
    """What somebody who joins incident, revision 1 and recipient may put between the two names."""
    yield from (f"{mark}{rev}1{mark}" for mark, rev in product(SEPARATORS, ("", "r", "v", "rev")))
    yield from (f"{before}1{after}" for before, after in permutations(COMMON, 2))
    yield from HANDMADE


def look_alikes(a):
    """Intents that are one for somebody who joins their parts, escapes them carelessly, or tidies them up."""
    yield from ((a, 1, a), (f"{a}1", 1, a), (a, 1, f"1{a}"), (a, 11, a))
    for joint in (*joints(), *SEPARATORS):
        yield from ((f"{a}{joint}{a}", 1, a), (a, 1, f"{a}{joint}{a}"))
    for separator in SEPARATORS:
        yield from ((f"{a}{separator}", 1, a), (a, 1, f"{separator}{a}"))
    for separator, escape in product(COMMON, ("\\", "%", "'", '"')):
        yield from ((f"{a}{separator}{a}{escape}", 1, a), (f"{a}{escape}", 1, f"{a}{separator}{a}"))
    for spelling in SPELLINGS:
        yield from ((f"{a}{spelling}", 1, a), (a, 1, f"{a}{spelling}"), (spelling, 1, a), (a, 1, spelling))


def keys_of(unit, process, intents):
    """Each intent with its key, in two messages for all of them."""
    intents = list(dict.fromkeys(intents))
    made = process.together(*[unit.Alert.later(*intent, FULL) for intent in intents])
    ends = process.together(*[unit.dedup_key.later(each.value) for each in made])
    for intent, end in zip(intents, ends, strict=True):
        promise(
            end.kind == "returned",
            saw=f"incident {short(intent[0])}, recipient {short(intent[2])}: dedup_key {end}",
            rule="every alert has a key, whatever its names contain",
            ask="what does your code expect of a name?",
        )
        yield intent, end.value


def clash_in(keys):
    """Say which two intents are the first to share a key; "" if none do."""
    first_with = {}
    for intent, key in keys:
        first = first_with.setdefault(repr(key), intent)
        if first != intent:
            return f"{first} and {intent} have one key: {short(key)}"
    return ""


def test_names_do_not_run_together(unit, story):
    """Two alerts have two keys, whatever characters their names are made of."""
    with story.process() as process:
        clash = clash_in(keys_of(unit, process, look_alikes(story.name("a"))))
    promise(
        clash == "",
        saw=clash,
        rule="parts that are put together have to be told apart again",
        ask="can incident, revision and recipient be read back from what your key is made of?",
    )


def test_long_names_stay_apart(unit, story):
    """Two long names that differ in one character have two keys."""
    name, long, keys = story.name("a"), "x" * 300, {}
    with story.process():
        for where, before, after in (("first", "", 2 * long), ("middle", long, long), ("last", 2 * long, "")):
            names = [f"{before}{digit}{after}" for digit in "12"]
            keys["incidents", where] = [key_of(unit, long_name, 1, name) for long_name in names]
            keys["recipients", where] = [key_of(unit, name, 1, long_name) for long_name in names]
    for (what, where), (one, other) in keys.items():
        promise(
            one != other,
            saw=f"two {what} of 601 characters that differ in the {where} one have one key: {short(one)}",
            rule="what is cut off can be the only difference",
            ask="which characters of a long name can change without a change of the key?",
        )


def test_a_key_fits_into_a_header(unit, story):
    """A key is 1 to 255 printable ASCII characters, whatever the names contain."""
    name, intents = story.name("a"), [("", 1, "")]
    for spelling in ("", "é", "日本", "\u2028", "📞", "a\nb", "\0", "\x7f", "x" * 256, "日" * 300):
        intents += [(spelling, 1, name), (name, 1, spelling)]
    with story.process() as process:
        keys = list(keys_of(unit, process, intents))
    for (incident, _, recipient), key in keys:
        length = f" of {len(key)} characters" if type(key) is str else ""
        promise(
            type(key) is str and 1 <= len(key) <= 255 and key.isascii() and key.isprintable(),
            saw=f"incident {short(incident)}, recipient {short(recipient)}: a key{length}, {short(key)}",
            rule="a key travels in a header, and a header takes neither every length nor every character",
            ask="what becomes of a long name, a line break, an accent?",
        )


def test_the_attempts_are_counted(unit, every_story):
    """publish makes at most `attempts` calls, and after the last one its error comes through."""
    for story in every_story({REFUSED, LOST}, depth=2):
        phone = Phone(story)
        with story.process() as process:
            end = process.run(lambda: unit.publish(alert(unit, story), phone, attempts=2))
        calls, failed = len(phone.keys), len(phone.errors)
        promise(
            calls <= 2,
            saw=f"attempts=2, called {times(calls)}",
            rule="an attempt is one call; a retry is an attempt after the first",
            ask="how many calls does your code make when every call fails?",
        )
        promise(
            end.raised(phone.errors[-1]) if failed == 2 else end.kind == "returned",
            saw=f"attempts=2, called {times(calls)}; publish {end}",
            rule="a caller hears of a failure when the attempts are used up, and not before",
            ask="after which call does your code give up, and what does it give up with?",
        )


def test_other_errors_go_through_at_once(unit, story):
    """An error that a second call cannot change goes through after the first."""
    for error in (LookupError("nobody of this name is on call"), PermissionError("you may not call")):
        phone = Phone(story, answer=error)
        with story.process() as process:
            end = process.run(lambda: unit.publish(alert(unit, story), phone))
        promise(
            len(phone.keys) == 1 and end.raised(type(error)),
            saw=f"the phone raised {error!r}; it was called {times(len(phone.keys))}, and publish {end}",
            rule="try again what can end differently",
            ask="which errors can a second call change?",
        )


def other_calls(recipient, text):
    """Calls that differ from this one, each in a way that is easy to miss."""
    return ((recipient, FIRE), (f"{recipient}-2", text), (recipient[:-1], recipient[-1] + text))


def test_a_repeat_gets_the_first_receipt(unit, story):
    """At the desk a new key rings, and a repeat rings nothing and gets the receipt of the first call."""
    line, ana, bob = Line(story), story.name("ana"), story.name("bob")
    calls = ((story.name("key-1"), ana, FULL), (story.name("key-2"), bob, FIRE))
    with story.process():
        desk = unit.Desk(line)
        first = [tried(lambda: desk.ring(*call)) for call in calls]
        again = [tried(lambda: desk.ring(*call)) for call in calls]
    for call, end, repeat, receipt in zip(calls, first, again, ("receipt-1", "receipt-2"), strict=True):
        promise(
            end.value == repeat.value == receipt,
            saw=f"ring{call}: the line gave {receipt!r}, the desk {end}; the same again {repeat}",
            rule="to its caller a repeat is a success: it rang, and here is the proof",
            ask="what does somebody who lost the first reply want to hear?",
        )
    promise(
        line.rang == [call[1:] for call in calls],
        saw=f"two keys, each called twice; the line rang {times(len(line.rang))}, for {line.rang}",
        rule="a new key is new work, and a repeat is answered from memory",
        ask="when does your desk go to the line?",
    )


def test_a_reused_key_is_told(unit, story):
    """A key that comes back with another text or recipient is told as KeyReused, and rings nothing."""
    ana, key = story.name("ana"), story.name("key")
    for other in other_calls(ana, FULL):
        line = Line(story)
        with story.process():
            desk = unit.Desk(line)
            desk.ring(key, ana, FULL)
            end = tried(lambda: desk.ring(key, *other))
        promise(
            end.raised(unit.KeyReused) and line.rang == [(ana, FULL)],
            saw=f"after ring{(key, ana, FULL)}, ring{(key, *other)} {end}; it rang {times(len(line.rang))}",
            rule="a key that names two calls hides one of them",
            ask="with what does your desk compare the second call?",
        )


def test_the_first_call_keeps_its_key(unit, story):
    """After a reused key was told, the call that came first has its receipt as before."""
    ana, key = story.name("ana"), story.name("key")
    for other in other_calls(ana, FULL):
        with story.process():
            desk = unit.Desk(Line(story))
            desk.ring(key, ana, FULL)
            tried(lambda: desk.ring(key, *other))
            again = tried(lambda: desk.ring(key, ana, FULL))
        promise(
            again.kind == "returned" and again.value == "receipt-1",
            saw=f"ring{(key, ana, FULL)}, ring{(key, *other)}, and the first call again: that {again}",
            rule="a call that is turned away changes nothing",
            ask="what did the call in the middle leave in your desk?",
        )


def test_a_refused_call_leaves_the_key_unused(unit, every_story):
    """When the line refuses, the caller is told, and the next call with the key rings."""
    for story in every_story({REFUSED}, depth=2):
        line, ana, key, ends = Line(story), story.name("ana"), story.name("key"), []
        with story.process():
            desk = unit.Desk(line)
            for text in (FULL, FIRE, FIRE):
                ends.append(tried(lambda: desk.ring(key, ana, text)))
                if line.rang:
                    break
        refused, taken = ends[: line.refused], ends[line.refused :]
        promise(
            all(end.raised(ConnectionRefusedError) for end in refused),
            saw=f"the line refused {times(line.refused)}, and ring {', then '.join(map(str, refused))}",
            rule="to the caller, a refusal is the news that nothing rang",
            ask="what does your desk tell the caller of a refused call?",
        )
        promise(
            len(taken) == 1 and taken[0].kind == "returned" and taken[0].value == "receipt-1",
            saw=f"refused {times(line.refused)}; the next call {taken[0]}; it rang {times(len(line.rang))}",
            rule="a record follows the fact that it states",
            ask="at which moment does your desk know that it rang?",
        )
