"""A course of one small unit, in a folder of its own: what tests of catalog, grading and render work on."""

from __future__ import annotations

import textwrap
from pathlib import Path

from halfway import catalog

SLUG = "ex91_ring_once"

STUB = '''
    """Ring the on-call phone once for each incident."""

    from typing import Protocol

    __all__ = ["Markers", "Phone", "key_of", "publish"]


    class Phone(Protocol):
        """The on-call phone."""

        async def ring(self, key: str, text: str) -> str:
            """Ring. Raises ConnectionRefusedError or TimeoutError."""


    class Markers(Protocol):
        """What is durable."""

        def get(self, key: str) -> str | None:
            """Give the value, or None."""

        def put(self, key: str, value: str) -> None:
            """Write the value."""


    def key_of(incident: str) -> str:
        """Give the key of an incident."""
        raise NotImplementedError


    async def publish(incident: str, markers: Markers, phone: Phone) -> str:
        """Ring the phone and give the key that it rang with."""
        raise NotImplementedError
'''

SOLUTION_TAIL = '''
    def key_of(incident: str) -> str:
        """Give the key of an incident."""
        return f"ring/{incident}"


    async def publish(incident: str, markers: Markers, phone: Phone) -> str:
        """Ring the phone and give the key that it rang with."""
        key = key_of(incident)
        for _ in range(3):
            try:
                await phone.ring(key, incident)
                return key
            except (ConnectionRefusedError, TimeoutError):
                continue
        raise TimeoutError("nobody heard it ring")
'''

SUITE = '''
    """What is checked for ex91."""

    from halfway.kit import CANCEL, CRASH, LOST, REFUSED, Port, durable, promise, takes_time


    class Phone(Port):
        """A call takes 2 s and rings after 1 s; a repeat of a key it has seen does not ring."""

        raises = (ConnectionError, TimeoutError)

        def __init__(self, story):
            super().__init__(story)
            self.rang = {}

        @takes_time
        def ring(self, key, text):
            lost = ("the request is lost", "the reply is lost")
            fault = self.fault("ring", REFUSED="the call is refused", LOST=lost)
            yield 1.0
            if fault == "the call is refused":
                raise ConnectionRefusedError("refused")
            if fault == "the request is lost":
                yield 1.0
                raise TimeoutError("no reply")
            self.rang.setdefault(key, []).append(text)
            self.tell(f"rings  key {key}")
            yield 1.0
            if fault == "the reply is lost":
                raise TimeoutError("no reply")
            return "accepted"


    class Markers(Port):
        """Durable rows."""

        raises = ()

        def __init__(self, story):
            super().__init__(story)
            self.rows = {}

        def get(self, key):
            return self.rows.get(key)

        @durable
        def put(self, key, value):
            self.rows[key] = value
            self.tell(f"{key} := {value}")


    def test_a_key_says_which_incident_it_is(unit, story):
        """The key of an incident holds its name."""
        name = story.name("disk")
        key = unit.key_of(name)
        promise(
            name in key,
            saw=f"key_of({name!r}) returned {key!r}",
            rule="a key names the intent",
            ask="what makes two incidents differ?",
        )


    def test_the_phone_rings_once_whatever_goes_wrong(unit, every_story):
        """Cancelled, refused or unheard: one incident rings the phone under one key."""
        for story in every_story({CANCEL, CRASH, REFUSED, LOST}, depth=2):
            phone, markers = Phone(story), Markers(story)
            incident = story.name("disk")
            with story.process() as process:
                process.run(lambda: unit.publish(incident, markers, phone))
            story.until_done(lambda: unit.publish(incident, markers, phone))
            promise(
                len(phone.rang) == 1,
                saw=f"one incident, {len(phone.rang)} keys: {', '.join(phone.rang)}",
                rule="the phone drops a repeat only when the key is one it has seen",
                ask="what is the same on the first try and on the second?",
                story=story,
            )


    def test_two_incidents_ring_twice(unit, every_story):
        """Two incidents ring under two keys."""
        for story in every_story({REFUSED}, depth=1):
            phone, markers = Phone(story), Markers(story)
            with story.process():
                for what in ("disk", "load"):
                    unit.publish(story.name(what), markers, phone)
            promise(
                len(phone.rang) == 2,
                saw=f"two incidents, {len(phone.rang)} keys",
                rule="another incident is another intent",
                ask="which of your names does the key hold?",
                story=story,
            )
'''

