"""The whole demonstration in the order of its acts; returns what there is to show."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.demo import bidding as acts
from tools.demo.cast import Cast, Person, find_operator, kept_password
from tools.demo.drawing import draw_panel
from tools.demo.handling import handle_case
from tools.demo.opening import close_and_open
from tools.demo.scoring import fetch_result, score, sign_report
from tools.demo.stage import Stage

SHOWN = {
    "office": "tender office: drafts, publishes, asks for the draw",
    "opener-1": "opener: holds one of three keys",
    "bidder-01": "bidder: bids and receipts (bidder-01 to bidder-12)",
    "supervisor": "supervisor: the draw, the board of cards, complaints",
    "witness": "witness: takes part in the draw",
    "pool-manager": "keeps the expert pool, calls drawn experts",
    "applicant": "applicant: cases, letters, ratings",
    "window": "window: intake, queue, decisions by mandate",
    "officer": "case officer of a department",
    "leader": "department leader: signs on a phone",
    "cashier": "fee window: bills and payments",
    "centre-office": "centre office: catalogue, organisation, registers",
    "monitor": "monitor: figures and an opinion box",
    "auditor": "auditor: reads everything, changes nothing",
    "operator": "operator: people and organisations (password in var/first-operator.txt)",
}
"""What each sign-in of the demonstration is for."""


def play(server: str, var: Path) -> dict[str, Any]:
    """Play one real tender from draft to verified ranking, then one approval case."""
    stage = Stage()
    folder = var / "demo" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    cast = Cast(server, folder, find_operator(server, var, folder), kept_password(var / "demo" / "password"))
    stage.act("1  Draft, rehearse, publish")
    bidding = acts.gather(cast, stage)
    acts.publish(bidding, stage)
    stage.act("2  Seal and submit")
    acts.submit_all(bidding, stage)
    stage.act("3  Close and open")
    close_and_open(bidding, stage)
    stage.act("4  Draw the panel")
    experts = draw_panel(cast, bidding, stage)
    stage.act("5  Evaluate")
    score(bidding, experts, stage)
    sign_report(bidding, experts, stage)
    supervisor = Person(server, "supervisor", cast.password, folder / "supervisor").sign_in()
    files = fetch_result(bidding, supervisor, folder, stage)
    stage.act("6  Verify, without the server")
    result = finish(cast, bidding, supervisor, files, experts, stage)
    stage.act("7  One approval case")
    case = handle_case(cast, stage)
    return {
        **result,
        "case": case,
        "holds": result["holds"] and case["holds"],
        "seconds": round(stage.seconds, 1),
    }


def finish(
    cast: Cast,
    bidding: acts.Bidding,
    supervisor: Person,
    files: dict[str, Path],
    experts: list[Person],
    stage: Stage,
) -> dict[str, Any]:
    """Verify both capsules offline against pinned keys and put the result together."""
    keys = files["capsule"].with_name("platform-keys.json")
    keys.write_text(json.dumps(bidding.office.call("GET", "/api/platform")))
    public = bidding.office.run("verify", str(files["capsule"]), "--keys", str(keys))
    full = supervisor.run(
        "verify", str(files["full"]), "--keys", str(keys), "--envelopes", str(files["envelopes"])
    )
    again = bidding.office.call("GET", f"/api/tenders/{bidding.tender_id}/capsule.zip")
    stage.say(
        f"public capsule holds: {public['holds']}; supervisor's capsule with envelopes holds: {full['holds']}"
    )
    [lot] = bidding.office.call("GET", f"/api/tenders/{bidding.tender_id}/rankings")
    same = again == files["capsule"].read_bytes()
    return {
        "reference": bidding.tender["reference"],
        "tender": bidding.tender_id,
        "holds": public["holds"]
        and full["holds"]
        and same
        and len(lot["ranking"]["lines"]) == len(bidding.bidders),
        "seconds": round(stage.seconds, 1),
        "ranking": [
            {
                "place": line["place"],
                "bidder": line["bidder_name"],
                "price": line["price"],
                "price_points": line["price_points"],
                "expert_points": line["technical_points"],
                "total": line["total"],
            }
            for line in lot["ranking"]["lines"]
        ],
        "claims": full["claims"],
        "report": str(files["report"]),
        "capsule": str(files["capsule"]),
        "password": cast.password,
        "sign_ins": {
            **SHOWN,
            experts[0].name: "expert: votes and scores",
        },
    }
