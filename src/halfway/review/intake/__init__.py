"""From whatever a class hands in to one file a learner and unit; what is left out is told."""

from __future__ import annotations

from halfway.review.intake.model import Handed, Intake, Person, Remark
from halfway.review.intake.taking import NothingThereError, take

__all__ = ["Handed", "Intake", "NothingThereError", "Person", "Remark", "take"]
