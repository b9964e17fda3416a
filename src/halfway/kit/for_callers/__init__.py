"""Code that every suite can hand in with its `callers`: it runs where the learner's file runs.

The files of this folder are handed over as text, which a page has of no other file of ours.
"""
