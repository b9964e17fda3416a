"""Links between judge and subject.

A link is where `ask(message) -> reply` goes: into a function, or into a pipe.
"""

import os

HASH_SEED, _INSTEAD = "20260105", "20260106"
"""What another machine hashes with: what depends on it shows there."""


def seed_elsewhere(here: str | None = None) -> str:
    """Gives what another machine hashes with: never the same as `here`, which is this process if not said."""
    here = os.environ.get("PYTHONHASHSEED") if here is None else here
    return _INSTEAD if here == HASH_SEED else HASH_SEED
