"""How long a process could have run and did not, because others had the processor: no limit counts that."""

from contextlib import suppress

PATIENCE = 12
"""However busy a machine is, a verdict takes so many times its limit at most."""


def waited_s(pid: int = 0) -> float:
    """Seconds for which a process (0: this one) was ready and had no processor; 0 where nobody says."""
    with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid or 'self'}/schedstat", "rb") as file:
        return int(file.read().split()[1]) / 1e9
    return 0.0


def later_s(waited: float, seconds: float) -> float:
    """Seconds by which a limit of `seconds` is put off for whoever has waited so long for a processor."""
    return max(0.0, min(waited, (PATIENCE - 1) * seconds))
