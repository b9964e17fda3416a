def ring(service, key=""):
    if not key or key not in service["keys"]:
        service["rings"] += 1
        service["keys"].add(key)


def overwrite(service):
    service["state"] = "open"


for name, call in [
    ("overwrite", overwrite),
    ("ring", ring),
    ("ring with a key", lambda service: ring(service, "disk-7")),
]:
    service = {"rings": 0, "state": "", "keys": set()}
    call(service)  # the reply is lost
    call(service)
    print(f"{name:16} rings {service['rings']}, state {service['state']!r}")
