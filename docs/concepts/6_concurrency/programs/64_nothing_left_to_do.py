import queue
import threading

jobs, rang = queue.Queue(), []
is_ringing, answered = threading.Event(), threading.Event()


def worker() -> None:
    alert = jobs.get()
    is_ringing.set()
    answered.wait()
    rang.append(alert)


threading.Thread(target=worker).start()
jobs.put("disk-7")
is_ringing.wait()
if jobs.empty():
    print("nothing left to do, the line is closed; rang:", rang)
answered.set()
