"""What people read for the steps of a draw and the states of calls. `_` only marks the texts."""

from collections.abc import Mapping

from expert_pool.ceremony import Step


def _(text: str) -> str:
    return text


DRAW_LABELS: Mapping[str, Mapping[str, str]] = {
    "call_state": {
        "waiting": _("about to be called"),
        "ringing": _("called, no answer yet"),
        "accepted": _("accepted"),
        "declined": _("declined"),
        "no_answer": _("did not answer in time"),
        "unreachable": _("left no telephone"),
        "avoided": _("must avoid a party"),
    },
    "call_reason": {
        "busy": _("not free at that time"),
        "ill": _("ill"),
        "interest": _("a tie to a party"),
        "other": _("another reason"),
    },
    "draw_step": {
        Step.COUNTERSIGN: _("countersign the request"),
        Step.COMMIT: _("commit to a secret"),
        Step.DEAL: _("deal shares of the secret"),
        Step.RECEIVE: _("sign for the shares"),
        Step.REVEAL: _("reveal the secret"),
        Step.RESCUE: _("the others bring back their shares of the secret"),
        Step.LATE_VALUE: _("bring the late value"),
        Step.DRAWN: _("nothing: the panel is drawn"),
        Step.VOID: _("nothing: the draw was voided"),
    },
}
