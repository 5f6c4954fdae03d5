"""A bulletin (通报) as a paper: rows, sentences and a list in Chinese and English, from its body alone."""

from collections.abc import Mapping
from typing import Any

from supervision.words import FIGURES, GRADES, RULES, SEVERITIES

MET = {True: ("达标", "met"), False: ("未达标", "missed"), None: ("", "")}


def bulletin_letter(
    body: Mapping[str, Any], *, names: Mapping[str, str], centre: str, made_on: str, digest: str, url: str
) -> dict[str, Any]:
    """The content of the paper; `names` has departments by id."""
    whom = names.get(body["department"], centre) if body["department"] else centre
    period = f"{body['first']} – {body['last']}"
    return {
        "kind": "bulletin",
        "title": [f"行政审批效能通报 {body['period']}", f"Bulletin {body['period']}"],
        "department": centre,
        "rows": [["通报对象", "About", whom], ["期间", "Period", period], *map(_figure, body["figures"])],
        "sentences": [list(pair) for pair in _sentences(body)],
        "list": [_card(row, names) for row in body["cards"]],
        "made_on": made_on,
        "seal": "",
        "digest": digest,
        "url": url,
    }


def _figure(row: Mapping[str, Any]) -> list[str]:
    title, (zh, en) = FIGURES[row["key"]], MET[row["met"]]
    shown = row["shown"] if row["part"] == row["of"] else f"{row['shown']} ({row['part']} / {row['of']})"
    return [title["zh"], title["en"], f"{shown} {zh} {en}".rstrip()]


def _sentences(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    upheld = sum(row["number"] for row in body["complaints"] if row["upheld"])
    answered = sum(row["number"] for row in body["complaints"])
    found = [
        (
            f"本期答复投诉 {answered} 件，其中查实 {upheld} 件。",
            f"Complaints answered: {answered}, of which {upheld} were right.",
        )
    ]
    for row in body["scores"][:1] if body["department"] else []:
        grade = GRADES[row["grade"]]
        found.append(
            (
                f"绩效得分 {row['score']} 分，等次{grade['zh']}。",
                f"Score {row['score']}, grade: {grade['en']}.",
            )
        )
    if not body["cards"]:
        found.append(("本期没有发出红黄牌。", "No cards were issued."))
    return found


def _card(row: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    rule, severity = RULES[row["rule"]], SEVERITIES[row["severity"]]
    whom = names.get(row["department"], "")
    return [
        f"{whom} {severity['zh']} {rule['zh']}：{row['number']} 件",
        f"{severity['en']}: {rule['en']}, {row['number']}",
    ]
