"""What the papers about an item say: guide card, service guide, handout for the public, manual for the staff.

All four are the same facts; the public ones leave out what only the staff needs: risk points and their control.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from approval.flow_chart import flow_chart
from approval.item import ItemVersion
from approval.publication import open_blocks
from kernel.money import write_units


class Paper(StrEnum):
    """The papers about an item."""

    CARD = "card"  # 办事指南 card, A5
    GUIDE = "guide"  # 服务指南
    HANDOUT = "handout"  # 明白纸
    MANUAL = "manual"  # 业务手册, for the staff


PUBLIC_PAPERS = (Paper.CARD, Paper.GUIDE, Paper.HANDOUT)


def guide_sheet(
    version: ItemVersion,
    *,
    paper: Paper,
    language: str,
    department: str,
    windows: Sequence[str],
    centre: dict[str, Any],
    url: str,
    blocks: Sequence[str],
) -> dict[str, Any]:
    """Everything that one paper prints, as JSON; `language` is zh or en."""

    def said(texts: dict[str, str]) -> str:
        return texts.get(language) or next(iter(texts.values()), "")

    is_internal = paper is Paper.MANUAL
    return {
        "paper": str(paper),
        "language": language,
        "centre": said(centre["name"]),
        "complaint": version.complaint_channel or centre["complaint_channel"],
        "url": url,
        "code": version.code,
        "number": version.number,
        "title": said(version.title),
        "kind": str(version.kind),
        "mode": str(version.mode),
        "department": department,
        "windows": list(windows),
        "blocks": list(open_blocks(version, blocks)),
        "basis": [f"{basis.law} {basis.article}".strip() for basis in version.basis],
        "conditions": [said(condition.text) for condition in version.conditions],
        "procedure": said(version.procedure),
        "materials": [
            {
                "title": said(material.title),
                "is_main": material.is_main,
                "copies": material.copies,
                "trust": str(material.trust),
            }
            for material in version.materials
        ],
        "promised_days": version.promised_days,
        "statutory_days": version.statutory_days,
        "is_free": version.is_free,
        "fees": [
            {"title": said(f.title), "basis": f.basis, "unit": f.unit, "price": write_units(f.unit_fen, 2)}
            for f in version.fees
        ],
        "result": said(version.result),
        "deliveries": list(version.deliveries),
        "visits": version.offer_visits,
        "steps": [
            {
                "title": said(step.title),
                "post": step.post,
                "days": step.limit_days,
                "risk": step.risk if is_internal else "",
                "control": said(step.control) if is_internal else "",
            }
            for step in version.steps
        ],
        "chart": flow_chart(version, language),
    }
