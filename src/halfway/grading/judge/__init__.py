"""Inside a child of the warm process: pytest, the judge, and the words in which a promise is told."""
