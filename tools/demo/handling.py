"""One approval case in the demonstration: from an online application to the certificate, and its chain checked."""

import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from accounts import queries as accounts
from approval.actions.mandates import grant_mandate, make_seal
from approval.desk import Mandate
from approval.queries import cases as queries
from approval.queries import organisation
from kernel.settings import read_settings
from kernel.working_days import business_day
from storage.adapters import Adapters, make_adapters
from tools.demo.cast import Cast, Person, Refused
from tools.demo.catalogue_load import load_catalogue
from tools.demo.stage import Stage

ITEM = "YI024"  # 营业性演出许可: handled online from end to end
PAPER = b"%PDF-1.4\n% a paper of the demonstration\n%%EOF\n"
WAIT_SECONDS = 60


def open_centre(adapters: Adapters) -> str:
    """Load the made-up catalogue of 255 items once; returns the name of the item's department."""
    with adapters.database.transaction() as session:
        if not organisation.departments(session):
            load_catalogue(session, now=adapters.clock.now())
    with adapters.database.reading() as session:
        item = queries.item_by_code(session, ITEM)
        return accounts.organisation(session, item.department_id).name


def staff(cast: Cast, adapters: Adapters, department: str) -> dict[str, Person]:
    """Everybody whom the case meets, with a mandate and a seal for the window."""
    people = {
        "window": cast.add("window", "窗口首席代表", department, "window_staff"),
        "officer": cast.add("officer", "审查员", department, "case_officer"),
        "leader": cast.add("leader", "分管领导", department, "leader"),
        "cashier": cast.add("cashier", "收费窗口", "政务服务中心收费处", "cashier"),
        "centre": cast.add("centre-office", "中心办公室", "政务服务中心", "centre_office"),
        "applicant": cast.add("applicant", "某演出公司", "某演出公司", "applicant"),
    }
    cast.add("auditor", "审计员", "审计局", "auditor")
    cast.add("monitor", "监督员", "社会监督员", "monitor")
    now = adapters.clock.now()
    with adapters.database.transaction() as session:
        centre = accounts.actor(session, people["centre"].id)
        department_id = people["window"].organisation_id
        if not organisation.mandates(session, department_id):
            mandate = Mandate(
                person_id=people["window"].id,
                department_id=department_id,
                powers=("decide", "report", "coordinate", "seal"),
                rank="section_chief",
                valid_from=business_day(now),
                valid_to=business_day(now) + timedelta(days=365),
            )
            grant_mandate(session, actor=centre, mandate=mandate, now=now)
            make_seal(session, actor=centre, department_id=department_id, name="审批专用章", now=now)
    _wait(lambda: _has_powers(adapters, people["window"]), "the letter of the mandate")
    return people


def _has_powers(adapters: Adapters, person: Person) -> bool:
    with adapters.database.reading() as session:
        today = business_day(adapters.clock.now())
        return bool(organisation.mandate_powers(session, person.id, person.organisation_id, today))


def _wait(holds: Any, what: str) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > limit:
            raise Refused(f"{what} did not come within {WAIT_SECONDS} seconds")
        time.sleep(0.2)


def act(person: Person, case: str, what: str, **data: Any) -> dict[str, Any]:
    """One act on the case over HTTP."""
    answer = person.call("POST", f"/api/cases/{case}/acts", {"act": what, "data": data})
    return dict(answer)


def handle_case(cast: Cast, stage: Stage) -> dict[str, Any]:
    """Play one case; returns what there is to show."""
    adapters = make_adapters(read_settings())
    try:
        people = staff(cast, adapters, open_centre(adapters))
        stage.say("255 items of 40 departments are in the catalogue; the window has its mandate and seal")
        return _run(people, cast, stage)
    finally:
        adapters.database.close()


def _run(people: dict[str, Person], cast: Cast, stage: Stage) -> dict[str, Any]:
    applicant, window = people["applicant"], people["window"]
    request = {
        "item": ITEM,
        "name": "某演出公司",
        "identity": "91420500DEMO00001X",
        "channel": "online",
        "online_mode": "direct",
    }
    opened = applicant.call("POST", "/api/cases", request)
    case = opened["id"]
    steps = _hand_in(applicant, window, case, stage)
    found = applicant.call("GET", f"/api/cases/{case}")
    stage.say(
        f"{opened['number']} accepted: promised {found['promise_due']}, by law {found['statutory_due']}"
    )
    for step in steps:
        if step["kind"] == "decide":
            act(window, case, "grant")
        elif step["kind"] == "certify":
            act(window, case, "certify")
        else:
            act(people["officer"], case, "pass_step", opinion="同意")
    act(window, case, "deliver", way="electronic")
    return _check(applicant, opened, cast.folder, stage)


def _hand_in(applicant: Person, window: Person, case: str, stage: Stage) -> list[dict[str, Any]]:
    """Apply with one paper too few, be told once, bring it, be accepted; returns the steps that follow."""
    wanted = [
        m for m in applicant.call("GET", f"/api/items/{ITEM}")["item"]["materials"] if m["trust"] != "A"
    ]
    first, *others = [m["code"] for m in wanted]
    applicant.call("POST", f"/api/cases/{case}/materials?code={first}&name=form.pdf", PAPER)
    act(applicant, case, "apply")
    told = act(window, case, "tell_missing", codes=others)
    stage.say(f"one-time notice: {', '.join(told['data']['codes'])} is missing; brought the same minute")
    for code in others:
        applicant.call("POST", f"/api/cases/{case}/materials?code={code}&name={code}.pdf", PAPER)
    act(applicant, case, "supplement")
    act(window, case, "accept")
    return list(applicant.call("GET", f"/api/cases/{case}")["steps"])


def _check(applicant: Person, opened: dict[str, Any], folder: Path, stage: Stage) -> dict[str, Any]:
    """Save the case, check its chain without the server, wait for its last letter."""
    path = f"/api/cases/{opened['id']}"
    _wait(
        lambda: any(row["kind"] == "delivery" for row in applicant.call("GET", path)["letters"]), "a letter"
    )
    found = applicant.call("GET", path)
    saved = folder / "case.json"
    saved.write_text(json.dumps(found, ensure_ascii=False))
    checked = applicant.run("case", str(saved))
    letters = [f"{row['kind']}-{row['sequence']}" for row in found["letters"]]
    for name in letters:
        (folder / f"{name}.pdf").write_bytes(applicant.call("GET", f"{path}/letters/{name}"))
    stage.say(f"delivered; {checked['events']} events chained, {len(letters)} letters: {', '.join(letters)}")
    on_time = date.fromisoformat(found["done_on"]) <= date.fromisoformat(found["promise_due"])
    return {
        "number": opened["number"],
        "code": opened["code"],
        "holds": found["state"] == "done" and on_time and checked["state"] == "done",
        "file": str(saved),
    }
