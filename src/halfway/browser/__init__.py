"""The same verdict inside a page: suite and learner's code in the one interpreter that a worker has."""
