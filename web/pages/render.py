"""Turning a template and its values into a page in the reader's language."""

from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from litestar import MediaType, Request, Response
from litestar.response import Redirect

from accounts.duties import Duty
from kernel.clock import BEIJING
from kernel.errors import TenderingError
from web.guards import find_caller
from web.language import LANGUAGES, LOCALES, catalogue, language_of
from web.problems import problem, status_of

TEMPLATES = LOCALES.parent / "templates"


@cache
def environment(language: str) -> Environment:
    """The templates of one language."""
    loader = ChoiceLoader(
        [
            FileSystemLoader(TEMPLATES),
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
    made.filters["beijing"] = beijing
    made.filters["said"] = lambda texts: said(texts, language)
    made.globals.update(language=language, languages=LANGUAGES, Duty=Duty)
    return made


def beijing(at: datetime | str | None) -> str:
    """A moment as people in China read it, with the zone said."""
    if at is None:
        return ""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S") + " 北京时间 (UTC+8)"


def said(texts: dict[str, str] | None, language: str) -> str:
    """The text of a bilingual value in the reader's language, or in the one there is."""
    texts = texts or {}
    return texts.get("zh" if language == "zh-CN" else "en") or next((t for t in texts.values() if t), "")


def render(request: Request[Any, Any, Any], template: str, status: int = 200, **values: Any) -> Response[str]:
    """A page: the template with its values, the reader and the language."""
    language = language_of(request)
    found = find_caller(request)
    text = (
        environment(language)
        .get_template(template)
        .render(person=found.actor if found else None, path=request.url.path, **values)
    )
    return Response(text, status_code=status, media_type=MediaType.HTML)


def refuse(
    request: Request[Any, Any, Any], template: str, error: TenderingError, **values: Any
) -> Response[str]:
    """The page again with what was wrong on top; what the reader typed is in `values` and stays."""
    return render(request, template, status_of(error), error=problem(request, error), **values)


def error_page(request: Request[Any, Any, Any], status: int, message: str) -> Response[str]:
    """A page that says what went wrong and what to do."""
    language = language_of(request)
    text = environment(language).get_template("error.html")
    body = text.render(person=None, path=request.url.path, status=status, message=message)
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
