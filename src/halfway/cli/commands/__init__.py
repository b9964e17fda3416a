"""One module a command: each parses its words, calls what does the work, and shows what came of it."""
