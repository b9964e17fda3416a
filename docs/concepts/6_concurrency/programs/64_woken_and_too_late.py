import threading

changed, jobs = threading.Condition(), []
waits, taken = threading.Event(), threading.Event()


def worker() -> None:
    with changed:
        waits.set()
        changed.wait()
        print("woken, and there are", len(jobs), "jobs")


def other_worker() -> None:
    jobs.append("disk-7")
    changed.notify()
    jobs.pop()


thread = threading.Thread(target=worker)
thread.start()
waits.wait()
with changed:
    other_worker()
thread.join()
