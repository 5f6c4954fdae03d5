"""What people do with the pool and with draws: one module for each area."""

from expert_pool.actions.agencies import draw_frozen_agency, freeze_agencies
from expert_pool.actions.ceremony import (
    commit,
    countersign,
    deal,
    dispute_shares,
    receive,
    register_draw_chain,
    register_draw_key,
    reveal,
)
from expert_pool.actions.draws import PARTY_DUTIES, call_out, request_draw, seat_reserve
from expert_pool.actions.nonces import give_nonce
from expert_pool.actions.pool import PoolEntry, import_pool
from expert_pool.actions.rescue import Rescue, ask_void, bring_late_value, bring_share, confirm_void
from expert_pool.actions.rounds import request_round

__all__ = [
    "PARTY_DUTIES",
    "PoolEntry",
    "Rescue",
    "ask_void",
    "bring_late_value",
    "bring_share",
    "call_out",
    "commit",
    "confirm_void",
    "countersign",
    "deal",
    "dispute_shares",
    "draw_frozen_agency",
    "freeze_agencies",
    "give_nonce",
    "import_pool",
    "receive",
    "register_draw_chain",
    "register_draw_key",
    "request_draw",
    "request_round",
    "reveal",
    "seat_reserve",
]
