"""What people read instead of the codes of the expert pool. `_` only marks the texts for extraction."""

from collections.abc import Mapping


def _(text: str) -> str:
    return text


POOL_LABELS: Mapping[str, Mapping[str, str]] = {
    "standing": {
        "active": _("Active"),
        "suspended": _("Suspended"),
        "removed": _("Removed"),
    },
    "expert_title": {
        "": _("Not stated"),
        "senior": _("Senior title"),
        "associate_senior": _("Associate senior title"),
        "middle": _("Intermediate title"),
        "junior": _("Junior title"),
        "equal": _("Equal professional level"),
    },
    "standing_act": {
        "enter": _("Entered"),
        "suspend": _("Suspend"),
        "restore": _("Restore"),
        "remove": _("Remove"),
        "readmit": _("Readmit"),
    },
    "standing_reason": {
        "": "",
        "applied": _("Applied"),
        "investigation": _("Investigation"),
        "complaint": _("Complaint"),
        "training": _("Training is missing"),
        "request": _("At the expert's request"),
        "settled": _("Settled"),
        "age": _("Age limit"),
        "health": _("Health"),
        "wish": _("Own wish"),
        "absence": _("Long absence"),
        "violation": _("Violation"),
        "other": _("Other"),
        "filed": _("Filed by the expert"),
        "no_avoidance": _("Did not avoid a party"),
        "disclosure": _("Disclosed the evaluation"),
        "bribery": _("Took advantages"),
        "unfair": _("Judged unfairly"),
        "no_show": _("Absent without notice"),
    },
    "eligibility_limit": {
        "tie_years": _("Years that a former employment or interest counts"),
        "oldest": _("Age at which experts leave (0: none)"),
        "cool_down_days": _("Days of rest after a panel (0: none)"),
        "most_per_month": _("Panels a month (0: no limit)"),
        "credentials": _("Certificates that must be valid"),
    },
    "credential": {
        "title": _("Professional title"),
        "licence": _("Practice licence"),
        "training": _("Training"),
        "degree": _("Degree"),
        "other": _("Other"),
    },
    "exclusion": {
        "standing": _("Standing or age"),
        "specialty": _("Specialty"),
        "region": _("Region"),
        "validity": _("Validity"),
        "ban": _("Ban"),
        "leave": _("Leave"),
        "cool-down": _("Cool-down"),
        "monthly-cap": _("Monthly cap"),
        "avoidance": _("Avoidance"),
        "earlier-round": _("Already drawn or in reserve in an earlier round"),
        "no-vacant-seat": _("Fits no vacant seat"),
        "beside-member": _("Colleague or relative of a member"),
        "": _("Can be drawn"),
    },
    "tie_kind": {
        "staff": _("Works or worked there"),
        "relative": _("A relative"),
        "shareholder": _("Holds shares"),
        "director": _("Director"),
        "board_supervisor": _("Member of the supervisory board"),
        "controller": _("Controls it"),
        "adviser": _("Adviser"),
        "other": _("Declared interest"),
    },
    "appraisal_side": {
        "office": _("Tender office"),
        "supervisor": _("Supervisor"),
        "system": _("The platform"),
    },
    "application_state": {
        "open": _("Waiting"),
        "approved": _("Approved"),
        "rejected": _("Rejected"),
    },
    "entry_gap": {
        "years": _("Fewer than eight years in the field"),
        "title": _("No senior title or equal level"),
        "age": _("Age not stated or over the limit"),
    },
}
