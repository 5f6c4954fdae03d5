"""Turning a template and its values into a page in the reader's language."""

from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from litestar import MediaType, Request, Response
from litestar.response import Redirect

from accounts.duties import Actor, Duty
from approval.fees import yuan
from crypto.signatures import fingerprint
from evaluation.explain import explain
from kernel.clock import write_time
from kernel.errors import BadInput, BadSheet, NotSignedIn, TenderingError
from kernel.money import write_units
from tender.actions.uploads import Draft, open_drafts
from web.guards import adapters_of, find_caller
from web.language import LANGUAGES, LOCALES, catalogue, language_of, translate_reason
from web.pages import words
from web.problems import problem, status_of
from web.programs import integrity, script

TEMPLATES = LOCALES.parent / "templates"
LARGE_TEXT = "large-text"  # cookie: text half as large again, and larger targets

HOMES = {
    Duty.TENDER_OFFICE: "/office",
    Duty.BIDDER: "/bidder",
    Duty.OPENER: "/opener",
    Duty.EXPERT: "/expert",
    Duty.POOL_MANAGER: "/pool",
    Duty.SUPERVISOR: "/supervision",
    Duty.AUDITOR: "/supervision",
    Duty.MONITOR: "/monitor",
    Duty.WITNESS: "/draws",
    Duty.OPERATOR: "/operator",
    Duty.CENTRE_OFFICE: "/centre",
    Duty.APPLICANT: "/applications",
    Duty.WINDOW_STAFF: "/window",
    Duty.CASE_OFFICER: "/department",
    Duty.LEADER: "/decide",
    Duty.CASHIER: "/fees",
}
"""Where each duty's work begins."""


@cache
def environment(language: str, templates: Path = TEMPLATES) -> Environment:
    """The templates of one language."""
    loader = ChoiceLoader(
        [
            FileSystemLoader(templates),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    made = Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        moment=partial(words.moment, language=language),
        said=partial(words.said, language=language),
        label=partial(words.label, language=language),
        reason=partial(words.reason, language=language),
        missing=partial(words.missing, language=language),
        grouped=words.grouped,
        size=words.size,
        percent=words.percent,
        short=words.short,
        stamp=write_time,
        fingerprint=fingerprint,
        units=write_units,
        yuan=yuan,
        explained=explain,
    )
    made.globals.update(language=language, languages=LANGUAGES, Duty=Duty, HOMES=HOMES)
    made.globals.update(script=script, integrity=integrity)
    return made


def actor_of(request: Request[Any, Any, Any], *duties: Duty) -> Actor:
    """Who is signed in and holds one of the duties; the door sends others to sign in, or away."""
    found = find_caller(request)
    if found is None:
        raise NotSignedIn()
    if duties:
        found.actor.require(*duties)
    return found.actor


def render(request: Request[Any, Any, Any], template: str, status: int = 200, **values: Any) -> Response[str]:
    """A page: the template with its values, the reader and the language."""
    found = find_caller(request)
    person = found.actor if found else None
    drafts = drafts_of(request, person) if person and person.holds(Duty.BIDDER) else []
    text = page_text(request, template, person=person, own_drafts=drafts, **values)
    headers = {"Cache-Control": "no-store"} if found else {}
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers)


def drafts_of(request: Request[Any, Any, Any], bidder: Actor) -> list[Draft]:
    """What the bidder's organisation has uploaded and not submitted: every page of theirs says so."""
    adapters = adapters_of(request)
    with adapters.database.reading() as session:
        return open_drafts(session, bidder_id=bidder.organisation_id, now=adapters.clock.now())


def page_text(request: Request[Any, Any, Any], template: str, *, person: Actor | None, **values: Any) -> str:
    """The text of a page."""
    return (
        environment(language_of(request))
        .get_template(template)
        .render(
            person=person,
            path=request.url.path,
            large_text=request.cookies.get(LARGE_TEXT) == "1",
            site=adapters_of(request).settings.public_url,
            **values,
        )
    )


def refuse(
    request: Request[Any, Any, Any],
    template: str,
    error: TenderingError,
    *,
    field: str = "",
    **values: Any,
) -> Response[str]:
    """The page again with what was wrong on top; what the reader typed is in `values` and stays.

    `field` is the id of the input that the message belongs to; without it, the field that the error names.
    """
    described = problem(request, error)
    where = str(error.facts.get("where", ""))
    if type(error) in (BadInput, BadSheet) and (where.isidentifier() or field in ("", where)):
        # The field is marked on the page, so its name in the code need not be read.
        described["detail"] = translate_reason(language_of(request), str(error.facts["why"]))
    described["field"] = field or where
    return render(request, template, status_of(error), error=described, **values)


def error_page(request: Request[Any, Any, Any], status: int, message: str) -> Response[str]:
    """A page that says what went wrong and what to do."""
    body = page_text(request, "error.html", person=None, status=status, message=message)
    return Response(body, status_code=status, media_type=MediaType.HTML)


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person with a browser asks, not a program."""
    path = request.url.path
    return not path.startswith(("/api", "/log", "/health", "/static")) and "text/html" in request.headers.get(
        "accept", ""
    )


def see(path: str) -> Redirect:
    """Send the reader on after a form (303, so that reloading repeats nothing)."""
    return Redirect(path, status_code=303)
