"""The papers of cases: what each says, that it is the same each time, that it is kept and told once."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from approval.actions.letters import keep_letter
from approval.applicant import read_applicant, seal_applicant
from approval.letters import SEALED, TITLES, letter
from approval.lifecycle import Act
from approval.queries import cases
from approval.records.cases import LetterRecord, MessageRecord
from kernel.errors import Refused
from storage.audit_log import LogRecord
from storage.outbox import JobRecord
from tests.approval.centre import Centre, make_centre
from tests.builders import store
from worker.jobs import carry_out
from worker.letter_pdf import letter_html, render_letter
from worker.letters import event_facts
from worker.tasks import JOBS

FACTS: dict[str, Any] = {
    "number": "20260401-ABCDEFGH",
    "title": {"zh": "食品经营许可", "en": "Food business licence"},
    "applicant": "宜昌市某某食品有限责任公司",
    "department": "市市场监督管理局",
    "made_on": "2026-04-01",
    "event_hash": "ab" * 32,
    "url": "https://zw.example.org/track?number=20260401-ABCDEFGH",
    "seal": "行政审批专用章",
    "accepted_on": "2026-04-01",
    "promised_days": 7,
    "statutory_days": 20,
    "promise_due": "2026-04-13",
    "statutory_due": "2026-04-30",
    "decided_on": "2026-04-03",
    "outcome": "granted",
    "result": {"zh": "食品经营许可证", "en": "Food business licence"},
    "valid": "1825 天 / days",
    "reason": "不符合第三条规定的条件",
    "conditions": "有固定的场所",
    "days": 10,
    "before": "2026-04-30",
    "stop_kind": "testing",
    "way": "courier",
    "courier_number": "SF1234567890",
    "bill": "B20260401-ABCDEF",
    "total": "1,020.00",
    "paid_at": "2026-04-01 10:20",
    "list": [("平面图：第二页模糊", "Plan")],
}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return make_centre(tmp_path)


def content(kind: str, **changes: Any) -> dict[str, Any]:
    return letter(kind, {**FACTS, **changes})


@pytest.mark.parametrize("kind", TITLES)
def test_every_paper_names_its_case_its_department_and_its_title(kind: str) -> None:
    made = content(kind)
    page = letter_html(made)
    for word in (*TITLES[kind], FACTS["number"], FACTS["department"], "食品经营许可", "平面图：第二页模糊"):
        assert word in page
    assert bool(made["seal"]) == (kind in SEALED) == ('class="seal"' in page)
    assert all(len(row) == 3 and row[2] for row in made["rows"] if row[0] != "签收")


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("acceptance", "2026-04-13"),
        ("tolerant_acceptance", "2026-04-30"),
        ("extension", "10 个工作日"),
        ("limit", "10 个工作日"),
        ("urging", "10 个工作日"),
        ("stop", "检测"),
        ("decision", "有固定的场所"),
        ("certificate", "1825 天"),
        ("delivery", "SF1234567890"),
        ("non_acceptance", "行政复议"),
        ("answer", "行政复议"),
        ("termination", "行政复议"),
        ("bill", "1,020.00"),
    ],
)
def test_a_paper_says_what_the_law_wants_it_to_say(kind: str, word: str) -> None:
    assert word in letter_html(content(kind))


def test_a_provisional_date_is_called_provisional_and_a_deemed_acceptance_deemed() -> None:
    assert "暂定" in letter_html(content("acceptance", provisional=True))
    assert "暂定" not in letter_html(content("acceptance"))
    assert "即为受理" in letter_html(content("acceptance", is_deemed=True))
    assert "不予批准" in letter_html(content("decision", outcome="refused"))


def pdf_text(body: bytes) -> str:
    """What a reader of the PDF can copy out of it."""
    done = subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode()


def test_letter_of_acceptance_shows_the_dates_of_the_engine(centre: Centre) -> None:
    case = centre.case(centre.accepted())
    adapters = centre.platform.adapters
    with adapters.database.reading() as session:
        facts = event_facts(adapters, session, case.id, case.sequence)
    made = letter("acceptance", facts)
    body = render_letter(made)
    assert body == render_letter(made)  # the same letter, the same bytes
    text = pdf_text(body)
    assert case.accepted_on is not None
    promised = centre.calendar.due(case.accepted_on, 7).day
    for word in (
        "受理通知书",
        case.number,
        str(promised),
        str(centre.calendar.due(case.accepted_on, 20).day),
    ):
        assert word in text


def test_a_sealed_paper_of_an_undecided_case_is_refused(centre: Centre) -> None:
    case = centre.case(centre.accepted())
    stored = store(centre.platform, b"paper")
    for kind in sorted(SEALED):
        with pytest.raises(Refused), centre.platform.database.transaction() as session:
            keep_letter(
                session, case_id=case.id, sequence=case.sequence, kind=kind, stored=stored, now=centre.now
            )
    with centre.platform.database.reading() as session:
        assert cases.letters(session, case.id) == []


def test_a_sealed_paper_leaves_one_use_of_the_seal_however_often_it_is_kept(centre: Centre) -> None:
    case = centre.case(centre.decided())
    stored = store(centre.platform, b"paper")
    for _ in range(3):
        with centre.platform.database.transaction() as session:
            keep_letter(
                session,
                case_id=case.id,
                sequence=case.sequence,
                kind="decision",
                stored=stored,
                now=centre.now,
            )
    with centre.platform.database.reading() as session:
        uses = session.exec(select(func.count()).where(LogRecord.kind == "seal.used")).one()
        letters = session.exec(select(func.count()).select_from(LetterRecord)).one()
    assert (uses, letters) == (1, 1)


def waiting(centre: Centre, name: str, case: str) -> list[int]:
    with centre.platform.database.reading() as session:
        rows = session.exec(select(JobRecord).where(JobRecord.name == name))
        return [row.id for row in rows if row.id and row.payload["case_id"] == case]


def sent(centre: Centre) -> tuple[list[dict[str, str]], int]:
    folder = centre.platform.adapters.settings.var / "messages"
    files = (
        [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))] if folder.exists() else []
    )
    with centre.platform.database.reading() as session:
        return files, session.exec(select(func.count()).select_from(MessageRecord)).one()


def test_a_message_is_written_with_the_act_and_sent_once(centre: Centre) -> None:
    case = centre.accepted()
    (job,) = waiting(centre, "send_message", case)
    assert sent(centre) == ([], 0)
    for _ in range(3):
        carry_out(JOBS, centre.platform.adapters, job)
    files, kept = sent(centre)
    assert (len(files), kept) == (1, 1)
    assert files[0]["to"] == "13800000000"
    assert "已受理，承诺办结日2026-04-13" in files[0]["text"]


def test_a_message_whose_sender_was_killed_is_tried_again_and_arrives_once(centre: Centre) -> None:
    case = centre.received(papers=("form",))
    centre.act(case, Act.TELL_MISSING, codes=["plan"])
    (job,) = waiting(centre, "send_message", case)
    send = JOBS["send_message"].prepare
    assert send is not None
    with centre.platform.database.reading() as session:
        record = session.get(JobRecord, job)
        assert record is not None
        payload = record.payload
    send(centre.platform.adapters, payload, centre.now)  # sent, and then the machine went dark
    assert (len(sent(centre)[0]), sent(centre)[1]) == (1, 0)
    carry_out(JOBS, centre.platform.adapters, job)
    files, kept = sent(centre)
    assert (len(files), kept) == (1, 1)
    assert "需补正材料" in files[0]["text"]


def test_who_left_no_telephone_gets_no_message(centre: Centre) -> None:
    case = centre.accepted()
    with centre.platform.database.transaction() as session:
        record = cases.lock_case(session, case)
        silent = read_applicant("甲", "ID0001", "")
        record.applicant = seal_applicant(centre.platform.adapters.keys.people, case, silent)
    for job in waiting(centre, "send_message", case):
        carry_out(JOBS, centre.platform.adapters, job)
    assert sent(centre) == ([], 0)
