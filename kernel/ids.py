"""Typed ids: random version 4 UUIDs in their printed form, so an id never tells when or in what order it was made."""

from typing import NewType
from uuid import uuid4

TenderId = NewType("TenderId", str)
LotId = NewType("LotId", str)
BidId = NewType("BidId", str)
PersonId = NewType("PersonId", str)
OrganisationId = NewType("OrganisationId", str)
ExpertId = NewType("ExpertId", str)
DrawId = NewType("DrawId", str)


def new_id() -> str:
    """Make a fresh random id."""
    return str(uuid4())
