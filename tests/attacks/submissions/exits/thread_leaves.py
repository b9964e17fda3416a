"""A thread ends the process a little later.

Wrong: ex21_cancel_outcome/memory_of_this_object
"""

import os
import threading
import time

time_asleep = time.sleep
threading.Thread(target=lambda: (time_asleep(0.01), os._exit(0)), daemon=True).start()
