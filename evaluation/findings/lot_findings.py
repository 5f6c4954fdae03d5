"""All findings about one ranked lot, in the form in which they are kept and shown (docs/formats/findings.md).

The seed of the weight draws is the first 48 bits of the case's digest: nobody chooses it, everybody can repeat it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from crypto.canonical import JsonValue
from evaluation.case import EvaluationCase
from evaluation.findings.abnormally_low import LowPrices, find_low_prices, write_rules
from evaluation.findings.agreement import Floats, measure_agreement
from evaluation.findings.influence import Without, find_influence
from evaluation.findings.outliers import split_votes, write_rule
from evaluation.findings.robustness import WeightDraws, draw_weights, flips
from evaluation.findings.sheet_figures import (
    Compared,
    FlaggedFigure,
    compared_levels,
    find_flagged,
    outlier_rule,
)
from evaluation.result import Ranking
from evaluation.rulebook import FULL_WEIGHT, PRICE_PART, Rulebook
from evaluation.sheets import Sheet
from kernel.ids import BidId

VERSION = 1
DECIMALS = 4
SEED_DIGITS = 12  # hex digits of the case's digest
NOT_BY_TOTAL = "the places are not decided by the weighted total"
ONE_PART = "only one part has a weight"


@dataclass(frozen=True)
class Reason:
    """What a member wrote about a flagged figure."""

    seat: str
    bid_id: str
    level: str
    target: str
    text: str


def make_lot_findings(
    case: EvaluationCase, ranking: Ranking, reasons: Sequence[Reason] = ()
) -> dict[str, JsonValue]:
    """Everything worth a look in one ranked lot; figures that are no decision are rounded to four decimals."""
    accepted = tuple(sorted(line.bid.bid_id for line in ranking.lines))
    sheets = {(sheet.member, str(sheet.bid_id)): sheet for sheet in case.sheets}
    return {
        "v": VERSION,
        "tender_id": case.tender_id,
        "lot_id": case.lot_id,
        "case_digest": ranking.case_digest,
        "abnormally_low": [write_low(found) for found in low_prices(case, accepted)],
        "outliers": _outliers(case, accepted, sheets, reasons),
        "agreement": _agreement(case, accepted, sheets),
        "influence": _influence(case, ranking),
        "robustness": _robustness(ranking),
    }


def low_prices(case: EvaluationCase, valid: Sequence[BidId]) -> tuple[LowPrices, ...]:
    """The rulebook's rules applied to the prices of the valid bids as they were opened."""
    prices = {bid.bid_id: bid.price for bid in case.bids if bid.bid_id in set(valid)}
    rules = case.rulebook
    return find_low_prices(rules.abnormally_low, prices, rules.price.ceiling, rules.price_places)


def write_low(found: LowPrices) -> dict[str, JsonValue]:
    """One rule with the steps to its limit; the steps are fractions in price units."""
    return {
        "rule": write_rules((found.rule,))[0],
        "steps": [
            {"step": name, "numerator": str(value.numerator), "denominator": str(value.denominator)}
            for name, value in found.steps
        ],
        "flagged": list(found.flagged),
        "skipped": found.skipped,
    }


def _outliers(
    case: EvaluationCase,
    bids: Sequence[BidId],
    sheets: Mapping[tuple[str, str], Sheet],
    reasons: Sequence[Reason],
) -> dict[str, JsonValue]:
    said = {(one.seat, one.bid_id, one.level, one.target): one.text for one in reasons}
    found = find_flagged(case.rulebook, case.members, bids, sheets)
    return {
        "rule": write_rule(outlier_rule(case.rulebook)),
        "figures": [
            _flagged(one, said.get((one.seat, one.bid_id, one.level, one.target), "")) for one in found
        ],
        "split": _split(case, bids, sheets),
    }


def _flagged(one: FlaggedFigure, reason: str) -> dict[str, JsonValue]:
    return {
        "seat": one.seat,
        "bid_id": one.bid_id,
        "level": one.level,
        "target": one.target,
        "is_high": one.is_high,
        "band": one.band,
        "reason": reason,
    }


