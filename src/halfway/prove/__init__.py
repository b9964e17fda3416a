"""The laws of the course: what has to be true of every unit, checked by running it."""

from halfway.prove.matrix import Matrix
from halfway.prove.report import COURSE, Finding, Report
from halfway.prove.runner import LAWS, Prover, matrix_of, prove, render_matrix

__all__ = ["COURSE", "LAWS", "Finding", "Matrix", "Prover", "Report", "matrix_of", "prove", "render_matrix"]
