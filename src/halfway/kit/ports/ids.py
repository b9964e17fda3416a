"""Names that nobody else has."""

from typing import Any

from halfway.sim import Port


class Ids(Port):
    """Gives an id that it has given to nobody else, in this process or another. `given` lists them."""

    raises = ()

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.given: list[str] = []

    def fresh(self) -> str:
        """A new id."""
        self.given.append(self.world.fresh_id())
        return self.given[-1]
