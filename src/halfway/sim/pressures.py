"""What the world does by itself, in every suite: sixteen pressures, each with its name.

A suite that cannot bear one switches it off by this name, with a reason, and `prove` prints the reason.
"""

QUIET_END = "the quiet end"
"""After a call has ended a year goes by: what then begins a call of a port, or is alive, is found."""
SLOW_TO_LEAVE = "slow to leave"
"""A cancelled call of a port may take a while to end, and has its effect all the same."""
ANY_LENGTH = "any length of time"
"""Each call of a port may take a month, and longer than the next timer that the process has set."""
KINDS_MEET = "kinds meet"
"""Every two kinds of fault that a unit's ports know meet in one story."""
LIVES_ON = "the process lives on"
"""After every way of ending the same process is asked again."""
BESIDE = "somebody is beside it"
"""Other work in the same process is neither delayed nor changed."""
ASKED = "asked at any time"
"""What only reads is asked at each message, while the work is under way, where a suite says so by another
thread."""
CALLERS = "callers as they are"
"""The call is made in the clean-up of a task that was cancelled, and cancelled once more meanwhile; the call
after a cancelled one is made there, too. Who ends as cancelled leaves the count of cancels alone."""
VALUES = "values of the domain"
"""Names are joined out of the submission's own words; nothing is used that the stub excludes."""
ERRORS = "the whole family of errors"
"""Each declared error, a subclass of it, and one that is not declared."""
SHAPE = "the shape of the contract"
"""Signatures, kinds and types are compared before any story."""
EXAMPLES = "the examples count"
"""The public examples are promises."""
PAGE = "the page is checked"
"""Each row of the page's table names the promise that holds it."""
OWN_CLOCKS = "clocks of their own"
"""A clock that is handed in agrees with nobody."""
ELSEWHERE = "elsewhere"
"""Another zone, host, user, folder, file name, locale and hash seed; a second loop."""
BETWEEN = "between two lines"
"""Time passes between two readings, and the world moves between a look and an act."""

PRESSURES = frozenset((
    QUIET_END, SLOW_TO_LEAVE, ANY_LENGTH, KINDS_MEET, LIVES_ON, BESIDE, ASKED, CALLERS,
    VALUES, ERRORS, SHAPE, EXAMPLES, PAGE, OWN_CLOCKS, ELSEWHERE, BETWEEN,
))  # fmt: skip
"""All of them: what a suite is under unless it says otherwise."""
NO_PRESSURES: frozenset[str] = frozenset()

MOMENT_S = 1e-9
"""What is ready in the instant in which a call ends may run to its own end."""
YEAR_S = 366 * 86_400.0
MONTH_S = 30 * 86_400.0
PATIENCE = 60
"""A long call is answered once so many timers of the process have rung meanwhile: whoever looks every second
has waited long enough then, and nobody tells a month of seconds."""

EACH_IS_LONG, FIRST_IS_LONG = "each call may take a month", "the first call of each kind may take a month"
IN_CLEANUP = "called in the clean-up of a task that was cancelled"
"""What a story says of itself at its beginning, where a pressure chose it."""
