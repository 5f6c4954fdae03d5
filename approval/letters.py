"""What each legal paper of a case says: rows and sentences in Chinese and English, from the facts of one event.

Pure text: the worker renders it, the same facts give the same bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Pair = tuple[str, str]
Row = tuple[str, str, str]

TITLES: Mapping[str, Pair] = {
    "acceptance": ("受理通知书", "Letter of acceptance"),
    "tolerant_acceptance": ("容缺受理通知书", "Letter of acceptance with papers to follow"),
    "one_time_notice": ("补正材料一次性告知书", "One-time notice of missing papers"),
    "non_acceptance": ("不予受理决定书", "Decision not to accept"),
    "answer": ("禁办事项答复书", "Written answer"),
    "extension": ("延长办理期限告知书", "Letter of extension"),
    "limit": ("办理时限告知书", "Letter on the limit of this case"),
    "stop": ("停止计算期限告知书", "Letter on the stopped clock"),
    "decision": ("行政审批决定书", "Decision"),
    "certificate": ("审批结果证明", "Certificate"),
    "delivery": ("送达回证", "Record of delivery"),
    "termination": ("终止办理通知书", "Letter of termination"),
    "urging": ("督办单", "Urging slip"),
    "correction": ("更正决定书", "Correction"),
    "bill": ("一表制缴费单", "Bill"),
    "copies": ("并联审批抄告单", "Joint approval: copy to the departments"),
    "minutes": ("会审纪要", "Minutes of the joint review"),
    "explanation": ("书面说明", "Written explanation"),
}

SEALED = frozenset({"decision", "certificate", "correction"})
"""Papers that carry the approval seal; only a decided case has them."""

REMEDY: Pair = (
    "如不服本决定，可自收到之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法提起行政诉讼。",
    "You may apply for administrative review within sixty days of receiving this, or sue within six months.",
)
STOP_NAMES: Mapping[str, Pair] = {
    "hearing": ("听证", "hearing"),
    "bidding": ("招标", "bidding"),
    "auction": ("拍卖", "auction"),
    "inspection": ("检验", "inspection"),
    "testing": ("检测", "testing"),
    "quarantine": ("检疫", "quarantine"),
    "appraisal": ("鉴定", "appraisal"),
    "expert_review": ("专家评审", "expert review"),
}
WAYS: Mapping[str, Pair] = {
    "window": ("窗口领取", "at the window"),
    "courier": ("快递", "by courier"),
    "electronic": ("电子送达", "electronically"),
}


def letter(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The content of one letter as JSON data; `facts` is what the worker read for its event."""
    rows: list[Row] = [
        ("办件编号", "Case number", facts["number"]),
        ("事项名称", "Item", _both(facts["title"])),
        ("申请人", "Applicant", facts["applicant"]),
    ]
    more_rows, sentences = CONTENTS[kind](facts)
    return {
        "kind": kind,
        "title": list(TITLES[kind]),
        "department": facts["department"],
        "rows": [list(row) for row in [*rows, *more_rows]],
        "sentences": [list(pair) for pair in sentences],
        "list": [list(pair) for pair in facts.get("list", [])],
        "made_on": facts["made_on"],
        "seal": facts["seal"] if kind in SEALED else "",
        "digest": facts.get("event_hash", ""),
        "url": facts["url"],
    }


def _both(texts: Mapping[str, str]) -> str:
    zh, en = texts.get("zh", ""), texts.get("en", "")
    return f"{zh} / {en}" if zh and en and zh != en else zh or en


Content = tuple[Sequence[Row], Sequence[Pair]]


def _acceptance(facts: Mapping[str, Any]) -> Content:
    rows = [
        ("受理日期", "Accepted on", facts["accepted_on"]),
        ("承诺时限", "Promised", f"{facts['promised_days']} 个工作日 / working days"),
        ("承诺办结日", "Due by promise", _due(facts, "promise_due")),
        ("法定时限", "Statutory limit", f"{facts['statutory_days']} 个工作日 / working days"),
        ("法定办结日", "Due by law", _due(facts, "statutory_due")),
    ]
    sentences: list[Pair] = [
        (
            "你（单位）的申请符合受理条件，现予受理。期限自受理次日起按工作日计算，法定节假日不计入。",
            "Your application is accepted. Limits count working days from the next one; public holidays do not count.",
        )
    ]
    if facts.get("is_deemed"):
        sentences = [
            (
                "本机关未在五个工作日内作出受理决定，依照《行政许可法》第三十二条，自收到申请材料之日起即为受理。",
                "As no answer was given within five working days, the application counts as accepted from its receipt"
                " (Administrative Licensing Law art. 32).",
            )
        ]
    if facts.get("committed"):
        sentences.append(
            (
                "下列次要材料容缺受理，请于承诺期限前补齐，逾期将终止办理。",
                "The papers below may follow; if they do not come in time, the case ends.",
            )
        )
    if facts.get("provisional"):
        sentences.append(
            ("日期为暂定，节假日安排公布后重算。", "Dates are provisional until the holidays are announced.")
        )
    return rows, sentences


def _due(facts: Mapping[str, Any], name: str) -> str:
    return (facts.get(name) or "–") + (" （暂定 provisional）" if facts.get("provisional") else "")


def _one_time_notice(facts: Mapping[str, Any]) -> Content:
    return [], [
        (
            "依照《行政许可法》第三十二条，现一次性告知需要补正的全部内容：",
            "Under art. 32 of the Administrative Licensing Law, this is everything that is missing:",
        )
    ]


