"""A process that is stopped on the way: where it is cancelled or killed, and how that is told."""

from halfway.sim.portcalls import Event, LinkLike, PortCalls, Theirs
from halfway.sim.pressures import SLOW_TO_LEAVE
from halfway.sim.stops import SLOWLY, stops, which
from halfway.sim.timeline import STOP
from halfway.sim.world import CANCEL, World

CANCELS_MAX, STOPPED_AT = 2, 2


class Stoppable(PortCalls):
    """A process that can be cancelled or killed while it waits: each wait may be the one where it ends."""

    def __init__(self, world: World, link: LinkLike, theirs: Theirs) -> None:
        super().__init__(world, link, theirs)
        self.cancelled = 0
        self._can_cancel = self._can_die = False

    def _can_be_stopped(self, event: Event | None) -> bool:
        """Is there a story of its own in stopping it here?

        A call that will fail, and is stopped before it does, is the same call, stopped, as one that would
        not: what differs is told where its failure arrives. Of many timers that ring during one long call,
        the first two are enough. Nobody is stopped by what somebody else waits for.
        """
        if event is None:
            return self._lengths.timers_rung <= STOPPED_AT
        return not (event[2].is_calm or event[2].is_decided)

    def _stop(self, name: str, under_way: int, is_port: bool) -> tuple[int, int]:
        """Is it stopped while it waits for `name`? Gives which call is cancelled, from 1; 0 for none.

        And 1 if what it waits for is slow to leave: it ends when it would have ended, with its effect.
        """
        world = self.world
        calls = under_way if self._can_cancel and self.cancelled < CANCELS_MAX else 0
        slow = is_port and self.cancelled == 0 and SLOW_TO_LEAVE in world.pressures
        options = stops(calls, slow, self._can_die)
        if len(options) == 1:
            return 0, 0
        taken = world.tape.choose(name, options)
        if not taken:
            return 0, 0
        waiting = "while it waits" if name == "sleep" else f"while {name} is under way"
        if taken == "killed":
            world.die(f"killed {waiting}")
        if taken == SLOWLY:
            self._note_cancel(f"cancelled {waiting}, which goes on to its end")
            return 1, 1
        self._note_cancel(f"{taken} {waiting}")
        return which(taken), 0

    def _late_cancel(self, name: str, under_way: int) -> int:
        """Is it cancelled in the very turn in which what it waited for is there?"""
        if not self._can_cancel or self.cancelled >= CANCELS_MAX:
            return 0
        options = stops(under_way, False, False)
        taken = self.world.tape.choose(f"{name}-answers", options) if under_way else ""
        if not taken:
            return 0
        self._note_cancel(f"{taken} as " + ("it wakes" if name == "sleep" else f"{name} answers"))
        return which(taken)

    def _note_cancel(self, told: str) -> None:
        self.cancelled += 1
        if not self.world.cancelled:
            self.world.first_cancel_ns = self.world.now_ns
        self.world.cancelled += 1
        self.world.happened.append(CANCEL)
        self.world.tell_fault(told, STOP)
