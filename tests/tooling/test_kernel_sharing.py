"""Does anything that can change belong to two owners? It is named, with the path on which each reaches it."""

import pytest
from kernel_cases import only_story, unit_of

from halfway.kit import Port

OWNERS = """
    import asyncio, collections, datetime, enum, functools, logging, pathlib, re, types, uuid
    from dataclasses import dataclass, field

    class State(enum.Enum):
        OPEN = "open"

    @dataclass
    class Sample:
        value: float

    @dataclass(frozen=True)
    class Command:
        incident: str
        samples: object = ()

    class Slots:
        __slots__ = ("a", "__b", "unset")
        def __init__(self, a, b):
            self.a, self.__b = a, b

    class Incident:
        log = logging.getLogger("incident")
        def __init__(self, port=None):
            self.id, self.samples, self.tags = "disk-7", [Sample(0.9)], {"team": ["storage"]}
            self.port, self.state, self.at = port, State.OPEN, datetime.datetime(2026, 1, 5)
            self.key, self.path, self.pattern = uuid.UUID(int=1), pathlib.Path("a"), re.compile("a")
            self.log, self.lock = logging.getLogger("a"), None
            self.queue = collections.deque()
            self.command = Command("disk-7")
        def close(self):
            pass

    def incident(port=None):
        return Incident(port)

    PAYLOADS = {
        "the aggregate": lambda i: i,
        "in a tuple": lambda i: ("publish", i),
        "an inner list": lambda i: {"samples": i.samples},
        "a shallow copy": lambda i: list(i.samples),
        "a bound method": lambda i: i.close,
        "a closure": lambda i: (lambda: i.tags),
        "a default": lambda i: eval("lambda tags=tags: tags", {"tags": i.tags}),
        "a partial": lambda i: functools.partial(print, i.tags, x=i.samples),
        "a frozen command with a list": lambda i: Command(i.id, i.samples),
        "slots": lambda i: Slots(i.tags["team"], i.samples[0]),
        "a read-only view": lambda i: types.MappingProxyType(i.tags),
        "in a deque": lambda i: collections.deque([i.samples]),
        "a key": lambda i: {frozenset([Hashed(i.tags)]): 1},
        "a frozen command": lambda i: i.command,
        "plain data": lambda i: (i.id, tuple(s.value for s in i.samples), i.state, i.at, i.key, i.path, i.pattern),
        "a deep copy": lambda i: __import__("copy").deepcopy(i.samples),
        "the way outside": lambda i: (i.port, i.log),
    }

    class Hashed:
        def __init__(self, tags):
            self.tags = tags

    def payload(name, incident):
        return PAYLOADS[name](incident) if not name.startswith("nothing") else None

    def wrapped(name, incident):
        class Envelope:
            pass
        envelope = Envelope()
        envelope.payload = payload(name, incident)
        return envelope
"""

SHARED = {
    "the aggregate": "payload.payload is incident (Incident)",
    "in a tuple": "payload.payload[1] is incident (Incident)",
    "an inner list": "payload.payload['samples'] is incident.samples (list)",
    "a shallow copy": "payload.payload[0] is incident.samples[0] (Sample)",
    "a bound method": "payload.payload.__self__ is incident (Incident)",
    "a closure": "payload.payload.<i> is incident (Incident)",
    "a default": "payload.payload.<default 1> is incident.tags (dict)",
    "a partial": "payload.payload.args[0] is incident.tags (dict)",
    "a frozen command with a list": "payload.payload.samples is incident.samples (list)",
    "slots": "payload.payload.__b is incident.samples[0] (Sample)",
    "a read-only view": "payload.payload is incident.tags (dict)",
    "in a deque": "payload.payload[0] is incident.samples (list)",
    "a key": "a key of payload.payload[0].tags is incident.tags (dict)",
}


class Outside(Port):
    """The way outside."""

    def go(self):
        return None


@pytest.mark.parametrize("name", SHARED)
def test_what_is_shared_is_named_with_both_paths(name):
    """Through containers, attributes, slots, closures, defaults, partials, views and keys."""
    with unit_of(OWNERS) as unit, only_story(unit).process() as process:
        incident = unit.incident()
        assert SHARED[name] in process.shared(unit.wrapped(name, incident), incident=incident)


@pytest.mark.parametrize("name", ["a frozen command", "plain data", "a deep copy", "the way outside"])
def test_what_nobody_can_change_may_be_shared(name):
    """Frozen values, copies, and what is shared on purpose: the way outside, and loggers."""
    with unit_of(OWNERS) as unit:
        story = only_story(unit)
        with story.process() as process:
            incident = unit.incident(Outside(story))
            assert process.shared(unit.wrapped(name, incident), incident=incident) == []


def test_a_value_that_lives_with_them_can_be_changed_after_handing_it_over():
    """`story.live` makes a list that a caller still holds when the learner's code has it."""
    source = """
        class Box:
            def __init__(self, items):
                self.items = items
        def keep(items):
            return Box(items)
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process() as process:
            items = story.live([1])
            box = unit.keep(items)
            assert process.shared(items, box=box) == ["payload is box.items (list)"]
            items.append(2)
            assert box.items == [1, 2]
