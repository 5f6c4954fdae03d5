"""Tables of the expert pool: one module for each area."""

from expert_pool.records.agencies import AgencyDrawRecord
from expert_pool.records.draws import DrawPartyRecord, DrawRecord, PanelSeatRecord
from expert_pool.records.pool import ExpertRecord

__all__ = [
    "AgencyDrawRecord",
    "DrawPartyRecord",
    "DrawRecord",
    "ExpertRecord",
    "PanelSeatRecord",
]
