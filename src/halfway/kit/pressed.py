"""Which pressures a suite was really under: what laws are told of it."""

from typing import Any

from halfway.sim import World


class Pressed:
    """What happened to a unit while its suite ran: pressures used, kinds of fault that met.

    `kinds` are all that its ports know, whether or not a story had them; `scenarios` says that some stories
    were told for several promises, so that what a pressure finds in them waits for one of these.
    """

    def __init__(self) -> None:
        self.used: dict[str, set[str]] = {}
        self.ends: set[str] = set()
        self.kinds: set[str] = set()
        self.met: set[tuple[str, str]] = set()
        self.scenarios = False
        self.alone: dict[Any, tuple[str, int]] = {}
        self.done: set[str] = set()
        """What has been found in these stories, and is not looked for again."""

    def add(self, pressure: str, detail: str) -> None:
        """The suite was under this pressure, in this way."""
        self.used.setdefault(pressure, set()).add(detail)

    def add_story(self, world: World) -> None:
        """A story is over: note which kinds of fault its ports know, and which met."""
        happened = world.happened
        self.kinds.update(world.known, happened)
        for place, one in enumerate(happened):
            for other in happened[place + 1 :]:
                self.met.add((one, other) if one <= other else (other, one))
