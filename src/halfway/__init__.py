"""Halfway: what is true when an operation stops halfway."""

__version__ = "0.1.0"
