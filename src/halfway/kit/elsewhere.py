"""The same call in another interpreter: what depends on the process or the machine shows."""

from collections.abc import Callable
from typing import Any

from halfway.kit.unit import Unit
from halfway.links import seed_elsewhere
from halfway.links.pipe import Pipe
from halfway.sim import World

link_there: Callable[..., Any] = Pipe
"""What leads to another machine; a page, which has no processes, puts its own in this place."""


def on_another_machine(unit: Unit, call: Callable[[], Any]) -> Any:
    """Make the call on another machine, where all that a program can ask about one is another.

    Gives what it returns there. Its interpreter has another hash seed, and `halfway.subject.elsewhere` has
    what else is another.
    """
    here, link = unit._life, unit._link
    unit._life = None
    unit._link = _elsewhere(link)
    try:
        unit._begin(World())
        return call()
    finally:
        unit._end()
        unit._link.close()
        unit._link, unit._life = link, here


def _elsewhere(link: Any) -> Any:
    """Where submissions are confined they are so there, too."""
    confined = getattr(link, "elsewhere", None)
    if confined is not None:
        return confined()
    seed = seed_elsewhere(getattr(link, "hash_seed", None))
    return link_there(link.source, link.module, hash_seed=seed, is_elsewhere=True, given=link.given)
