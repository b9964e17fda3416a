from hashlib import sha256


def key(incident, revision, recipient):
    name = f"{incident}-{revision}-{recipient}"
    return sha256(name.encode()).hexdigest()


print(key("backup-1", 2, "ops"))
print(key("backup", 1, "2-ops"))