def _split(
    case: EvaluationCase, bids: Sequence[BidId], sheets: Mapping[tuple[str, str], Sheet]
) -> list[JsonValue]:
    """Yes-or-no items, all or nothing in one step, on which the members differ."""
    criteria = case.rulebook.expert_criteria
    columns = [column for column, one in enumerate(criteria) if one.step == one.maximum]
    levels = compared_levels(case.rulebook, case.members, bids, sheets)
    if not levels or not columns:
        return []
    return [
        {"bid_id": bids[bid], "criterion": criteria[column].id}
        for bid, column in split_votes(levels[0].figures, columns)
    ]


def _agreement(
    case: EvaluationCase, bids: Sequence[BidId], sheets: Mapping[tuple[str, str], Sheet]
) -> list[JsonValue]:
    return [
        _agreed(level, column)
        for level in compared_levels(case.rulebook, case.members, bids, sheets)
        for column in range(len(level.targets))
    ]


def _agreed(level: Compared, column: int) -> dict[str, JsonValue]:
    found = measure_agreement(np.asarray(level.figures[:, :, column], dtype=np.float64))
    figures = {name: _shown(value) for name, value in vars(found).items()}
    return {"level": level.level, "target": level.targets[column], **figures}


def _influence(case: EvaluationCase, ranking: Ranking) -> dict[str, JsonValue]:
    found = find_influence(case, ranking)
    return {
        "experts": [_without(one) for one in found.experts],
        "criteria": [_without(one) for one in found.criteria],
    }


def _without(one: Without) -> dict[str, JsonValue]:
    return {
        "without": one.left_out,
        "first": list(one.first),
        "changes_first": one.changes_first,
        "moved": one.moved,
        "skipped": one.skipped,
    }


def _robustness(ranking: Ranking) -> dict[str, JsonValue]:
    if ranking.rulebook.award.by != "total":
        return {"skipped": NOT_BY_TOTAL}
    parts, scores, weights = _part_shares(ranking)
    if not len(scores) or (weights > 0).sum() < 2:
        return {"skipped": ONE_PART}
    drawn = draw_weights(scores, weights, seed=int(ranking.case_digest[:SEED_DIGITS], 16))
    ids = [line.bid.bid_id for line in ranking.lines]
    return {
        "skipped": "",
        **_drawn(drawn, ids),
        "flips": [
            {
                "part": parts[flip.part],
                "rival": ids[flip.rival],
                "weight": _shown(flip.weight),
                "change": _shown(flip.change),
            }
            for flip in flips(scores, weights, 0)
        ],
    }


def _drawn(drawn: WeightDraws, ids: Sequence[str]) -> dict[str, JsonValue]:
    return {
        "seed": drawn.seed,
        "draws": drawn.draws,
        "concentration": _shown(drawn.concentration),
        "win_share": [
            {"bid_id": id, "share": _shown(share)} for id, share in zip(ids, drawn.win_share, strict=True)
        ],
        "change_probability": _shown(drawn.change_probability),
        "kendall_tau": _shown(drawn.kendall_tau),
        "tau_draws": drawn.tau_draws,
    }


def _part_shares(ranking: Ranking) -> tuple[list[str], Floats, Floats]:
    """The parts with their share of the full points, [bid, part], and their weights as shares of one."""
    rules = ranking.rulebook
    scale = 10 ** (rules.places.combined - rules.places.sheet)
    maxima = [rules.price.maximum, *(group.maximum * scale for group in rules.groups)]
    weights = [rules.price.weight, *(group.weight for group in rules.groups)]
    scores = [
        [part.points / most for part, most in zip(line.parts, maxima, strict=True)] for line in ranking.lines
    ]
    ids = [PRICE_PART, *(group.id for group in rules.groups)]
    return ids, np.array(scores, dtype=np.float64), np.array(weights, dtype=np.float64) / FULL_WEIGHT


def _shown(value: float | None) -> str | None:
    return None if value is None else f"{value:.{DECIMALS}f}"


def step_units(step: Mapping[str, str]) -> Fraction:
    """A written step back as its fraction."""
    return Fraction(int(step["numerator"]), int(step["denominator"]))


def part_names(rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """The names of groups and criteria by id, in both languages."""
    names = {group.id: group.name for group in rulebook.groups}
    names |= {criterion.id: criterion.name for criterion in rulebook.criteria}
    return {id: {"zh": name.zh, "en": name.en} for id, name in names.items()}
