"""What is frozen?"""

import dataclasses
from typing import Any


def is_frozen_dataclass(kind: Any) -> bool:
    """Is this class a dataclass whose fields cannot be bound anew?"""
    return dataclasses.is_dataclass(kind) and bool(getattr(kind, "__dataclass_params__").frozen)  # noqa: B009
