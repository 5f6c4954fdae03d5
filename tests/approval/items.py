"""A complete item, and the same with changes."""

from typing import Any

from approval.catalogue import read_item
from approval.item import ItemVersion


def item_data(**changes: Any) -> dict[str, Any]:
    """The JSON of an item that may be published; `changes` replace top-level fields."""
    data: dict[str, Any] = {
        "code": "TJ-001",
        "base_code": "B-001",
        "number": 1,
        "title": {"zh": "建设项目核准", "en": "Project approval"},
        "kind": "licence",
        "item_class": "investment",
        "mode": "promised",
        "online": ["pre_checked"],
        "is_general": True,
        "promised_days": 7,
        "statutory_days": 20,
        "extension_days": 10,
        "steps": [
            step("review", "review", 3),
            step("examine", "examine", 2),
            step("decide", "decide", 1),
            step("certify", "certify", 1),
        ],
        "materials": [
            {"code": "m1", "title": {"zh": "申请表"}, "is_main": True, "trust": "D"},
            {"code": "m2", "title": {"zh": "营业执照"}, "is_main": False, "trust": "A", "copies": 2},
        ],
        "fees": [
            {
                "code": "f1",
                "title": {"zh": "证照费"},
                "basis": "鄂价费〔2009〕1号",
                "unit": "本",
                "unit_fen": 1000,
            }
        ],
        "conditions": [{"code": "c1", "text": {"zh": "符合规划"}}],
        "basis": [{"law": "中华人民共和国行政许可法", "article": "第三十四条"}],
        "procedure": {"zh": "申请、受理、审查、决定"},
        "result": {"zh": "核准文件"},
        "result_valid_days": 730,
        "deliveries": ["window"],
        "complaint_channel": "0717-6256000",
        "is_free": False,
        "on_timeout": "card",
        "allows_commitment": True,
        "allows_pledge": False,
        "is_sensitive": False,
        "offer_visits": 1,
    }
    return data | changes


def step(code: str, kind: str, days: int, post: str = "p1") -> dict[str, Any]:
    """One step."""
    return {"code": code, "title": {"zh": code, "en": code}, "kind": kind, "post": post, "limit_days": days}


def item(**changes: Any) -> ItemVersion:
    """The same as a value."""
    return read_item(item_data(**changes))
