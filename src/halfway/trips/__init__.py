"""Field trips: a learner's file at work inside the real system that its unit is about."""
