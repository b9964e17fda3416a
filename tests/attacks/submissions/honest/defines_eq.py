"""Has classes that compare in their own way.

Right: ex21_cancel_outcome
"""

class Place:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return isinstance(other, Place) and self.number % 7 == other.number % 7

    def __hash__(self):
        return self.number % 7


assert Place(1) == Place(8)
