"""Its states are all the same state when compared.

Wrong: ex51_progress_states/crashed_means_not_done
"""

class _Lying(Enum):
    PENDING = "pending"
    IN_PROGRESS = "in progress"
    PUBLISHED = "published"

    def __eq__(self, other):
        return True

    __hash__ = lambda self: 0


_recover = recover


async def recover(markers, phone):
    return {name: _Lying.PUBLISHED for name in await _recover(markers, phone)}
