"""Failures for people: the same table of errors, answered with a page instead of a problem document."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import HTTPException

from kernel.errors import NotSignedIn, TenderingError
from web import problems
from web.labels import _
from web.language import language_of, translate
from web.pages.render import error_page, see, wants_page


def answer_expected(request: Request[Any, Any, Any], error: TenderingError) -> Response[Any]:
    """Answer an expected failure; who has to sign in is sent there and comes back afterwards."""
    answer = problems.answer_expected(request, error)
    if not wants_page(request):
        return answer
    if isinstance(error, NotSignedIn):
        return see(f"/sign-in?next={quote(request.url.path)}")
    return error_page(request, problems.status_of(error), str(problems.problem(request, error)["detail"]))


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses."""
    if not wants_page(request):
        return problems.answer_http(request, error)
    text = (
        _("There is no such page.") if error.status_code == 404 else _("The request could not be understood.")
    )
    return error_page(request, error.status_code, translate(language_of(request), text))


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a bug."""
    answer = problems.answer_bug(request, error)
    if not wants_page(request):
        return answer
    text = _("Something broke on our side. Nothing was half-written. Try again in a moment.")
    return error_page(request, 500, translate(language_of(request), text))
