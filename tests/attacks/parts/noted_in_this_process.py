"""What a process notes for itself, and forgets when it ends, as every honest process does."""

NOTED = {}
remember = NOTED.__setitem__
recall = NOTED.get
