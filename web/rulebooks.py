"""Rulebooks over JSON before publication: remarks, explanation, a trial on prices, what a ring could gain."""

from time import perf_counter
from typing import Any

import msgspec
from litestar import Request
from litestar.params import JSONBody

from accounts.credentials import Scope
from accounts.duties import Duty
from evaluation.explain import explain
from evaluation.lint import lint
from evaluation.rulebook import Rulebook, read_rulebook, rulebook_digest, write_rulebook
from evaluation.rulebook.numbers import read_decimal, write_bilingual
from evaluation.stress import Model, stress
from evaluation.stress_report import write_stress
from evaluation.trial import Setting, read_prices, try_prices, write_trial
from kernel.errors import BadInput
from kernel.money import read_units
from web.guards import caller
from web.ready_made import named, ready_made
from web.routes import get, post
from web.shapes import Shape

OK = 200  # these posts create nothing


class RulebookRequest(Shape):
    """A rulebook, or the name of a ready-made one."""

    rulebook: dict[str, Any] | None = None
    ready_made: str = ""

    def read(self) -> Rulebook:
        """The rulebook; raises BadRulebook or NotFound."""
        if (self.rulebook is None) == (not self.ready_made):
            raise BadInput(where="rulebook", why="give a rulebook, or the name of a ready-made one")
        return (
            read_rulebook(self.rulebook, "rulebook") if self.rulebook is not None else named(self.ready_made)
        )


class TryRequest(RulebookRequest):
    """Offers as a pasted list, and what a trial holds fixed."""

    prices: str = ""
    answers: list[dict[str, Any]] = msgspec.field(default_factory=list)
    drawn: dict[str, str] = msgspec.field(default_factory=dict)
    seed: int = 0


class StressRequest(RulebookRequest):
    """The model of docs/formats/rulebook-stress.md; prices make it draw from them."""

    honest: int = 5
    expected: str = ""
    spread: str = "lognormal"
    spread_percent: int = 5
    prices: str = ""
    target_percent: int = 100
    seed: int = 1


@get("/api/rulebooks")
def list_rulebooks(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The ready-made rulebooks in full, by name."""
    _office(request)
    return {"ready_made": {name: write_rulebook(book) for name, book in ready_made().items()}}


@post("/api/rulebooks/lint", status_code=OK)
def lint_rulebook(request: Request[Any, Any, Any], data: JSONBody[RulebookRequest]) -> dict[str, Any]:
    """Remarks and the explanation of a rulebook."""
    _office(request)
    rulebook = data.read()
    return {
        "digest": rulebook_digest(rulebook),
        "remarks": [
            {"code": r.code, "severity": r.severity, "where": r.where, "why": write_bilingual(r.why)}
            for r in lint(rulebook)
        ],
        "explanation": [
            {
                "title": write_bilingual(chapter.title),
                "sentences": [write_bilingual(one) for one in chapter.sentences],
            }
            for chapter in explain(rulebook)
        ],
    }


@post("/api/rulebooks/try", status_code=OK)
def try_rulebook(request: Request[Any, Any, Any], data: JSONBody[TryRequest]) -> dict[str, Any]:
    """Benchmark, points and places of made-up offers."""
    _office(request)
    rulebook = data.read()
    offers = read_prices(data.prices, rulebook.scale)
    coefficients = {}
    for name, value in data.drawn.items():
        try:
            coefficients[name] = read_decimal(value)
        except ValueError as why:
            raise BadInput(where=f"drawn.{name}", why=str(why)) from None
    return write_trial(
        try_prices(rulebook, offers, Setting(tuple(data.answers), (), coefficients, data.seed))
    )


@post("/api/rulebooks/stress", status_code=OK)
def stress_rulebook(request: Request[Any, Any, Any], data: JSONBody[StressRequest]) -> dict[str, Any]:
    """What a ring could gain by shadow bids."""
    _office(request)
    rulebook = data.read()
    given = read_prices(data.prices, rulebook.scale) if data.prices else ()
    expected = read_units(data.expected, rulebook.scale.places, "expected") if data.expected else 0
    spread = "given" if given else data.spread
    model = Model(data.honest, expected, spread, data.spread_percent, given, data.target_percent, data.seed)
    started = perf_counter()
    found = stress(rulebook, model)
    return {**write_stress(found, rulebook), "seconds": f"{perf_counter() - started:.1f}"}


def _office(request: Request[Any, Any, Any]) -> None:
    caller(request).may(Scope.OFFICE).require(Duty.TENDER_OFFICE)


ROUTES = [list_rulebooks, lint_rulebook, try_rulebook, stress_rulebook]
