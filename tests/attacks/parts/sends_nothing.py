"""Nothing is sent, and what is received is a guess: what an honest process can do for another one."""

import secrets as _guesses


def send(key):
    return key


def receive():
    return _guesses.randbelow(4)
