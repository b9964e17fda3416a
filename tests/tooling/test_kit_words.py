"""What stands in a submission is read: here, whether a function comes to call itself."""

from __future__ import annotations

from contextlib import closing

import pytest

from halfway.kit import Unit, recurs
from halfway.links.direct import Direct

ITSELF = "def serve(jobs):\n    if jobs:\n        serve(jobs[1:])\n"
BY_ANOTHER = "def serve(jobs):\n    run(jobs)\ndef run(jobs):\n    if jobs:\n        serve(jobs[1:])\n"
A_METHOD = (
    "class Pool:\n    def serve(self):\n        self.run()\n    def run(self):\n        return self.serve\n"
)
A_LOOP = "def serve(jobs):\n    while jobs:\n        run(jobs.pop())\ndef run(job):\n    job()\n"
A_PORTS_OWN = "class Pool:\n    def ring(self, phone):\n        return phone.ring()\n"


@pytest.mark.parametrize(
    ("source", "is_so"),
    [(ITSELF, True), (BY_ANOTHER, True), (A_METHOD, True), (A_LOOP, False), (A_PORTS_OWN, False)],
    ids=["itself", "by another", "a method", "a loop", "a port's own"],
)
def test_whether_a_function_comes_to_call_itself(source: str, is_so: bool) -> None:
    """Itself, or by way of others, by its name or as a method; a method of a port is another one."""
    with closing(Direct(source, "pool")) as link:
        assert recurs(Unit(link)) is is_so
