"""What it returned changes each time somebody looks.

Wrong: ex21_cancel_outcome/counts_requests
"""

class Told:
    looks = 0

    @property
    def done(self):
        Told.looks += 1
        return Told.looks % 6

    @property
    def left(self):
        return (Left.NOTHING, Left.PART, Left.ALL)[Told.looks % 3]


Export.outcome = lambda self: Told()
