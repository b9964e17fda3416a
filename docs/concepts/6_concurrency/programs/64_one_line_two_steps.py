import threading


class Pool:
    ended = 0


def one() -> int:
    has_read.set()
    may_write.wait()
    return 1


def slow_worker() -> None:
    pool.ended += one()


pool, has_read, may_write = Pool(), threading.Event(), threading.Event()
thread = threading.Thread(target=slow_worker)
thread.start()
has_read.wait()
pool.ended += 1
may_write.set()
thread.join()
print("two jobs have ended; counted:", pool.ended)
