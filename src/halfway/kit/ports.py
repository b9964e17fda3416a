"""Ready-made ports for suites: a clock, a durable store, the phone, a queue, chance, ids."""

from halfway.sim.ports import Chance, Clock, Ids, Phone, Queue, Store

__all__ = ["Chance", "Clock", "Ids", "Phone", "Queue", "Store"]
