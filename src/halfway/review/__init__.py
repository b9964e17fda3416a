"""A class: taken in, graded durably, reported, exported."""
