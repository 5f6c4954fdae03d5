"""How many lots one bidder may win and by which method, as data: frozen with the notice, or given in a file.

Rules:
1. `each_alone` has no cap; the other methods need one.
2. Bundles may be offered only where the optimum is sought; a bundle names two lots or more, each once.
3. What the award weighs is the price, or the points that a bid lacks to the full mark.

Format: docs/formats/lot-award.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crypto.canonical import JsonValue
from evaluation.lots.award import METHODS, Lot, Proposal, each_alone, optimal, sequential
from evaluation.lots.bundles import Bundle, bundled
from kernel.fields import Fields

OBJECTIVES: Final = ("price", "points")
MOST_LOTS = 1_000
MOST_BUNDLES = 100


@dataclass(frozen=True)
class AwardRule:
    """The award rule of a tender; bundles are lot numbers that bidders may offer together."""

    method: str = "each_alone"
    cap: int | None = None
    objective: str = "price"
    bundles: tuple[tuple[int, ...], ...] = ()


def read_rule(data: object, path: str = "award_rule") -> AwardRule:
    """Read an award rule from parsed JSON.

    Raises:
        BadInput: the path of the first wrong field and what it must be.
    """
    fields = Fields(data, path=path)
    method = fields.choice("method", METHODS)
    cap = fields.whole("cap", 1, MOST_LOTS) if fields.has("cap") else None
    if (cap is None) != (method == "each_alone"):
        fields.fail("cap", "a cap is needed for sequential and optimal, and only there")
    objective = fields.choice("objective", OBJECTIVES) if fields.has("objective") else "price"
    bundles = _bundles(fields) if fields.has("bundles") else ()
    if bundles and (method, objective) != ("optimal", "price"):
        fields.fail("bundles", "bundles need the optimal method and the price as what is weighed")
    fields.done()
    return AwardRule(method, cap, objective, bundles)


def write_rule(rule: AwardRule) -> dict[str, JsonValue]:
    """The JSON form of the rule; `read_rule` gives the same rule back."""
    return {
        "method": rule.method,
        "cap": rule.cap,
        "objective": rule.objective,
        "bundles": [list(bundle) for bundle in rule.bundles],
    }


def propose(
    rule: AwardRule,
    lots: Sequence[Lot],
    bundles: Sequence[Bundle] = (),
    fewest: Mapping[str, int] | None = None,
) -> Proposal:
    """Apply the rule; bundles and least numbers of lots count only where the optimum is sought."""
    if rule.method == "each_alone" or rule.cap is None:
        return each_alone(lots)
    if rule.method == "sequential":
        return sequential(lots, rule.cap)
    return bundled(lots, rule.cap, bundles, fewest) if bundles or fewest else optimal(lots, rule.cap)


def compare(
    rule: AwardRule,
    lots: Sequence[Lot],
    bundles: Sequence[Bundle] = (),
    fewest: Mapping[str, int] | None = None,
) -> tuple[Proposal, Proposal | None]:
    """The proposal of the rule, and beside it what the other method would give; None where there is no cap."""
    own = propose(rule, lots, bundles, fewest)
    if rule.cap is None:
        return own, None
    other = "optimal" if rule.method == "sequential" else "sequential"
    return own, propose(AwardRule(other, rule.cap, rule.objective), lots, bundles, fewest)


def _bundles(fields: Fields) -> tuple[tuple[int, ...], ...]:
    bundles = []
    for number, written in enumerate(fields.list("bundles")):
        where = f"bundles[{number}]"
        if not isinstance(written, list | tuple):
            fields.fail(where, "a list of lot numbers is needed here")
        lots = tuple(lot for lot in written if isinstance(lot, int) and not isinstance(lot, bool) and lot > 0)
        if len(lots) != len(written) or len(set(lots)) != len(lots) or len(lots) < 2:
            fields.fail(where, "two lot numbers or more are needed, each once")
        bundles.append(tuple(sorted(lots)))
    if len(set(bundles)) != len(bundles) or len(bundles) > MOST_BUNDLES:
        fields.fail("bundles", f"at most {MOST_BUNDLES} bundles are allowed, each once")
    return tuple(bundles)
