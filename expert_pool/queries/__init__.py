"""Selects over the pool, draws and panels: one module for each area."""

from expert_pool.queries.agencies import (
    agency_draw,
    agency_draws,
    agency_transcript,
    find_agency_draw,
    next_agency_number,
)
from expert_pool.queries.ceremony import (
    draw,
    draws,
    find_draw,
    next_number,
    parties,
    request_value,
    reveals,
    transcript,
)
from expert_pool.queries.panels import all_seats, panel, seat_of, seats_of_person
from expert_pool.queries.pool import (
    entry,
    expert_by_number,
    expert_value,
    experts,
    name_of,
    pool_page,
    pool_size,
)

__all__ = [
    "agency_draw",
    "agency_draws",
    "agency_transcript",
    "all_seats",
    "draw",
    "draws",
    "entry",
    "expert_by_number",
    "expert_value",
    "experts",
    "find_agency_draw",
    "find_draw",
    "name_of",
    "next_agency_number",
    "next_number",
    "panel",
    "parties",
    "pool_page",
    "pool_size",
    "request_value",
    "reveals",
    "seat_of",
    "seats_of_person",
    "transcript",
]
