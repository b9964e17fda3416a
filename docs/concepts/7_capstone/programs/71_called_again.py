from random import Random

chance, disk, is_full, calls = Random(7), {}, True, []
for process in (1, 2):  # the supervisor restarts it once
    name = f"{chance.getrandbits(32):08x}"
    calls.append(name)  # the phone rings
    if is_full:
        is_full = False
        print(f"process {process} ends: the disk is full; stored: {disk}")
    else:
        disk["disk-7"] = name
        print(f"process {process} goes on; stored: {disk}")
print("one incident, and the phone was told", calls)
