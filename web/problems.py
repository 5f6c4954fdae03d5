"""The one table from an error to a problem document (RFC 9457), in the reader's language."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from kernel.errors import (
    BadHeader,
    BadInput,
    ChangedMeanwhile,
    IntegrityBroken,
    NotAllowed,
    NotFound,
    NotSignedIn,
    NotYetClosed,
    RateLimited,
    Refused,
    TenderingError,
    TooLarge,
    Unavailable,
    UploadBusy,
    UploadExpired,
    WrongChecksum,
    WrongMediaType,
    WrongProtocol,
)
from web.labels import LABELS, MISSING, label_of
from web.language import language_of, translate, translate_reason

LOG = structlog.get_logger("web")

STATUS: tuple[tuple[type[TenderingError], int], ...] = (
    (UploadExpired, 410),
    (NotFound, 404),
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (WrongProtocol, 412),
    (BadHeader, 400),
    (WrongMediaType, 415),
    (WrongChecksum, 460),
    (BadInput, 422),
    (TooLarge, 413),
    (RateLimited, 429),
    (ChangedMeanwhile, 412),
    (UploadBusy, 423),
    (NotYetClosed, 409),
    (Refused, 409),
    (Unavailable, 503),
    (IntegrityBroken, 500),
)
"""First match wins, so a class stands before its parent."""


def status_of(error: TenderingError) -> int:
    """The HTTP status of an expected failure."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


FACT_KINDS = {
    "stage": "stage",
    "move": "move",
    "held": "duty",
    "asked": "duty",
    "party": "party",
    "act": "act",
    "state": "case_state",
    "power": "power",
}


def worded(language: str, name: str, value: object) -> object:
    """A fact as its reader says it: words of the code by their label, reasons in the reader's language."""
    text = str(value)
    if name in FACT_KINDS:
        return translate(language, label_of(FACT_KINDS[name], text))
    if name == "duty":
        held = [translate(language, label_of(name, duty)) for duty in text.split(" / ")]
        return translate_reason(language, " / ".join(held))
    if name == "allowed":
        return ", ".join(translate(language, label_of("act", act)) for act in text.split(", "))
    if name == "why" and text in LABELS["fee_refusal"]:
        return translate(language, label_of("fee_refusal", text))
    if name == "missing":
        return ", ".join(translate(language, MISSING.get(code, code)) for code in text.split(", "))
    if name == "lines" and isinstance(value, list):
        return "; ".join(f"{line}: {where}: {translate_reason(language, why)}" for line, where, why in value)
    if name in ("why", "rule", "what", "where"):
        return translate_reason(language, text)
    return value


def problem(request: Request[Any, Any, Any], error: TenderingError) -> dict[str, object]:
    """The problem document: stable code, facts as data, and the message in the reader's language."""
    language = language_of(request)
    facts = {name: value if isinstance(value, int) else str(value) for name, value in error.facts.items()}
    return {
        "type": f"urn:mingtang:problem:{error.code}",
        "title": translate(language, (type(error).__doc__ or "").splitlines()[0]),
        "status": status_of(error),
        "detail": translate(language, error.text).format(
            **{name: worded(language, name, value) for name, value in error.facts.items()}
        ),
        "code": error.code,
        "facts": facts,
    }


def answer_expected(request: Request[Any, Any, Any], error: TenderingError) -> Response[Any]:
    """Answer an expected failure; broken integrity also raises the alarm."""
    if isinstance(error, IntegrityBroken):
        LOG.critical("integrity broken", what=str(error.facts.get("what", "")), path=request.url.path)
    return _respond(problem(request, error))


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses: unknown paths, methods, malformed bodies."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": error.detail if error.status_code != 404 else "Not Found",
        "status": error.status_code,
        "code": {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(
            error.status_code, "bad-input"
        ),
    }
    if isinstance(error, ValidationException):
        body |= {"status": 422, "detail": _where(error), "title": "Bad input"}
    return _respond(body, getattr(error, "headers", None))


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a bug with a reference and nothing else; the log has the rest, without the request's body."""
    reference = request.headers.get("x-request-id", "")
    LOG.error("internal error", kind=type(error).__name__, path=request.url.path, exc_info=error)
    return _respond(
        {
            "type": "about:blank",
            "title": "Internal error",
            "status": 500,
            "code": "internal",
            "detail": translate(
                language_of(request), "Something broke on our side. Nothing was half-written."
            ),
            "reference": reference,
        }
    )


def _where(error: ValidationException) -> str:
    extra = error.extra if isinstance(error.extra, list) else []
    found = [
        f"{item.get('key', 'body')}: {item.get('message', '')}" for item in extra if isinstance(item, dict)
    ]
    return "; ".join(found) or error.detail


def _respond(body: dict[str, object], headers: dict[str, str] | None = None) -> Response[Any]:
    status = body["status"]
    assert isinstance(status, int)
    retry = {"Retry-After": "60"} if status in (429, 503) else {}
    return Response(
        body,
        status_code=status,
        media_type="application/problem+json",
        headers={**(headers or {}), **retry},
    )
