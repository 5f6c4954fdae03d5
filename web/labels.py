"""What people read instead of the words of the code: one English text for each member of an enumeration.

The texts are msgids; `_` only marks them for extraction.
"""

from collections.abc import Mapping

from accounts.duties import Duty
from kernel.working_days import DayKind
from tender.failures import Consequence, Failing
from tender.lifecycle import Move, Stage
from tender.opening import BidOutcome, Cause
from web.approval_labels import APPROVAL_LABELS
from web.blind_labels import BLIND_LABELS
from web.draw_labels import DRAW_LABELS
from web.pool_labels import POOL_LABELS
from web.price_labels import PRICE_LABELS
from web.rulebook_labels import RULEBOOK_LABELS
from web.supervision_labels import SUPERVISION_LABELS


def _(text: str) -> str:
    return text


LABELS: Mapping[str, Mapping[str, str]] = {
    **APPROVAL_LABELS,
    **RULEBOOK_LABELS,
    **BLIND_LABELS,
    **PRICE_LABELS,
    **DRAW_LABELS,
    **POOL_LABELS,
    **SUPERVISION_LABELS,
    "stage": {
        Stage.DRAFT: _("Draft"),
        Stage.PUBLISHED: _("Open for bids"),
        Stage.CLOSED: _("Closed, being opened"),
        Stage.OPENED: _("Opened, being evaluated"),
        Stage.EVALUATED: _("Evaluated"),
        Stage.FAILED: _("Failed: too few bids"),
    },
    "absence_cause": {
        "absent": _("Absent from the evaluation"),
        "ill": _("Ill"),
        "avoids": _("Has to avoid a bidder"),
        "other": _("Another cause"),
    },
    "absence_state": {
        "open": _("Waiting for the supervisor"),
        "confirmed": _("Confirmed, replaced"),
        "refused": _("Refused, stays"),
    },
    "clarification": {
        "general": _("Explanation"),
        "price_correction": _("Corrected price"),
        "abnormally_low": _("Unusually low price"),
    },
    "ruling": {
        "accepted": _("Accepted"),
        "disregarded": _("Would change the substance: disregarded"),
        "unanswered": _("No answer came"),
    },
    "earlier_work": {
        "votes": _("Verdicts"),
        "sheet": _("Scoring sheet"),
        "blind_sheet": _("Points under a label"),
        "ranking": _("Ranking"),
        "report": _("Report"),
    },
    "earlier_cause": {
        "reopened": _("The step was opened again"),
        "replaced": _("The member was replaced"),
    },
    "move": {
        Move.EDIT: _("Editing the draft"),
        Move.PUBLISH: _("Publishing"),
        Move.ASK: _("Asking a question"),
        Move.AMEND: _("Publishing an amendment"),
        Move.SUBMIT: _("Submitting a bid"),
        Move.WITHDRAW: _("Withdrawing a bid"),
        Move.CLOSE: _("Closing"),
        Move.FAIL: _("Ending without enough bids"),
        Move.RELEASE: _("Releasing key shares"),
        Move.OPEN: _("Opening bids"),
        Move.DRAW: _("Drawing the panel"),
        Move.RANK: _("Evaluating"),
        Move.REOPEN: _("Opening the evaluation again"),
    },
    "duty": {
        Duty.TENDER_OFFICE: _("Tender office"),
        Duty.OPENER: _("Opener"),
        Duty.SUPERVISOR: _("Supervisor"),
        Duty.WITNESS: _("Witness"),
        Duty.BIDDER: _("Bidder"),
        Duty.EXPERT: _("Expert"),
        Duty.POOL_MANAGER: _("Pool manager"),
        Duty.OPERATOR: _("Operator"),
        Duty.APPLICANT: _("Applicant"),
        Duty.WINDOW_STAFF: _("Window staff"),
        Duty.CASE_OFFICER: _("Case officer"),
        Duty.LEADER: _("Department leader"),
        Duty.CASHIER: _("Cashier"),
        Duty.CENTRE_OFFICE: _("Centre office"),
        Duty.MONITOR: _("Monitor"),
        Duty.AUDITOR: _("Auditor"),
    },
    "day": {
        DayKind.START: _("Day of the event, not counted"),
        DayKind.WORKING: _("Working day"),
        DayKind.MAKE_UP: _("Make-up working day"),
        DayKind.WEEKEND: _("Weekend"),
        DayKind.HOLIDAY: _("Day off by notice"),
        DayKind.EXPECTED: _("Day off by law, notice not yet published"),
        DayKind.STOPPED: _("The clock is stopped, not counted"),
    },
    "home": {
        Duty.TENDER_OFFICE: _("My tenders"),
        Duty.OPENER: _("My openings"),
        Duty.SUPERVISOR: _("Supervision"),
        Duty.WITNESS: _("Draws"),
        Duty.BIDDER: _("My bids"),
        Duty.EXPERT: _("My panels"),
        Duty.POOL_MANAGER: _("Expert pool"),
        Duty.OPERATOR: _("People and jobs"),
        Duty.APPLICANT: _("My cases"),
        Duty.WINDOW_STAFF: _("Window"),
        Duty.CASE_OFFICER: _("Department"),
        Duty.LEADER: _("To decide"),
        Duty.CASHIER: _("Fee window"),
        Duty.CENTRE_OFFICE: _("Centre"),
        Duty.MONITOR: _("Opinion box"),
        Duty.AUDITOR: _("Supervision"),
    },
    "outcome": {
        BidOutcome.OPENED: _("Opened"),
        BidOutcome.MALFORMED: _("Could not be opened"),
        BidOutcome.UNOPENED: _("Not opened"),
    },
    "consequence": {
        Consequence.REVOKED: _("counts as revoked"),
        Consequence.WITHDRAWN: _("counts as withdrawn; the bidder may claim the direct loss"),
    },
    "failing": {
        Failing.OPENERS: _("Openers do not act"),
        Failing.STORED_BID: _("The stored file of a bid is lost"),
    },
    "cause": {
        Cause.BIDDER: _("the bidder is answerable"),
        Cause.PLATFORM: _("the platform is answerable"),
        Cause.OPENER: _("an opener is answerable"),
    },
    "party": {
        "office": _("Tender office"),
        "witness": _("Witness"),
        "supervisor": _("Supervisor"),
    },
    "bid": {
        "sealed": _("Submitted"),
        "replaced": _("Replaced"),
        "withdrawn": _("Withdrawn"),
    },
    "item_kind": {
        "licence": _("Administrative licence"),
        "public_service": _("Public service"),
        "non_licence": _("Other approval"),
        "filing": _("Filing"),
    },
    "mode": {
        "instant": _("Done at once"),
        "promised": _("Done within a promise"),
        "joint": _("Handled jointly"),
        "forwarded": _("Forwarded to a higher authority"),
        "prohibited": _("Answered with the reason of refusal"),
    },
    "item_status": {
        "draft": _("Draft"),
        "in_review": _("In review"),
        "published": _("In the catalogue"),
        "paused": _("Paused"),
        "cancelled": _("Cancelled"),
        "delegated": _("Delegated"),
        "merged": _("Merged"),
    },
    "item_move": {
        "submit": _("Submit for review"),
        "send_back": _("Send back"),
        "publish": _("Publish"),
        "pause": _("Pause"),
        "resume": _("Resume"),
        "cancel": _("Cancel"),
        "delegate": _("Delegate"),
        "merge": _("Merge"),
    },
    "item_class": {
        "investment": _("Investment"),
        "economy": _("Economy"),
        "society": _("Society"),
        "transport": _("Transport"),
        "health": _("Health"),
        "culture": _("Culture"),
    },
    "online_mode": {
        "direct": _("all online"),
        "extended": _("at a local site"),
        "pre_checked": _("checked online, papers at the window"),
    },
    "trust": {
        "A": _("A: issued by government"),
        "B": _("B: checked at a window"),
        "C": _("C: uploaded by the applicant"),
        "D": _("D: made by the applicant"),
    },
    "delivery": {
        "window": _("at the window"),
        "courier": _("by courier"),
        "electronic": _("electronically"),
    },
    "block": {
        "title": _("Name of the item"),
        "basis": _("Legal basis"),
        "conditions": _("Conditions"),
        "procedure": _("Procedure"),
        "materials": _("Papers to bring"),
        "limits": _("Time limits"),
        "fees": _("Fees"),
        "result": _("What you get"),
        "complaint": _("Complaints"),
    },
    "level": {
        "city": _("City"),
        "county": _("County"),
        "town": _("Town"),
        "village": _("Village"),
    },
    "paper": {
        "card": _("Guide card"),
        "guide": _("Service guide"),
        "handout": _("Handout"),
        "manual": _("Staff manual"),
    },
    "total": {
        "items": _("Items"),
        "materials": _("Papers"),
        "pre_conditions": _("Preconditions"),
        "steps": _("Steps of handling"),
        "statutory_days": _("Days by law"),
        "promised_days": _("Promised days"),
        "reported_mean_tenths": _("Reported mean promise, in tenths of a working day"),
        "fees": _("Fees"),
        "intermediary_items": _("Items with an agency"),
        "intermediary_links": _("Steps with an agency"),
    },
    "office_kind": {
        "": _("none"),
        "separate": _("an office of its own"),
        "joint": _("together with another section"),
        "main_named": _("an office with a second name"),
        "added_name": _("a second name of a section"),
    },
    "system_kind": {
        "platform": _("this platform"),
        "own_network": _("a network of its own"),
        "no_business": _("no business yet"),
    },
    "unit_kind": {
        "licensing": _("licensing"),
        "public_service": _("public service"),
        "centre": _("the centre itself"),
    },
    "window_kind": {
        "department": _("of departments"),
        "general": _("general desk"),
        "lead": _("lead window"),
        "cashier": _("fee window"),
        "rating": _("rating terminal"),
    },
    "power": {
        "decide": _("to decide"),
        "report": _("to examine and report"),
        "coordinate": _("to coordinate"),
        "seal": _("to use the seal"),
    },
    "rank": {
        "": _("not stated"),
        "section_chief": _("section chief or above"),
        "deputy": _("deputy section chief"),
        "staff": _("staff"),
    },
    "setting": {
        "open_blocks": _("Public blocks that an item has to fill"),
        "office_hours": _("Office hours"),
        "centre": _("Name of the centre and where to complain"),
        "call_back_share": _("Finished cases called back, in a hundred"),
    },
    "check": {
        "office": _("Approval office"),
        "window": _("Window for every item"),
        "online": _("Online flow for every item"),
        "inside": _("In the centre"),
        "mandate": _("Mandate to decide"),
        "supervised": _("Supervised"),
    },
    "presence": {
        "present": _("Present"),
        "late": _("Late"),
        "early": _("Left early"),
        "late_and_early": _("Late and left early"),
        "absent": _("Absent"),
        "excused": _("Excused"),
        "overtime": _("Overtime"),
    },
    "appraisal": {
        "excellent": _("Excellent"),
        "good": _("Good"),
        "qualified": _("Qualified"),
        "unqualified": _("Unqualified"),
    },
    "suite": {
        "hybrid": _("hybrid (X25519 and ML-KEM-768)"),
        "classic": _("classic (X25519)"),
        "sm": _("national (SM2, SM3 and SM4); sealed by the command line only"),
    },
    "job": {
        "close_tender": _("Record the closing"),
        "open_bid": _("Open an envelope"),
        "score_and_rank": _("Score and rank"),
        "make_report": _("Make the evaluation report"),
        "sweep": _("Let the clock act and the rules look"),
        "make_bulletins": _("Make the bulletins of a period"),
        "make_guides": _("Make the papers about an item"),
        "make_booklet": _("Make the booklet of a year"),
        "make_mandate_letter": _("Make the letter of a mandate"),
        "make_commitment": _("Print the integrity commitment of a post"),
    },
}
"""By kind, then by the word of the code."""

