"""The learner's side of a link: their module, the objects it made, their event loop.

Standard library only, and imported by `halfway.links` alone: in marking, these files and `halfway.wire` are
all that a sandbox can see of the course. The subject reaches the judge through one function, `ask(message) ->
reply`.
"""
