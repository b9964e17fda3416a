"""The judge's world: what time it is, what is durable, what was sent, and what goes wrong."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2s
from random import Random
from typing import Any, Protocol, TypeAlias, TypeVar, get_args, get_origin

from halfway.sim.errors import CheckerFaultError, CrashError
from halfway.sim.pressures import ANY_LENGTH, EACH_IS_LONG, FIRST_IS_LONG, MONTH_S, NO_PRESSURES
from halfway.sim.tape import Tape
from halfway.sim.timeline import KILL, LOSS, NS, Timeline

CANCEL, CRASH, ORDER, STEPS = "CANCEL", "CRASH", "ORDER", "STEPS"
"""Faults of the process: cancelled or killed while it waits; which ready task or due reply goes first;
cancelled between two steps inside it."""
REFUSED, LOST, UNDECLARED = "REFUSED", "LOST", "UNDECLARED"
DUPLICATE, REORDER, SET_BACK = "DUPLICATE", "REORDER", "SET_BACK"
"""Faults of the world, each used by the ports that know it."""
EVERYTHING = frozenset((CANCEL, CRASH, REFUSED, LOST, UNDECLARED, DUPLICATE, REORDER, SET_BACK))
"""What goes wrong in the stories of a suite that names no faults: all but the choices inside the process."""

EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""What the wall clock shows when a story begins: a Monday morning."""
IN_THE_OPEN = ""
"""The secret of a run in which nobody lies: names are plain, so that a story and its calm twin can be
compared."""
HORIZON_NS = 10 * 366 * 86_400 * NS
"""No story goes on for more than ten years."""
STARTS = 22
"""So many processes begin each later than the last: the clock of a system ends in the year 2262."""

VALUE, HOLDS = "v", "t"
"""How a port's attribute is used: it is read; and how a method, that holds the thread which calls it."""
_FAILING = frozenset((REFUSED, LOST, UNDECLARED))
_KILLED = ("", "killed before it", "killed after it")
_LENGTHS = ("", EACH_IS_LONG, FIRST_IS_LONG)
_MONTH_NS = round(MONTH_S) * NS

Fits: TypeAlias = Callable[[Any], bool]
"""Is a value that came from the subject of the type that the port's method says?"""
Takes: TypeAlias = tuple[tuple[str, Any, Fits], ...]
"""The parameters of a method: their names, the types that they take (None where nothing is said), and who
fits."""
Method = TypeVar("Method", bound=Callable[..., Any])


def takes_time(method: Method) -> Method:
    """A port method that is `async` for the caller; here it is a generator, and `yield 1.0` is a second."""
    if not inspect.isgeneratorfunction(method):
        raise CheckerFaultError(f"{method.__name__} takes no time: it has no `yield`")
    method.takes_time = True  # type: ignore[attr-defined]
    return method


def holds_a_thread(method: Method) -> Method:
    """A port method that takes time and holds the thread that calls it; here it is a generator, too."""
    method = takes_time(method)
    method.holds_a_thread = True  # type: ignore[attr-defined]
    return method


class attribute(property):  # noqa: N801 - it is written above a method, as `property` is
    """An attribute of a port, which the learner's code reads as it is now: what it holds then is a copy."""


def durable(method: Method) -> Method:
    """A synchronous port method that writes: the process can be killed before it, and after it."""
    if inspect.isgeneratorfunction(method):
        raise CheckerFaultError(f"{method.__name__} takes time; only a synchronous method is durable")

    def write(self: "Port", *args: Any, **kwargs: Any) -> Any:
        world = self.world
        if not world.on or CRASH not in world.faults:
            return method(self, *args, **kwargs)
        when = world.tape.choose(write.__name__, _KILLED)
        if when == _KILLED[1]:
            world.die(f"killed before {write.__name__}")
        result = method(self, *args, **kwargs)
        if when == _KILLED[2]:
            world.die(f"killed after {write.__name__}")
        return result

    write.__name__, write.__doc__ = method.__name__, method.__doc__
    write.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]
    return write  # type: ignore[return-value]


class Mortal(Protocol):
    """What a world knows of the process that runs in it."""

    dead: bool

    def decide(self) -> None:
        """The call of a port that is under way now will fail."""


