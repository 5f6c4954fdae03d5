"""What people read instead of the words of supervision; figures, rules and cards are called in supervision.words."""

from collections.abc import Mapping


def _(text: str) -> str:
    return text


SUPERVISION_LABELS: Mapping[str, Mapping[str, str]] = {
    "card_state": {
        "issued": _("Card issued"),
        "answered": _("Answered by the department"),
        "ordered": _("Rectification ordered"),
        "cancelled": _("Written off"),
        "handled": _("Dealt with"),
        "reported": _("Reported in a bulletin"),
    },
    "card_move": {
        "issue": _("Card issued"),
        "defend": _("Defend"),
        "rectify": _("Report the rectification"),
        "order": _("Order a rectification"),
        "cancel": _("Write off"),
        "handle": _("Handle and hold to account"),
        "report": _("Reported in a bulletin"),
    },
    "rule_class": {"compliance": _("Compliance"), "timeliness": _("Timeliness")},
    "family": {"procedure": _("Procedure"), "fee": _("Fees"), "time": _("Time limits")},
    "severity": {"hint": _("Hint"), "yellow": _("Yellow card"), "red": _("Red card")},
    "card_filter": {
        "severity": _("Severity"),
        "rule_class": _("Class"),
        "family": _("Kind of breach"),
        "state": _("State"),
    },
    "card_fact": {
        "due": _("Due"),
        "step": _("Step"),
        "fee": _("Fee"),
        "amount_fen": _("Amount in fen"),
        "why": _("Why"),
        "act": _("Act done"),
        "codes": _("Papers"),
        "received": _("Received"),
        "kind": _("Kind"),
        "planned": _("Announced working days"),
        "since": _("Since"),
        "to": _("Handed over to"),
        "other": _("Other case"),
        "post": _("Post"),
        "day": _("Day"),
        "number": _("Number"),
        "minutes": _("Minutes passed"),
        "unsigned": _("Unsigned sheets"),
        "version": _("Version"),
        "days": _("Working days"),
    },
    "accountability": {
        "talk": _("Admonishing talk"),
        "criticism": _("Criticism in a bulletin"),
        "no_award": _("No award this year"),
        "transfer": _("Transfer to another post"),
        "discipline": _("Handed over for discipline"),
    },
    "complaint_state": {
        "received": _("Received"),
        "refused": _("Complaint refused"),
        "accepted": _("Complaint accepted"),
        "found": _("Found out"),
        "replied": _("Replied"),
        "called_back": _("Called back"),
        "closed": _("Complaint closed"),
    },
    "complaint_move": {
        "made": _("Complaint made"),
        "accept": _("Accept the complaint"),
        "refuse": _("Refuse the complaint"),
        "find": _("Record the finding"),
        "reply": _("Record the reply"),
        "call_back": _("Record the call back"),
        "close": _("Close the complaint"),
    },
    "complaint_subject": {
        "case": _("A case, by its number"),
        "tender": _("A tender, by its id"),
        "window": _("A window, by its id"),
        "department": _("A department, by its id"),
        "site": _("A site, by its code"),
    },
    "level": {
        "5": _("Very satisfied"),
        "4": _("Satisfied"),
        "3": _("Basically satisfied"),
        "2": _("Dissatisfied"),
        "1": _("Very dissatisfied"),
    },
    "dimension": {
        "efficiency": _("Efficiency"),
        "attitude": _("Attitude"),
        "quality": _("Quality of service"),
        "guide": _("Accuracy of the guide"),
        "convenience": _("Convenience"),
        "platform": _("Use of the platform"),
    },
    "review": {
        "in_centre": _("Is everything in the centre that should be?"),
        "faster": _("Has approval become faster?"),
        "easier": _("Has it become easier for people?"),
        "content": _("Are people content?"),
    },
    "score_subject": {"department": _("Departments"), "window": _("Windows"), "person": _("People")},
    "bound": {"at_least": _("at least"), "at_most": _("at most")},
}
