"""How figures, rules and states are called in Chinese and English, on pages and on paper."""

from collections.abc import Mapping

Texts = dict[str, str]


def _both(zh: str, en: str) -> Texts:
    return {"zh": zh, "en": en}


FIGURES: Mapping[str, Texts] = {
    "received": _both("受理件数", "Cases received"),
    "completed": _both("办结率", "Completion rate"),
    "finished": _both("办结件数", "Cases finished"),
    "instant": _both("即办件比重", "Share of instant cases"),
    "at_window": _both("窗口现场办结率", "Decided at the window"),
    "on_time": _both("按时办结率", "Decided on time"),
    "early_all": _both("提前办结率（全部办件）", "Decided early (of all cases)"),
    "early_promised": _both("提前办结率（仅承诺件）", "Decided early (of promised cases only)"),
    "statutory_overruns": _both("超法定时限件数", "Cases over the statutory limit"),
    "online": _both("网上办件比重", "Share of online cases"),
    "one_visit": _both("最多跑一次比例", "At most one visit"),
    "no_visit": _both("不见面审批比例", "No visit at all"),
    "time_saved": _both("实际办理时间比法定时限缩短", "Handling shorter than the statutory limit"),
    "promise_within_five": _both("承诺时限五个工作日以内的办件", "Cases promised within five working days"),
    "promise_shorter": _both("承诺时限比法定时限缩短", "Promise shorter than the statutory limit"),
    "items_in_centre": _both("事项进驻率", "Items in the centre"),
    "items_with_cases": _both("通过系统办理的事项", "Items handled through the system"),
    "events_supervised": _both("电子监察覆盖率", "Events supervised"),
    "satisfied": _both("群众满意率", "Satisfaction"),
    "bad_ratings_handled": _both("差评整改率", "Bad ratings followed up"),
    "complaints_answered": _both("投诉按时答复率", "Complaints answered in time"),
    "cards": _both("红黄牌数", "Yellow and red cards"),
    "offline": _both("线下审批件数", "Approvals outside the platform"),
    "corrections": _both("更正的决定", "Decisions corrected"),
    "parallel": _both("应并联项目实行并联的比例", "Projects really run in parallel"),
    "decided_outside": _both("从不在窗口决定的事项", "Items never decided at a window"),
}

RULES: Mapping[str, Texts] = {
    "R1": _both("承诺时限即将届满", "The promise ends soon"),
    "R2": _both("环节超时", "A step is late"),
    "R3": _both("超承诺时限", "The promise is broken"),
    "R4": _both("超法定时限", "The statutory limit is broken"),
    "R5": _both("违规收费", "An unlawful fee"),
    "R6": _both("体外循环", "Decided outside the platform"),
    "R7": _both("重复告知", "Told of an old gap again"),
    "R8": _both("不予许可未说明理由", "Refused without a reason"),
    "R9": _both("逾期未答复申请", "An application was not answered"),
    "R10": _both("停表不当", "The clock was stopped wrongly"),
    "R11": _both("窗口无人办理", "Nobody serves"),
    "R12": _both("差评逾期未整改", "A bad rating was not followed up"),
    "R13": _both("违规延期", "An unlawful extension"),
    "R14": _both("默认后未补文书", "No paper after the default passage"),
    "R15": _both("承诺未核查", "A pledge was not checked"),
    "R16": _both("移交未签收", "A hand-over was not confirmed"),
    "R17": _both("投诉查实", "A complaint was right"),
    "T1": _both("截标未记录", "The closing is not recorded"),
    "T2": _both("开标延误", "The opening is late"),
    "T3": _both("答疑逾期", "A question has no answer"),
    "T4": _both("评审表未签署", "Sheets are not signed"),
    "T5": _both("评标办法被更改", "The rulebook was changed"),
    "T6": _both("投标期限过短", "The bidding period is too short"),
    "T7": _both("程序缺失", "A step is missing"),
    "T8": _both("评委席位空缺", "A seat of the panel is vacant"),
    "T9": _both("专家库诱饵条目被触动", "A decoy of the expert pool was touched"),
}

SEVERITIES: Mapping[str, Texts] = {
    "hint": _both("提示", "Hint"),
    "yellow": _both("黄牌", "Yellow card"),
    "red": _both("红牌", "Red card"),
}

GRADES: Mapping[str, Texts] = {
    "excellent": _both("优秀", "Excellent"),
    "good": _both("良好", "Good"),
    "passed": _both("合格", "Passed"),
    "failed": _both("不合格", "Failed"),
}

REGIMES: Mapping[str, Texts] = {
    "first_contact": _both("首问负责制", "First contact is responsible"),
    "tell_once": _both("一次性告知制", "Tell once"),
    "limited_time": _both("限时办结制", "Limited time"),
    "accountability": _both("责任追究制", "Accountability"),
}

WARNINGS: Mapping[str, Texts] = {
    "early_exceeds_promised": _both(
        "提前办结的件数多于承诺件总数：如把它报成“承诺件提前办结”，分子与分母就不是同一批办件。",
        "More cases were early than were promised at all: reported as early promised cases, the numerator would count"
        " cases that the denominator does not.",
    ),
    "early_rates_differ": _both(
        "提前办结率按全部办件和按承诺件计算结果不同，两者都列出。",
        "The early rate differs between all cases and promised cases; both are printed.",
    ),
}

LAWS = (
    ("Administrative Licensing Law art. ", "行政许可法第{}条"),
    ("Tendering and Bidding Law art. ", "招标投标法第{}条"),
    ("Implementing Regulations of the Bidding Law art. ", "招标投标法实施条例第{}条"),
)
CLAUSES: Mapping[str, str] = {
    "Reminder before the promise ends": "承诺时限届满前提示",
    "Promised limit (承诺办理制)": "承诺办理制",
    "Posts with A and B (AB角)": "AB角工作制",
    "Rating of government services": "政务服务好差评制度",
    "Timeout default (超时默认制)": "超时默认制",
    "First contact (首问负责制)": "首问负责制",
}


def clause(text: str) -> Texts:
    """The clause that a rule guards, in both languages."""
    for law, zh in LAWS:
        if text.startswith(law):
            return _both(zh.format(text.removeprefix(law).replace(", ", "、")), text)
    return _both(CLAUSES.get(text, text), text)
