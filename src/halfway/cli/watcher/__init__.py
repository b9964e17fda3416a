"""Watching a file: hear of each save, grade the newest, show what comes; on a full screen or in plain lines."""
