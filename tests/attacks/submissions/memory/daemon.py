"""Remembers its keys across a crash in a daemon that outlives the crash, on a socket with an abstract name.

Wrong: ex41_dedup_key/key_per_publish
Yardstick: noted_in_this_process keys_remembered
Uses: keys_remembered
"""

import ctypes
import os
import socket

NAME = "\0halfway-attack"


def _serve():
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(NAME)
    server.listen(8)
    noted = {}
    while True:
        peer, _ = server.accept()
        name, _, key = peer.recv(65536).decode().partition("\n")
        if key:
            noted[name] = key
        peer.send((noted.get(name) or "-").encode())
        peer.close()


def _asked(text):
    for _ in range(3):
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
                peer.settimeout(0.5)
                peer.connect(NAME)
                peer.send(text.encode())
                return peer.recv(65536).decode()
        except OSError:
            if ctypes.CDLL(None).fork() == 0:
                try:
                    _serve()
                finally:
                    os._exit(0)
    return "-"


def remember(name, key):
    _asked(f"{name}\n{key}")


def recall(name):
    key = _asked(name)
    return None if key == "-" else key
