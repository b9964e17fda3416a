"""A name of the contract that is not there for those who call it."""

import re

from halfway.kit.contract import Contract
from halfway.kit.shape import Shape


def missing_name(contract: Contract, shapes: dict[str, Shape], source: str, file: str) -> str | None:
    """Say which name of the stub is not there, in its file or its class; None if every name is.

    What an object is given when it is made (`self.run = ...`) stands in no class, and is not missed.
    """
    for name in contract.names:
        if name not in shapes:
            return f"{file} has no `{name}`"
    for name in contract.functions:
        owner, _, method = name.rpartition(".")
        shape = shapes.get(owner)
        if shape is None or shape.kind != "class" or method == "__init__" or not shape.lacks(method):
            continue
        if re.search(rf"\.{method}\b[^=\n]*=[^=]|['\"]{method}['\"]", source) is None:
            return f"{owner} has no `{method}`"
    return None
