"""The warm process that verdicts come from, and whoever asks it: it knows no unit."""
