import uuid

heard, rang = set(), []


def ring(key, text):
    if key not in heard:
        heard.add(key)
        rang.append(text)
    if len(rang) == 1:
        raise TimeoutError("no reply")


for attempt in (1, 2):
    try:
        ring(str(uuid.uuid4()), "disk-7 is 92 % full")
    except TimeoutError as lost:
        print(f"attempt {attempt}: {lost}")
print("the phone rang for", rang)
