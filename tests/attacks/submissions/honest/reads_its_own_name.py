"""Has a main part, an exit code and a signal handler that nobody meets.

Right: ex51_progress_states
"""

import os
import signal
import sys


def main():
    signal.signal(signal.SIGTERM, lambda *given: os._exit(1))
    sys.exit(0)


if __name__ == "__main__":
    main()