def _reasoned(zh: str, en: str, *, remedy: bool) -> Callable[[Mapping[str, Any]], Content]:
    def content(facts: Mapping[str, Any]) -> Content:
        rows = [("理由", "Reason", facts["reason"])]
        return rows, [(zh, en), *([REMEDY] if remedy else [])]

    return content


def _extension(facts: Mapping[str, Any]) -> Content:
    rows = [
        ("延长", "Extended by", f"{facts['days']} 个工作日 / working days"),
        ("原法定办结日", "Due before", facts["before"]),
        ("延长后法定办结日", "Due now", _due(facts, "statutory_due")),
        ("理由", "Reason", facts["reason"]),
    ]
    return rows, [
        (
            "经本机关负责人批准，依照《行政许可法》第四十二条延长办理期限一次。",
            "With the approval of the agency's head, the limit is extended once (art. 42).",
        )
    ]


def _limit(facts: Mapping[str, Any]) -> Content:
    rows = [
        ("办理时限", "Limit", f"{facts['days']} 个工作日 / working days"),
        ("办结日", "Due", _due(facts, "promise_due")),
        ("确定依据", "Decided by", facts["reason"]),
    ]
    return rows, [("本办件的办理时限另行确定如上。", "The limit of this case is set as above.")]


def _urging(facts: Mapping[str, Any]) -> Content:
    rows = [
        ("督办内容", "Urged to", facts["reason"]),
        ("回复期限", "Answer within", f"{facts['days']} 个工作日 / working days"),
    ]
    return rows, [("请在限期内办理并回复。", "Please act and answer within the limit.")]


def _stop(facts: Mapping[str, Any]) -> Content:
    zh, en = STOP_NAMES[facts["stop_kind"]]
    rows = [
        ("原因", "For", f"{zh} / {en}"),
        ("停止日期", "From", facts["made_on"]),
        ("所需时间", "Takes", f"{facts['days']} 个工作日 / working days"),
    ]
    return rows, [
        (
            "依照《行政许可法》第四十五条，上述时间不计算在办理期限内，特此书面告知。",
            "Under art. 45 this time does not count towards the limit.",
        )
    ]


def _decision(facts: Mapping[str, Any]) -> Content:
    granted = facts["outcome"] == "granted"
    rows = [
        ("决定", "Decision", "准予 / granted" if granted else "不予批准 / refused"),
        ("决定日期", "Decided on", facts["decided_on"]),
        ("依据条件", "Conditions", facts["conditions"]),
    ]
    if granted:
        return rows, [
            ("经审查，申请符合法定条件，准予。", "The application meets the conditions and is granted.")
        ]
    return rows, [
        ("经审查，申请不符合上列条件，不予批准。", "The application does not meet these conditions."),
        REMEDY,
    ]


def _delivery(facts: Mapping[str, Any]) -> Content:
    zh, en = WAYS.get(facts["way"], (facts["way"], facts["way"]))
    rows = [
        ("送达方式", "Delivered", f"{zh} / {en}"),
        ("快递单号", "Courier number", facts.get("courier_number") or "–"),
        ("送达日期", "On", facts["made_on"]),
        ("签收", "Received by (signature)", ""),
    ]
    return rows, []


def _certificate(facts: Mapping[str, Any]) -> Content:
    rows = [
        ("审批结果", "Result", _both(facts["result"])),
        ("有效期", "Valid", facts["valid"]),
        ("决定日期", "Decided on", facts["decided_on"]),
    ]
    return rows, []


def _bill(facts: Mapping[str, Any]) -> Content:
    rows = [
        ("缴费单号", "Bill", facts["bill"]),
        ("合计", "Total", f"¥ {facts['total']}"),
        ("缴费时间", "Paid at", facts["paid_at"]),
    ]
    return rows, [
        ("各项收费依据见下表，一次缴清。", "Each fee with its basis stands below; it is paid once.")
    ]


def _plain(zh: str, en: str) -> Callable[[Mapping[str, Any]], Content]:
    return lambda facts: ([(*row,) for row in facts.get("rows", [])], [(zh, en)])


CONTENTS: Mapping[str, Callable[[Mapping[str, Any]], Content]] = {
    "acceptance": _acceptance,
    "tolerant_acceptance": _acceptance,
    "one_time_notice": _one_time_notice,
    "non_acceptance": _reasoned("经审查，本申请不予受理。", "This application is not accepted.", remedy=True),
    "answer": _reasoned(
        "本事项依法不予办理，现答复如下。", "By law this cannot be handled; the reason is given.", remedy=True
    ),
    "extension": _extension,
    "limit": _limit,
    "stop": _stop,
    "decision": _decision,
    "certificate": _certificate,
    "delivery": _delivery,
    "termination": _reasoned("本办件终止办理。", "This case has ended.", remedy=True),
    "urging": _urging,
    "correction": _reasoned("原决定更正如上。", "The decision is corrected as above.", remedy=True),
    "bill": _bill,
    "copies": _plain(
        "下列事项同日启动并联审批，材料已分送。", "These items start on the same day; papers are shared."
    ),
    "minutes": _plain("会审意见如下。", "The departments said the following."),
    "explanation": _plain("现就你的咨询书面说明如下。", "This is our written explanation."),
}
