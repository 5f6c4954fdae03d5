"""Seven experts elect their chair, review and score, each alone; the platform ranks, reports and publishes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tools.demo.bidding import WORKERS, Bidding
from tools.demo.cast import Person, Refused
from tools.demo.drawing import opinion
from tools.demo.stage import Stage


def score(bidding: Bidding, experts: list[Person], stage: Stage) -> None:
    """Votes on compliance first, then one signed sheet per expert and bid."""
    path = f"/api/tenders/{bidding.tender_id}"
    desks = [expert.call("GET", f"{path}/evaluation") for expert in experts]
    for expert in experts:
        expert.call("POST", f"{path}/chair-votes", {"round": 1, "choice": desks[0]["seat"]})
    stage.say(f"{desks[0]['seat']} chairs the panel")
    for expert, desk in zip(experts, desks, strict=True):
        for lot in desk["lots"]:
            votes = [
                {"bid": bid["bid"], "check": check["id"], "passed": True}
                for bid in lot["bids"]
                for check in desk["rulebook"]["checks"]
            ]
            expert.call("POST", f"{path}/lots/{lot['lot']}/votes", {"votes": votes})
    stage.say(f"{len(experts)} experts handed in their compliance votes")
    show_refusal(experts[0], desks[0], path, stage)
    total = sum(len(lot["bids"]) for desk in desks for lot in desk["lots"])
    with stage.bar("sheets signed", total) as advance, ThreadPoolExecutor(WORKERS) as pool:
        versions = list(pool.map(lambda expert, desk: draft_alone(expert, desk, path), experts, desks))
        reasons = sum(pool.map(lambda expert: explain_alone(expert, path), experts))
        list(pool.map(lambda expert, own: sign_alone(expert, own, path, advance), experts, versions))
    stage.say(f"{total} scoring sheets signed, {reasons} figures that stand apart explained before")


def show_refusal(expert: Person, desk: dict[str, Any], path: str, stage: Stage) -> None:
    """A sheet above its maximum is refused."""
    bid = desk["lots"][0]["bids"][0]["bid"]
    criterion = desk["rulebook"]["groups"][0]["criteria"][0]
    try:
        points = {criterion["id"]: "1000.0"}
        expert.call("PUT", f"{path}/bids/{bid}/sheet", {"points": points}, **{"If-Match": '"0"'})
    except Refused as refusal:
        stage.say(f"1000 points of {criterion['maximum']}: {refusal.detail}")
    else:
        raise AssertionError("a sheet above its maximum was taken")


def draft_alone(expert: Person, desk: dict[str, Any], path: str) -> dict[str, int]:
    """One expert fills in every sheet; returns their versions by bid."""
    versions = {}
    for lot in desk["lots"]:
        for bid in lot["bids"]:
            points = {
                criterion["id"]: opinion(
                    desk["seat"], bid["bidder"], criterion["id"], float(criterion["maximum"])
                )
                for group in desk["rulebook"]["groups"]
                for criterion in group["criteria"]
            }
            saved = expert.call(
                "PUT", f"{path}/bids/{bid['bid']}/sheet", {"points": points}, **{"If-Match": '"0"'}
            )
            versions[bid["bid"]] = saved["version"]
    return versions


def explain_alone(expert: Person, path: str) -> int:
    """One expert writes down why own figures stand apart; returns how many there were."""
    flagged = expert.call("GET", f"{path}/own-outliers")["items"]
    for one in flagged:
        reason = {"reason": "投标文件该部分的论证与其他投标差异明显。"}
        expert.call("PUT", f"{path}/outliers/{one['id']}/reason", reason)
    return len(flagged)


def sign_alone(expert: Person, versions: dict[str, int], path: str, advance: Any) -> None:
    """One expert signs every sheet."""
    for bid, version in versions.items():
        expert.call("POST", f"{path}/bids/{bid}/sheet/signature", **{"If-Match": f'"{version}"'})
        advance()


def sign_report(bidding: Bidding, experts: list[Person], stage: Stage) -> None:
    """Wait for the report; every member signs it, one dissents in writing; wait for the form of signatures."""
    path = f"/api/tenders/{bidding.tender_id}"

    def has(form: str) -> bool:
        try:
            return bool(bidding.office.call("GET", f"{path}/report/{form}"))
        except Refused:
            return False

    stage.wait_until(lambda: has("json"), "the evaluation report")
    dissent = {"decision": "dissent", "text": "我认为第二名的施工方案更优。"}
    for number, expert in enumerate(experts):
        decision = {"decision": "sign"} if number < len(experts) - 1 else dissent
        expert.call("POST", f"{path}/report-signatures", decision)
    stage.wait_until(lambda: has("sign-json"), "the form of signatures")
    stage.say(f"{len(experts) - 1} members signed the report, one dissents in writing")


def fetch_result(bidding: Bidding, supervisor: Person, folder: Path, stage: Stage) -> dict[str, Path]:
    """Download report, signatures, capsules, envelopes."""
    path = f"/api/tenders/{bidding.tender_id}"
    office = bidding.office
    files = {
        "report": ("report.zh.pdf", office.call("GET", f"{path}/report/pdf-zh")),
        "report_en": ("report.en.pdf", office.call("GET", f"{path}/report/pdf-en")),
        "signatures": ("signatures.zh.pdf", office.call("GET", f"{path}/report/sign-zh")),
        "capsule": ("capsule.zip", office.call("GET", f"{path}/capsule.zip")),
        "full": ("capsule-full.zip", supervisor.call("GET", f"{path}/capsule-full.zip")),
    }
    kept = {}
    for key, (name, data) in files.items():
        kept[key] = folder / name
        kept[key].write_bytes(data)
    envelopes = folder / "envelopes"
    envelopes.mkdir(exist_ok=True)
    for line in office.call("GET", f"{path}/opening")["record"]["bids"]:
        sealed = supervisor.call("GET", f"/api/bids/{line['bid']}/envelope")
        (envelopes / f"{line['bid']}.sealed").write_bytes(sealed)
    stage.say(f"report and capsule in {folder}")
    return {**kept, "envelopes": envelopes}
