"""Loading a made-up catalogue in bulk: organisations, departments, windows, posts, published items, sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from accounts.records import OrganisationRecord
from approval.catalogue import item_body, item_digest, read_item
from approval.records.catalogue import ItemRecord, ItemVersionRecord
from approval.records.organisation import (
    DepartmentRecord,
    HallRecord,
    PostRecord,
    SiteRecord,
    WindowRecord,
)
from crypto.canonical import canonical
from storage import audit_log
from storage.audit_log import Fact
from storage.columns import table_of
from tools.demo import catalogue_words as words
from tools.demo.catalogue import (
    OFFICE_KINDS,
    SYSTEM_KINDS,
    WINDOW_DEPARTMENTS,
    YICHANG,
    Plan,
    make_items,
    make_sites,
)

OTHER_WINDOWS = (
    ("Z1", "总服务台", "general"),
    ("Z2", "综合收费窗口", "cashier"),
    ("Z3", "评议终端", "rating"),
)
BRANCHES = ("房产", "医保", "交警", "社保", "公积金", "税务")
ZONES = {1: "综合服务", 2: "企业登记并联审批", 3: "工业建设项目并联审批"}


@dataclass(frozen=True)
class Loaded:
    """Ids of what was loaded, in the order it was made."""

    department_ids: tuple[str, ...]
    item_ids: tuple[str, ...]
    window_ids: tuple[str, ...]


def load_catalogue(
    session: Session,
    *,
    plan: Plan = YICHANG,
    seed: int = 1,
    whole_network: bool = False,
    written_by: str = "",
    effective_from: date = date(2006, 1, 1),
    now: datetime,
) -> Loaded:
    """Load a catalogue with its 40 departments; `whole_network` adds the other 1,686 sites."""
    writer = written_by or _id("writer")
    sites = make_sites(seed)
    _insert(session, SiteRecord, sites if whole_network else sites[:1])
    departments = [_id(f"department/{n}") for n in range(len(words.DEPARTMENTS))]
    _insert(
        session,
        OrganisationRecord,
        [
            {"id": departments[n], "name": f"市{name}", "created_at": now}
            for n, name in enumerate(words.DEPARTMENTS)
        ],
    )
    _insert(session, DepartmentRecord, [_department(n, one) for n, one in enumerate(departments)])
    windows = _load_halls(session, departments)
    _insert(
        session,
        PostRecord,
        [
            {
                "id": _id(f"post/{n}/{code}"),
                "department_id": one,
                "code": code,
                "title": {"zh": f"{zh}岗", "en": en},
                "window_id": windows[n] if n < WINDOW_DEPARTMENTS else None,
            }
            for n, one in enumerate(departments)
            for code, zh, en in (("review", "审查", "Review"), ("decide", "审批", "Decision"))
        ],
    )
    item_ids = _load_items(session, plan, seed, departments, windows, writer, effective_from, now)
    audit_log.append(session, Fact("catalogue.loaded", plan.name, data={"items": len(item_ids)}), now)
    return Loaded(tuple(departments), tuple(item_ids), tuple(windows))


def _load_items(
    session: Session,
    plan: Plan,
    seed: int,
    departments: Sequence[str],
    windows: Sequence[str],
    writer: str,
    effective_from: date,
    now: datetime,
) -> list[str]:
    items, versions = [], []
    for n, body in make_items(plan, seed):
        version = read_item(body)
        item_id, version_id = _id(f"item/{version.code}"), _id(f"version/{version.code}/1")
        is_inside = n < WINDOW_DEPARTMENTS
        items.append(
            {
                "id": item_id,
                "code": version.code,
                "base_code": version.base_code,
                "department_id": departments[n],
                "site_code": "YC",
                "kind": str(version.kind),
                "item_class": version.item_class,
                "mode": str(version.mode),
                "title": version.title,
                "status": "published",
                "in_centre": is_inside,
                "outside_reason": "" if is_inside else "办公场所法定,未进驻",
                "window_ids": [windows[n]] if is_inside else [],
                "current_version_id": version_id,
                "created_at": now,
            }
        )
        versions.append(
            {
                "id": version_id,
                "item_id": item_id,
                "number": 1,
                "body": item_body(version),
                "digest": item_digest(version),
                "status": "published",
                "round_number": 0,
                "effective_from": effective_from,
                "written_by": writer,
                "writers": [writer],
                "published_by": writer,
                "published_at": now,
            }
        )
    _insert(session, ItemRecord, items)
    _insert(session, ItemVersionRecord, versions)
    return [str(item["id"]) for item in items]


def _load_halls(session: Session, departments: Sequence[str]) -> list[str]:
    """The main hall with a window for each department inside, and the branch halls."""
    halls = [{"code": "YC-H0", "site_code": "YC", "name": "市行政服务中心大厅", "is_branch": False}]
    halls += [
        {"code": f"YC-H{n + 1}", "site_code": "YC", "name": f"{name}分中心", "is_branch": True}
        for n, name in enumerate(BRANCHES)
    ]
    _insert(session, HallRecord, halls)
    windows = [
        _window(f"{n + 1:02}", f"{words.DEPARTMENTS[n]}窗口", "department", 1 + n % 3, [departments[n]])
        for n in range(WINDOW_DEPARTMENTS)
    ]
    windows += [_window(number, name, kind, 1, []) for number, name, kind in OTHER_WINDOWS]
    _insert(session, WindowRecord, windows)
    return [window["id"] for window in windows]


def _window(number: str, name: str, kind: str, floor: int, departments: list[str]) -> dict[str, Any]:
    return {
        "id": _id(f"window/{number}"),
        "hall_code": "YC-H0",
        "number": number,
        "name": name,
        "floor": floor,
        "zone": ZONES[floor],
        "kind": kind,
        "department_ids": departments,
        "archive_box": f"资料室-{number}",
    }


def _department(n: int, department_id: str) -> dict[str, Any]:
    return {
        "id": department_id,
        "code": f"D{n + 1:02}",
        "site_code": "YC",
        "has_approval_power": True,
        "office_kind": OFFICE_KINDS[n],
        "system_kind": SYSTEM_KINDS[n],
        "unit_kind": "licensing",
        "office_head_id": None,
    }


def _insert(session: Session, record: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    session.connection().execute(insert(table_of(record)), list(rows))


def _id(name: str) -> str:
    """The same id for the same thing at every load."""
    return str(uuid5(NAMESPACE_URL, f"mingtang/demo/{canonical(name).decode()}"))
