import threading

status, log = {"report": "RUNNING"}, []
begun, may_end = threading.Event(), threading.Event()


def upload():
    begun.set()
    may_end.wait()
    log.append("upload writes into the folder")


step = threading.Thread(target=upload)
step.start()
begun.wait()
status["report"] = "CANCELLED"
while status["report"] == "RUNNING":
    log.append("wait until it has stopped")
log.append("clean-up deletes the folder")
may_end.set()
step.join()
print(*log, sep="\n")
