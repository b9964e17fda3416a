"""Links between judge and subject.

A link is where `ask(message) -> reply` goes: into a function, or into a pipe.
"""
