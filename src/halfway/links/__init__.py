"""Links between judge and subject.

A link is where `ask(message) -> reply` goes: into a function, or into a pipe.
"""

HASH_SEED = "20260105"
"""What another machine hashes with: what depends on it shows there."""