class World:
    """What outlives a process. One world is one story.

    `now_ns` is the monotonic hand of its clock; the wall hand is EPOCH, plus that, plus `wall_ns`, which a
    fault may move.
    """

    def __init__(
        self,
        tape: Tape | None = None,
        faults: frozenset[str] = frozenset(),
        secret: str = IN_THE_OPEN,
        pressures: frozenset[str] = NO_PRESSURES,
    ) -> None:
        self.tape = Tape() if tape is None else tape
        self.faults, self.on = faults, True
        self.pressures = pressures
        self.telling = True
        self.timeline = Timeline()
        self.tape.told_in(self.timeline)
        self.now_ns = self.wall_ns = 0
        self.life: Mortal | None = None
        self.lives = self.cancelled = self._ids_made = 0
        self.ports: list[Port] = []
        self._secret, self._salt = secret, ""
        self._chance: Random | None = None
        self.first_cancel_ns = -1
        self.happened: list[str] = []
        self.known: set[str] = set()
        self._length: str | None = None
        self.called_in_cleanup: bool | None = None
        self._long: set[str] = set()

    # ---- what goes wrong

    def choose(self, kind: str, label: str, options: tuple[str, ...]) -> str:
        """Give what happens here.

        "" is nothing unusual, and all that can be while faults are off or not of this kind.
        """
        if not self.on or kind not in self.faults:
            return ""
        return self.tape.choose(label, options)

    def die(self, how: str) -> None:
        """Kill the process that is running."""
        self.tell_fault(how, KILL)
        self.happened.append(CRASH)
        if self.life is not None:
            self.life.dead = True
        raise CrashError

    def extra_ns(self, call: str) -> int:
        """How much longer than it says a call of a port takes today, at each of its waits."""
        if not self.on or not self.faults or ANY_LENGTH not in self.pressures:
            return 0
        if self._length is None:
            self._length = self.tape.choose("length", _LENGTHS)
            if self._length:
                self.tell_fault(self._length)
        if not self._length or (self._length == FIRST_IS_LONG and call in self._long):
            return 0
        self._long.add(call)
        return _MONTH_NS

    # ---- what is told

    def tell(self, who: str, what: str, kind: str = "", to: str = "") -> None:
        """Add a line to the timeline. While stories are only searched, nobody listens."""
        if self.telling:
            self.timeline.tell(self.now_ns, who, what, kind=kind, to=to)

    def tell_fault(self, what: str, kind: str = "", to: str = "") -> None:
        """Add a fault to the timeline: of the process, or of what is on its way to or from lane `to`."""
        if self.telling:
            self.timeline.tell(self.now_ns, "", what, fault=True, kind=kind, to=to)

    # ---- time, chance and names

    @property
    def seconds(self) -> float:
        """Virtual seconds since the story began, by the clock that never goes back."""
        return self.now_ns / NS

    @property
    def wall(self) -> datetime:
        """What the wall clock shows."""
        return EPOCH + timedelta(microseconds=(self.now_ns + self.wall_ns) // 1000)

    def pass_time(self, seconds: float) -> None:
        """Let time pass with nothing else happening, as in a synchronous call that takes a while."""
        self.now_ns += round(seconds * NS) or seconds > 0

    @property
    def secret(self) -> str:
        """What nobody knows but the judge, where somebody may lie; "" in the open."""
        return self._secret

    @property
    def salt(self) -> str:
        """Eight characters that no other story has, and nobody can guess who does not know the secret."""
        if not self._salt:
            text = f"{self._secret}/{self.tape.replay}/{_listed(self.faults)}"
            self._salt = blake2s(text.encode(), digest_size=4).hexdigest()
        return self._salt

    def start_of_process(self) -> tuple[int, int]:
        """What the wall clock of the process that begins now shows, after EPOCH, and what seeds its chance.

        The process before it has no say in either. Each begins ten years after the last one, and no story
        lasts that long: however that one spent its time, it is no time that this one could read.
        """
        number, starts_ns = self.lives, (self.lives - 1) % STARTS * HORIZON_NS
        if self._secret:
            text = f"chance of process {number} {self._secret}"
            return starts_ns, int.from_bytes(blake2s(text.encode(), digest_size=8).digest())
        return starts_ns, number

    @property
    def chance(self) -> Random:
        """Random numbers: the same in every story, so that each goes the way of the one it continues."""
        if self._chance is None:
            self._chance = Random(f"chance {self._secret}")  # noqa: S311 - chance in a lesson
        return self._chance

    def name(self, what: str) -> str:
        """A name for something in this story.

        Under a secret no other story has it, so nothing can be looked up by it.
        """
        return f"{what}-{self.salt}" if self._secret else what

    def fresh_id(self) -> str:
        """An id that nobody else has."""
        self._ids_made += 1
        return f"{self.salt}-{self._ids_made}" if self._secret else f"id-{self._ids_made}"


@cache
def _listed(faults: frozenset[str]) -> str:
    return ",".join(sorted(faults))


class Port:
    """What a learner's code is given to reach the outside.

    It belongs to the story and outlives every process.

    Plain methods are synchronous for the caller; those marked @takes_time are asynchronous. `raises` names
    the errors that reach the caller; any other error in a port is the checker's own fault. Public attributes
    are for the suite alone, but for those marked @attribute.
    """

    raises: tuple[type[BaseException], ...] = (ConnectionError, TimeoutError)
    lane = ""
    methods: dict[str, str] = {}  # noqa: RUF012 - made once for each class, below
    takes: dict[str, Takes] = {}  # noqa: RUF012 - as above
    calm = False
    """Nothing goes wrong at a calm port, and no call of it takes longer than it says: it is a bystander's."""
    for_callers = False
    """Code of the suite's own has it, on the learner's side; the learner's code never meets it."""
    serves: frozenset[str] | None = None
    """The methods that a learner's code may call, and no helper of the suite's; None for every public one."""
    serves_callers: frozenset[str] = frozenset()
    """What code of the suite's own calls besides, on the learner's side."""
    seen_as = ""
    """The class of what the learner's code holds; "" for an object that has the port's own methods."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.methods = dict(_methods_of(cls))
        cls.takes = {name: _takes(getattr(cls, name)) for name, how in cls.methods.items() if how != VALUE}
        cls.lane = _lane_of(cls.__name__)

    def __init__(self, story: Any) -> None:
        world: World = getattr(story, "world", story)
        self.world = world
        self.number = len(world.ports)
        world.ports.append(self)

    def fault(self, label: str, **kinds: str | tuple[str, ...]) -> str:
        """Give the text of what goes wrong in this call, or "".

        REFUSED="the call is refused", LOST=("...", "...").
        """
        world = self.world
        if not world.on or self.calm:
            return ""
        world.known.update(kinds)
        options: tuple[str, ...] = ("",)
        for kind, texts in kinds.items():
            if kind in world.faults:
                options += (texts,) if isinstance(texts, str) else tuple(texts)
        if len(options) == 1:
            return ""
        taken = world.tape.choose(label, options)
        if taken:
            world.tell_fault(taken, LOSS, self.lane)
            kind = next(kind for kind, texts in kinds.items() if taken == texts or taken in tuple(texts))
            world.happened.append(kind)
            if kind in _FAILING and world.life is not None:
                world.life.decide()
        return taken

    def call_as_told(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> str | None:
        """A call as its caller wrote it, where that is another one; "" for one that nobody wrote."""
        return None

    def gone(self) -> None:
        """The story is over: what was held for it may go."""

    def tell(self, what: str) -> None:
        """Add a line to this port's lane of the timeline."""
        if self.world.telling:
            self.world.timeline.tell(self.world.now_ns, self.lane, what)


def _methods_of(port: type[Port]) -> Iterator[tuple[str, str]]:
    """What a caller may use: "a" for asynchronous methods, "s" for synchronous ones, "v" for attributes."""
    served = None if port.serves is None else port.serves | port.serves_callers
    for name in dir(port):
        method = getattr(port, name)
        public = (name[0] != "_" or name == "__call__") and (served is None or name in served)
        if public and isinstance(method, attribute):
            yield name, VALUE
        elif public and name not in vars(Port) and inspect.isfunction(method):
            yield (
                name,
                HOLDS if hasattr(method, "holds_a_thread") else "a" if hasattr(method, "takes_time") else "s",
            )


def _takes(method: Callable[..., Any]) -> Takes:
    """The parameters of a port's method that say which type they take."""
    parameters = list(inspect.signature(method).parameters.values())[1:]
    wanted = [(p.name, None if p.annotation is p.empty else p.annotation) for p in parameters]
    return tuple((name, kind, fits(kind)) for name, kind in wanted)


def fits(wanted: Any) -> Fits:
    """Say how to see whether a value is of this type: looked up once, and asked in every call of a port."""
    origin = get_origin(wanted)
    if origin is Sequence:
        (element,) = map(fits, get_args(wanted))
        return lambda value: type(value) in (list, tuple) and all(map(element, value))
    if wanted is None or wanted is Any or origin is not None or not isinstance(wanted, type):
        return lambda value: True
    if wanted is float:
        return lambda value: type(value) in (int, float)
    return lambda value: type(value) is wanted


def spoken_of(port: Port, name: str) -> str:
    """The name by which a call is told: a port that is called itself goes by its lane."""
    return port.lane.replace(" ", "_") if name == "__call__" else name


def _lane_of(name: str) -> str:
    """RecordingPhone has the lane "recording phone"."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
