"""Watching a file: hears of each save, grades the newest, shows what comes, on a screen or in plain lines."""
