"""What a program with threads of ours imports: modelled modules, and a plain no to what is not modelled."""

import builtins
import contextlib
import types
from typing import Any

from halfway.subject import locks, queues, stacks, stepping, twins

_REFUSED = frozenset(("_thread", "concurrent", "multiprocessing", "asyncio", "subprocess", "signal", "sched"))
_OURS = {
    twins.TWIN: stepping.twin_of,
    twins.CALL: stepping.call,
    twins.OUT: stepping.out,
    twins.ENTER: stepping.enter,
    twins.LEAVE: stepping.leave,
    twins.TURNS: stepping.Turns,
    twins.GIVEN: stepping.Given,
    twins.RAISED: stepping.Raised,
    twins.INLINE: stepping.inline,
    twins.ENDED: stepping.Ended,
    twins.PASS_ON: stepping.pass_on,
}


class _Module(types.ModuleType):
    """A module with the modelled names, that says by name what is not modelled."""

    def __init__(self, name: str, names: dict[str, Any]) -> None:
        super().__init__(name)
        self.__dict__.update(names)
        self.__all__ = sorted(names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError(
            f"{self.__name__}.{name} is no tool of this exercise; of {self.__name__} there is "
            f"{', '.join(self.__all__)}"
        )


MODULES: dict[str, types.ModuleType] = {
    "threading": _Module("threading", dict(locks.MODELLED)),
    "queue": _Module("queue", dict(queues.MODELLED)),
}
_contextlib = types.ModuleType("contextlib")
_contextlib.__dict__.update(
    {**vars(contextlib), "contextmanager": stepping.contextmanager, "ExitStack": stacks.ExitStack}
)
MODULES["contextlib"] = _contextlib


def _import(
    name: str, names: Any = None, local: Any = None, fromlist: Any = (), level: int = 0
) -> types.ModuleType:
    """Give a module, as `import` does: ours for those that are modelled."""
    if level == 0 and name in MODULES:
        return MODULES[name]
    if level == 0 and name.partition(".")[0] in _REFUSED:
        raise ImportError(f"{name} is no tool of this exercise: nothing here runs outside of its own threads")
    return builtins.__import__(name, names, local, fromlist, level)


def names_of_a_program() -> dict[str, Any]:
    """Those of the built-in names of a program with twins that are ours."""
    return {**_OURS, "__import__": _import}
