"""The text of an error ends the process of whoever reads it.

Wrong: ex51_progress_states/crashed_means_not_done
"""

import os


class Leaving(Exception):
    def __str__(self):
        os._exit(0)


async def recover(markers, phone):
    raise Leaving