MISSING: Mapping[str, str] = {
    "title.zh": _("Title in Chinese"),
    "title.en": _("Title in English"),
    "reference": _("Reference number"),
    "summary": _("Summary"),
    "lots": _("At least one lot"),
    "timetable": _("Timetable"),
    "rulebook": _("Rulebook"),
    "documents": _("At least one document"),
    "openers": _("At least two openers"),
    "openers.threshold": _("How many openers must open together"),
    "award_rule.bundles (they name lots that do not exist)": _("Bundles of lots that exist"),
    "award_rule.objective (points need the same full mark in every lot)": _(
        "The same full mark in every lot, since the award weighs points"
    ),
    "timetable.closes_at (it has passed)": _("A closing time that has not passed"),
    "shortening_reason": _("The reason for a shorter bidding period"),
    **{
        f"block.{block}": text
        for block, text in (
            ("title", _("Name of the item")),
            ("basis", _("Legal basis")),
            ("conditions", _("Conditions")),
            ("procedure", _("Procedure")),
            ("materials", _("Papers to bring")),
            ("limits", _("Time limits")),
            ("fees", _("Fees")),
            ("result", _("What you get")),
            ("complaint", _("Complaints")),
        )
    },
    "complaint_channel": _("Where to complain"),
    "basis.law": _("At least one legal basis"),
    "basis.article": _("The article of each legal basis"),
    "fees.basis": _("The basis of each fee"),
    "fees.unit": _("The unit of each fee"),
    "fees.unit_fen": _("The price of each fee"),
    "fees.free": _("Either free of charge or with fees, not both"),
    "allows_pledge.sensitive": _("No pledge where safety, finance or life is at stake"),
    "deemed_law": _("The law that deems a permit granted"),
    "steps.decision": _("Steps that end with one decision, then at most one certificate"),
    "steps.post": _("The post in charge of each step"),
    "steps.limit_days": _("Limits of the steps within the promise"),
    "steps.forward": _("A step that forwards the case"),
    "materials.main": _("At least one main paper"),
    "instant.days": _("At most one day for what is done at once"),
    "prohibited.steps": _("No steps for what is only answered"),
    "prohibited.fees": _("No fees for what is only answered"),
    "promised_days": _("A promise within the limit of the law"),
}
"""What a draft may lack, by the code that `tender.notice.missing` gives."""

MISSING_OF_OPENER: Mapping[str, str] = {
    "key": _("Opener %(position)s has not registered a key"),
    "rehearsal": _("Opener %(position)s has not passed the rehearsal"),
}


def label_of(kind: str, value: str) -> str:
    """The msgid of a word of the code; the word itself where there is none."""
    return LABELS[kind].get(value, value)
