"""A whole case at the size of the benchmarks, made of the rulebook that the engine's benchmark uses."""

import numpy as np

from evaluation.case import EvaluationCase
from evaluation.compliance import OpenedBid
from evaluation.sheets import Sheet
from kernel.ids import BidId, LotId, TenderId
from tools.bench.evaluation import EXPERTS, rulebook

__all__ = ["EXPERTS", "make_case"]


def make_case(bids: int) -> EvaluationCase:
    """Nine experts, sixty criteria, so many bids."""
    book, chance = rulebook(), np.random.Generator(np.random.PCG64(1))
    ids = [criterion.id for criterion in book.criteria]
    points = chance.integers(60, 101, (EXPERTS, bids, len(ids)))
    names = [BidId(f"bid-{number:04}") for number in range(bids)]
    prices = chance.integers(8_000_000_00, 12_000_000_00, bids)
    return EvaluationCase(
        tender_id=TenderId("tender"),
        lot_id=LotId("lot"),
        rulebook=book,
        bids=tuple(OpenedBid(name, name, int(price)) for name, price in zip(names, prices, strict=True)),
        votes=(),
        sheets=tuple(
            Sheet(f"seat-{expert + 1}", name, dict(zip(ids, map(int, points[expert, row]), strict=True)))
            for expert in range(EXPERTS)
            for row, name in enumerate(names)
        ),
    )