WRONG_IDEAS = """
    # The wrong ideas of ex91

    ## key_per_attempt

    Every attempt is a new request, so it gets a new key.

    Caught by: test_the_phone_rings_once_whatever_goes_wrong; first in `ring~1~the-call-is-refused`

    ```diff
    -            await phone.ring(key, incident)
    +            await phone.ring(f'{key}#{_}', incident)
    ```

    ## one_key_for_all

    The key says what is done, and ringing is always the same thing.

    Caught by: test_a_key_says_which_incident_it_is, test_two_incidents_ring_twice

    ```diff
    -    return f"ring/{incident}"
    +    return "ring"
    ```
"""

MUTANTS = ("key_per_attempt", "one_key_for_all")

EXAMPLES = '''
    """One incident, one ring."""

    from ring import key_of, publish

    from halfway.kit import run


    class RecordingPhone:
        def __init__(self):
            self.keys = []

        async def ring(self, key, text):
            self.keys.append(key)
            return "accepted"


    def test_one_incident_rings_once():
        """One incident rings once."""
        phone = RecordingPhone()
        run(publish("disk-7", None, phone))
        assert len(phone.keys) == 1


    def test_a_key_is_text():
        """A key is text."""
        assert key_of("disk-7").startswith("ring/")
'''

TOML = """
    concept = "9_small/91_one_ring_for_one_incident.md"
    kind = "implement"
    minutes = 10
    needs = []
    file = "ring.py"
    capstone = "ex75"
"""

BRIEF = """
    # Ring once

    ## The situation

    A disk is full.
"""

HINTS = """
    ## 1 Where to look

    Look at the key.

    ## 2 The idea

    Name the intent.

    ## 3 The shape

    One key, made once.
"""


def text(block: str) -> str:
    """Gives a block of the source above as a file holds it."""
    return textwrap.dedent(block).lstrip("\n")


class TinyCourse:
    """A course of one unit; `write` changes the learner's file, the rest are files like any other."""

    def __init__(self, root: Path) -> None:
        self.root, self.slug = root, SLUG
        self.folder = root / "exercises" / SLUG
        self.stub = self.folder / "ring.py"
        self.solutions = root / "solutions" / SLUG
        self.suite = root / "tests" / "exercises" / SLUG / "test_ring_once.py"
        self.solution = text(STUB).split("def key_of")[0] + text(SOLUTION_TAIL)
        self._files = {
            root / "mkdocs.yml": "site_name: tiny\n",
            self.folder / "README.md": text(BRIEF),
            self.folder / "exercise.toml": text(TOML),
            self.folder / "hints.md": text(HINTS),
            self.folder / "test_examples.py": text(EXAMPLES),
            self.stub: text(STUB),
            self.suite: text(SUITE),
            self.solutions / "ring.py": self.solution,
            self.solutions / "notes.md": "# Notes\n",
            self.solutions / "wrong_ideas.md": text(WRONG_IDEAS),
            root / "docs" / "concepts" / "9_small" / "91_one_ring_for_one_incident.md": "# One ring\n",
        }
        for path, content in self._files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def write(self, source: str) -> Path:
        """Saves the learner's file."""
        self.stub.write_text(source, encoding="utf-8")
        return self.stub

    def write_with(self, right: str, wrong: str) -> Path:
        """Saves the reference with one piece changed."""
        assert right in self.solution, right
        return self.write(self.solution.replace(right, wrong))

    def write_body(self, body: str) -> Path:
        """Saves the reference with another body of `publish`."""
        head = self.solution.split("    key = key_of(incident)")[0]
        return self.write(head + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n")

    def mutant(self, name: str) -> Path:
        """Writes a wrong idea out, and gives the file."""
        unit = catalog.find(SLUG, self.root)
        return catalog.write_out(unit, unit.mutant(name), self.root)
