def send(calls):
    calls.append("disk-7")
    raise TimeoutError("no answer")


def client(calls, tries=2):
    for _ in range(tries):
        try:
            return send(calls)
        except TimeoutError as error:
            last = error
    raise last


calls = []
for _ in range(2):
    try:
        client(calls)
    except TimeoutError:
        continue
print("two rounds of two tries:", len(calls), "calls")
