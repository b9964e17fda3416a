class Phone:
    """Drops a repeat of a key that it knows; tomorrow it knows none."""

    def __init__(self) -> None:
        self.rang, self.keys = 0, set[str]()

    def ring(self, key: str) -> None:
        self.rang += key not in self.keys
        self.keys.add(key)


for loses in ((), ("process",), ("phone",), ("process", "phone")):
    phone, memory = Phone(), set[str]()
    for _ in range(2):
        if "disk-7" not in memory:
            phone.ring("disk-7/1")
            memory.add("disk-7")
        if "process" in loses:
            memory.clear()
        if "phone" in loses:
            phone.keys.clear()
    print(f"forgets: {' and '.join(loses) or 'nobody':18} rings: {phone.rang}")
