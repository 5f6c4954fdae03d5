"""What people read instead of the words of a rulebook; joined with the other labels in web.labels."""

from collections.abc import Mapping


def _(text: str) -> str:
    return text


RULEBOOK_LABELS: Mapping[str, Mapping[str, str]] = {
    "rule": {
        "combined_score": _("Combined score"),
        "low_price_first": _("Lowest price first: lowest ÷ own price × full points"),
        "lowest_compliant": _("the lowest price among accepted bids"),
        "mean": _("mean of all experts"),
        "trimmed_mean": _("mean after the extremes are dropped"),
        "median": _("median of all experts"),
        "criterion": _("for each criterion"),
        "group": _("for each group"),
        "exact_parts": _("add exact parts, then round"),
        "rounded_parts": _("add rounded parts"),
        "lower_price": _("the lower price"),
        "higher_technical": _("the higher points of the experts"),
        "lower_evaluated_price": _("the lower evaluation price"),
        "higher_price_points": _("the higher price points"),
        "earlier_bid": _("the earlier bid"),
        "answer": _("the answer yes to"),
        "price": _("Price"),
    },
    "price_formula": {
        "none": _("Price has no points"),
        "ratio": _("In the ratio to the benchmark"),
        "deviation": _("By the deviation from the benchmark"),
        "curve": _("Along straight lines between fixed points"),
        "log": _("By the logarithm of the ratio to the benchmark"),
    },
    "remark": {"error": _("Contradiction"), "warning": _("Warning"), "hint": _("Hint")},
    "answer_kind": {
        "flag": _("true or false"),
        "number": _('a number in quotes, such as "12.5"'),
        "choice": _("one of the choices"),
    },
}
