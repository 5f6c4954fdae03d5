"""Looking at a rulebook before it is published: its explanation, remarks, a trial on prices, what a ring could gain."""

from time import perf_counter
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath, URLEncodedBody
from markupsafe import Markup

from accounts.duties import Duty
from evaluation.answers import AnswerField, answer_fields
from evaluation.explain import explain
from evaluation.line_chart import LineChart, svg
from evaluation.lint import lint
from evaluation.price_curve import curve_chart
from evaluation.rulebook import Rulebook, read_rulebook
from evaluation.stress import Model, stress
from evaluation.stress_report import SETTINGS, advice, stress_chart
from evaluation.trial import Setting, Trial, read_prices, try_prices
from kernel.errors import NotFound, TenderingError
from kernel.money import read_units
from tender import queries
from web.guards import adapters_of
from web.language import language_of, translate
from web.pages.forms import text, whole
from web.pages.office import own
from web.pages.render import actor_of, refuse, render
from web.ready_made import named
from web.routes import get, post

OWN = "own"  # the rulebook that the tender has
LOT = "lot-"  # before the number of a lot that has its own; everything else names a ready-made one
TEMPLATE = "office-rulebook-look.html"
USUAL: dict[str, Any] = {"honest": 5, "spread": "lognormal", "spread_percent": 5, "target_percent": 100}


@get("/office/tenders/{tender_id:str}/rulebook/look/{which:str}")
def look(request: Request[Any, Any, Any], tender_id: FromPath[str], which: FromPath[str]) -> Response[str]:
    """The explanation and the remarks."""
    return render(request, TEMPLATE, form=USUAL, **_values(request, tender_id, which))


@post("/office/tenders/{tender_id:str}/rulebook/look/{which:str}/try", status_code=200)
def try_out(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    which: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[str]:
    """Points and places of pasted prices, with the curve."""
    values, form = _values(request, tender_id, which), {**USUAL, **data}
    try:
        trial = _trial(values["book"], text(data, "prices"))
    except TenderingError as error:
        return refuse(request, TEMPLATE, error, field="prices", form=form, **values)
    return render(request, TEMPLATE, form=form, trial=trial, curve=_curve(request, trial), **values)


@post("/office/tenders/{tender_id:str}/rulebook/look/{which:str}/stress", status_code=200)
def stress_it(
    request: Request[Any, Any, Any],
    tender_id: FromPath[str],
    which: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[str]:
    """What a ring could gain, counted now."""
    values, form = _values(request, tender_id, which), {**USUAL, **data}
    started = perf_counter()
    try:
        found = stress(values["book"], _model(values["book"], form))
    except TenderingError as error:
        return refuse(request, TEMPLATE, error, form=form, **values)
    return render(
        request,
        TEMPLATE,
        form=form,
        stress=found,
        advice=advice(found),
        settings=SETTINGS,
        chart=_drawn(stress_chart(found, _short(request))),
        seconds=f"{perf_counter() - started:.1f}",
        **values,
    )


def _values(request: Request[Any, Any, Any], tender_id: str, which: str) -> dict[str, Any]:
    actor = actor_of(request, Duty.TENDER_OFFICE)
    with adapters_of(request).database.reading() as session:
        tender = own(session, actor, tender_id)
        drafted = {OWN: tender.rulebook}
        drafted |= {f"{LOT}{lot.number}": lot.rulebook for lot in queries.lots(session, tender_id)}
    if which not in drafted and not which.startswith(LOT):
        book = named(which)
    elif drafted.get(which) is None:
        raise NotFound(what="rulebook of tender", id=tender_id)
    else:
        book = read_rulebook(drafted[which])
    return {
        "tender": tender,
        "which": which,
        "is_ready_made": which not in drafted,
        "lot_number": which.removeprefix(LOT) if which.startswith(LOT) else "",
        "lots": [int(name.removeprefix(LOT)) for name in drafted if name != OWN],
        "book": book,
        "chapters": explain(book),
        "remarks": lint(book),
        "fields": list(answer_fields(book).values()),
    }


def _trial(book: Rulebook, prices: str) -> Trial:
    """A trial in which every bid answers what is required, with the best choice, yes, or zero."""
    offers = read_prices(prices, book.scale)
    answers = {field.id: _any_answer(field) for field in answer_fields(book).values() if field.required}
    return try_prices(book, offers, Setting((answers,) * len(offers)))


def _any_answer(field: AnswerField) -> object:
    return {"flag": True, "number": "0"}.get(field.kind, field.choices[0] if field.choices else "")


def _model(book: Rulebook, form: dict[str, Any]) -> Model:
    given = text(form, "honest_prices")
    prices = read_prices(given, book.scale) if given else ()
    expected = text(form, "expected")
    return Model(
        honest=whole(form, "honest"),
        expected=read_units(expected, book.scale.places, "expected") if expected else 0,
        spread="given" if prices else text(form, "spread"),
        spread_percent=whole(form, "spread_percent"),
        given=prices,
        target_percent=whole(form, "target_percent"),
    )


def _curve(request: Request[Any, Any, Any], trial: Trial) -> Markup:
    if trial.curve is None:
        return Markup("")
    titles = (translate(language_of(request), word) for word in (CURVE, "Evaluation price", "Price points"))
    return _drawn(curve_chart(trial.ranking.rulebook, trial.curve, *titles))


def _(text: str) -> str:
    return text


CURVE = _("Price points against price")


def _drawn(chart: LineChart) -> Markup:
    return Markup(svg(chart))  # noqa: S704 - our own drawing, its texts escaped


def _short(request: Request[Any, Any, Any]) -> str:
    return "zh" if language_of(request) == "zh-CN" else "en"


ROUTES = [look, try_out, stress_it]
