store: dict[str, str] = {}
rang: list[str] = []


def publish(incident: str) -> str:
    store[incident] = "published"
    rang.append(incident)
    return "published"


def test_publish() -> None:
    assert publish("disk-7") == "published"
    assert publish("disk-7") == "published"
    assert store["disk-7"] == "published"


test_publish()
print("1 passed; the phone rang", len(rang), "times")
