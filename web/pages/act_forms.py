"""The forms of acts as data: which fields an act asks for, and how what was sent becomes the act's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from approval.lifecycle import Act
from web.labels import _
from web.pages.forms import many, text, whole


@dataclass(frozen=True)
class Field:
    """One field; `kind` says what stands on the page and how it is read.

    line, text: a text · days: a whole number · day: a date · tick: yes or no · papers, conditions: codes of the item ·
    paper, status, stop, way, window, person: one of a list.
    """

    name: str
    kind: str
    label: str
    hint: str = ""


REASON = Field("reason", "text", _("Reason"))
FIELDS: Mapping[Act, tuple[Field, ...]] = {
    Act.PRE_CHECK: (
        Field("note", "text", _("What the check found")),
        Field("passed", "tick", _("The papers are fit to be handed in")),
    ),
    Act.ADD_MATERIAL: (
        Field("code", "paper", _("Paper")),
        Field("status", "status", _("How it is here")),
        Field("remark", "line", _("Remark")),
    ),
    Act.APPLY: (),
    Act.SUPPLEMENT: (),
    Act.TELL_MISSING: (
        Field(
            "codes", "lacking", _("Everything that is missing"), _("All of it at once: there is one notice.")
        ),
        Field("remarks", "remarks", _("What exactly is to be brought")),
        Field(
            "reason",
            "text",
            _("Reason for a second notice"),
            _("Only when a paper could have been named in the first notice; this raises a yellow card."),
        ),
    ),
    Act.ACCEPT: (
        Field(
            "committed",
            "followers",
            _("Papers that may follow (commitment)"),
            _("Only secondary papers, signed for by the applicant, within the promised time."),
        ),
        Field("due_on", "day", _("They come by")),
        Field("before_event", "line", _("or before this event"), _("Such as: start of construction")),
        Field("pledge", "tick", _("On the applicant's pledge, checked afterwards")),
        Field("check_by", "day", _("The pledge is checked by")),
    ),
    Act.NOT_ACCEPT: (REASON, Field("conditions", "conditions", _("Conditions that it rests on"))),
    Act.ANSWER: (REASON, Field("law", "line", _("Law and article"))),
    Act.FINISH_INSTANT: (Field("conditions", "conditions", _("Conditions that are met")),),
    Act.GIVE_LIMIT: (
        Field("days", "days", _("Working days")),
        Field("minutes", "line", _("Minutes or reason that decided it")),
    ),
    Act.PASS_STEP: (Field("opinion", "text", _("Opinion")),),
    Act.SEND_BACK: (REASON,),
    Act.STOP: (
        Field("kind", "stop", _("For")),
        Field("planned_days", "days", _("Working days it takes, as told to the applicant")),
        Field("refers_to", "line", _("Tender, draw or laboratory")),
    ),
    Act.RESUME: (Field("result", "text", _("Result")),),
    Act.EXTEND: (Field("days", "days", _("Working days")), REASON),
    Act.FORWARD_REPLY: (Field("reply", "text", _("Reply")),),
    Act.GRANT: (
        Field("conditions", "conditions_met", _("Conditions that are met")),
        Field("note", "text", _("Note")),
    ),
    Act.REFUSE: (
        Field("conditions", "conditions", _("Conditions that are not met")),
        Field("note", "text", _("Note")),
    ),
    Act.CERTIFY: (),
    Act.DELIVER: (
        Field("way", "way", _("Way")),
        Field("courier_number", "line", _("Courier's number, if by courier")),
    ),
    Act.WITHDRAW: (REASON,),
    Act.END: (REASON,),
    Act.URGE: (
        Field("days", "days", _("Answer within working days")),
        Field("text", "text", _("What is asked")),
    ),
    Act.HAND_OVER: (
        Field("window_id", "window", _("To the window")),
        Field("person_id", "person", _("To the person")),
    ),
    Act.CORRECT: (
        Field("error", "text", _("What was wrong")),
        Field("correction", "text", _("What holds instead")),
    ),
}
"""Acts that a person does; those of the clock have no form."""

LISTS = frozenset({"papers", "lacking", "followers", "conditions", "conditions_met"})
AFTER = (Act.ADD_MATERIAL, Act.GIVE_LIMIT, Act.STOP, Act.URGE, Act.HAND_OVER, Act.WITHDRAW, Act.END)
"""Acts that stand below those which carry the case on."""
ORDER = (*(act for act in FIELDS if act not in AFTER), *AFTER)


def read_data(act: Act, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an act from its form: only the fields that the act declares.

    Raises:
        BadInput: a number is none.
    """
    data: dict[str, Any] = {}
    for field in FIELDS[act]:
        if field.kind in LISTS:
            data[field.name] = [code for code in many(sent, field.name) if code]
        elif field.kind == "remarks":
            data[field.name] = {
                name.removeprefix("remark_"): text(sent, name)
                for name in sent
                if name.startswith("remark_") and text(sent, name)
            }
        elif field.kind == "days":
            data[field.name] = whole(sent, field.name)
        elif field.kind == "tick":
            data[field.name] = text(sent, field.name) == "yes"
        else:
            data[field.name] = text(sent, field.name)
    return data
