"""What people read instead of the words of the blind step (暗标)."""

from collections.abc import Mapping


def _(text: str) -> str:
    return text


BLIND_LABELS: Mapping[str, Mapping[str, str]] = {
    "blind_state": {
        "preparing": _("The parts are being laid out"),
        "scoring": _("Scored under labels"),
        "revealed": _("Revealed"),
    },
    "blind_place": {
        "text": _("in the text"),
        "margin": _("in headers, footers or notes"),
        "metadata": _("in the metadata"),
        "name": _("in the file's name"),
    },
    "blind_mark": {
        "name": _("Name of a bidder or person"),
        "email": _("E-mail address"),
        "web": _("Web address"),
        "phone": _("Telephone number"),
        "credit_code": _("Unified credit code"),
        "author": _("Author"),
        "company": _("Company"),
    },
    "blind_file": {
        "word": _("Word document"),
        "pdf": _("PDF document"),
        "text": _("Text file"),
        "picture": _("Picture"),
        "other": _("Other file"),
    },
    "blind_why": {
        "broken": _("it is broken"),
        "encrypted": _("it is encrypted"),
        "large": _("it is too large"),
        "unpacks": _("it unpacks to too much"),
        "old": _("it is of an old or encrypted Office form"),
        "archive": _("it is an archive of other files"),
        "slow": _("reading took too long"),
        "memory": _("reading took too much memory"),
        "budget": _("the time for this bid was used up"),
        "kind": _("files of this kind are not laid out"),
    },
}
