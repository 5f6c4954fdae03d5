"""The evaluation report of 50 bids, 30 criteria and 7 experts as tagged PDF, against the same pages without tags.

Each is rendered once in this process; what is compared is processor time, because rendering waits for nothing.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from weasyprint import HTML  # type: ignore[import-untyped]

from evaluation.case import EvaluationCase, read_case
from evaluation.evaluate import evaluate
from evaluation.findings.lot_findings import make_lot_findings
from evaluation.report.contents import make_report
from evaluation.report.values import LotResult, Member, ReportFacts
from tools.bench.report import row
from worker.report_pdf import refuse_to_fetch, render_report, report_html

BIDS, GROUPS, EACH, EXPERTS = 50, 5, 6, 7
TARGET_SECONDS = 10.0
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def big_case() -> EvaluationCase:
    """Bids with long names, five groups of six criteria, seven sheets for each bid."""
    chance = np.random.Generator(np.random.PCG64(20261122))
    criteria = [[f"c{group}-{one}" for one in range(EACH)] for group in range(GROUPS)]
    rulebook = {
        "v": 2,
        "name": {"zh": "综合评分法", "en": "Combined scoring"},
        "currency": "CNY",
        "price": {"weight": 3000, "maximum": "100", "formula": {"kind": "ratio"}},
        "groups": [
            {
                "id": f"g{group}",
                "name": {"zh": f"评审部分{group + 1}", "en": f"Part {group + 1}"},
                "weight": 1400,
                "maximum": "60",
                "criteria": [
                    {
                        "id": id,
                        "name": {"zh": f"评审因素{id}的完整名称", "en": f"Full name of criterion {id}"},
                        "maximum": "10",
                        "step": "0.5",
                    }
                    for id in ids
                ],
            }
            for group, ids in enumerate(criteria)
        ],
        "checks": [
            {"id": f"check-{n}", "text": {"zh": f"资格条件{n}", "en": f"Condition {n}"}, "clause": "条例 51"}
            for n in range(1, 6)
        ],
    }
    bids = [f"bid-{n:02}" for n in range(BIDS)]
    seats = [f"seat-{n}" for n in range(1, EXPERTS + 1)]
    prices = chance.integers(900_000, 1_200_000, BIDS)
    quality = chance.integers(
        12, 20, (BIDS, 1, GROUPS * EACH)
    )  # experts see the same bid, half a point apart
    points = quality + chance.integers(-1, 2, (BIDS, EXPERTS, GROUPS * EACH))
    ids = [id for group in criteria for id in group]
    return read_case(
        {
            "v": 2,
            "rulebook": rulebook,
            "bids": [
                {"bid_id": bid, "bidder_name": f"第{n}建设工程集团有限责任公司", "price": f"{prices[n]}.00"}
                for n, bid in enumerate(bids)
            ],
            "votes": [
                {"bid_id": bid, "check": f"check-{n}", "member": seat, "passed": True}
                for bid in bids
                for n in range(1, 6)
                for seat in seats
            ],
            "sheets": [
                {
                    "bid_id": bid,
                    "member": seat,
                    "points": {id: f"{points[b, s, c] / 2:.2f}" for c, id in enumerate(ids)},
                }
                for b, bid in enumerate(bids)
                for s, seat in enumerate(seats)
            ],
        }
    )


def big_report() -> dict[str, Any]:
    """The report with all its findings."""
    case = big_case()
    ranking = evaluate(case)
    facts = ReportFacts(
        tender_id="tender",
        reference="T-2026-50",
        title={"zh": "五十家投标人的工程", "en": "Works with fifty bidders"},
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
        members=tuple(Member(seat, "works", f"专家{seat}", "某设计院", AT, AT) for seat in case.members),
        ranked_at=AT,
    )
    title = {"zh": "一标段", "en": "Lot 1"}
    lot = LotResult("lot", 1, title, case, ranking, findings=make_lot_findings(case, ranking))
    return make_report(facts, [lot])


def seconds(act: Callable[[], bytes]) -> tuple[float, bytes]:
    """Processor time of one call, and what it gave."""
    start = time.process_time()
    made = act()
    return time.process_time() - start, made


def main() -> None:
    """Measure both languages and print them beside the baseline."""
    start = time.process_time()
    report = big_report()
    print(f"evaluated, looked at and put together in {time.process_time() - start:.1f} s")
    met = True
    for language in ("zh", "en"):
        page = HTML(string=report_html(report, language), url_fetcher=refuse_to_fetch)
        bare, _ = seconds(page.write_pdf)
        ours, pdf = seconds(lambda language=language: render_report(report, language))  # type: ignore[misc]
        met &= row(f"report of {BIDS} bids, {language}, against the same untagged", ours, bare, 1.5)
        print(f"  {len(pdf) / 1e6:.1f} MB in {ours:.1f} s; at most {TARGET_SECONDS:.0f} s are wanted")
        met &= ours <= TARGET_SECONDS
    if not met:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
