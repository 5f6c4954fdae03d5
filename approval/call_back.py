"""电话回访: which finished cases are called back. The event that ended the case is the seed, so nobody chooses."""

from typing import Final

from crypto.canonical import tagged_hash

DAYS: Final = 5
"""Working days in which the applicant is called."""


def is_sampled(event_hash: bytes, share: int) -> bool:
    """Whether the case that ended with this event is among `share` in a hundred; anyone can recompute it."""
    return int.from_bytes(tagged_hash("call-back", event_hash)) % 100 < share
