"""What people do with the pool and with draws: one module for each area."""

from expert_pool.actions.agencies import draw_frozen_agency, freeze_agencies
from expert_pool.actions.draws import PARTY_DUTIES, call_out, commit, request_draw, reveal, seat_reserve
from expert_pool.actions.pool import PoolEntry, import_pool

__all__ = [
    "PARTY_DUTIES",
    "PoolEntry",
    "call_out",
    "commit",
    "draw_frozen_agency",
    "freeze_agencies",
    "import_pool",
    "request_draw",
    "reveal",
    "seat_reserve",
]
