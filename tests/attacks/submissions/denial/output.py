"""Prints without end.

Wrong: ex21_cancel_outcome/memory_of_this_object
"""

class Export:
    def __init__(self, *given):
        while True:
            print("x" * 100_000)
