"""A whole report made of a published vector, for the tests of its contents and of its PDF."""

import json
from datetime import UTC, datetime
from pathlib import Path

from crypto.canonical import JsonValue
from evaluation.case import read_case
from evaluation.evaluate import evaluate
from evaluation.report.contents import make_report
from evaluation.report.values import LotResult, Member, ReportFacts

VECTORS = Path(__file__).parents[1] / "vectors" / "evaluation-case"
AT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def report_of(name: str, title: str = "一号桥") -> dict[str, JsonValue]:
    case = read_case(json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["case"])
    members = tuple(
        Member(seat, "roads", f"专家{n}", f"设计院{n}", AT) for n, seat in enumerate(case.members, 1)
    )
    facts = ReportFacts(
        tender_id=case.tender_id,
        reference="T-2026-1",
        title={"zh": title, "en": "Bridge 1"},
        tenderer="某市公路局",
        notice_digest="0" * 64,
        draw_request_hash="1" * 64,
        opening_digest="2" * 64,
        opened=tuple(
            {
                "bid": bid.bid_id,
                "bidder": bid.bidder_name,
                "received_at": "2026-11-20T02:00:00.000000Z",
                "outcome": "opened",
                "price": str(bid.price),
                "problem": "",
            }
            for bid in case.bids
        ),
        members=members,
        ranked_at=AT,
    )
    return make_report(
        facts, [LotResult(case.lot_id, 1, {"zh": "一标段", "en": "Lot 1"}, case, evaluate(case))]
    )
