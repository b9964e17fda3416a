"""Ports that are ready-made: for suites that need the usual world, and for tests of the kernel."""

from halfway.sim.ports.chance import Chance
from halfway.sim.ports.clock import Clock
from halfway.sim.ports.ids import Ids
from halfway.sim.ports.phone import Phone
from halfway.sim.ports.queue import Queue
from halfway.sim.ports.store import Store

__all__ = ["Chance", "Clock", "Ids", "Phone", "Queue", "Store"]
