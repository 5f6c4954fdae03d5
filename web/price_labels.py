"""What people read instead of the words of the price checks (清标)."""

from collections.abc import Mapping

from evaluation.price_checks.findings import Rule


def _(text: str) -> str:
    return text


PRICE_LABELS: Mapping[str, Mapping[str, str]] = {
    "price_rule": {
        Rule.PRODUCT: _("Quantity times unit price is another total"),
        Rule.DECIMAL_POINT: _("The decimal point of the unit price is plainly wrong"),
        Rule.FEE: _("The rate of its base is another amount"),
        Rule.SUM: _("The rows come to another sum"),
        Rule.WORDS: _("Words and figures differ"),
        Rule.WORDS_UNREADABLE: _("The amount in words cannot be read"),
        Rule.ANNOUNCED: _("The bill differs from the price read out"),
        Rule.UNPRICED: _("No price"),
        Rule.ZERO_PRICE: _("Price of zero"),
        Rule.NEGATIVE_PRICE: _("Price below zero"),
        Rule.MISSING_ITEM: _("Missing item"),
        Rule.ADDED_ITEM: _("Added item"),
        Rule.CHANGED_ITEM: _("Changed item"),
        Rule.CHANGED_QUANTITY: _("Changed quantity"),
        Rule.FEE_BASE: _("Changed base of a fee"),
        Rule.FEE_RATE: _("Changed rate of a fixed fee"),
        Rule.PROVISIONAL: _("Changed provisional sum"),
        Rule.UNBALANCED: _("Unbalanced unit price"),
        Rule.FRONT_LOADED: _("Front-loaded prices"),
    },
    "price_evidence": {
        "quantity": _("Quantity"),
        "unit_price": _("Unit price"),
        "total": _("Total"),
        "product": _("Product"),
        "base": _("Base"),
        "rate": _("Rate, per cent"),
        "stated": _("Stated"),
        "sum_of_stated": _("Sum of the rows as stated"),
        "sum_of_corrected": _("Sum of the rows as corrected"),
        "words": _("In words"),
        "figures": _("In figures"),
        "announced": _("Read out"),
        "bill": _("Bill"),
        "name": _("Name"),
        "given": _("Given by the tender"),
        "found": _("Found in the bid"),
        "median": _("Median of all bids"),
        "percent": _("Per cent of the median"),
        "limits": _("Limits, per cent"),
        "early_percent": _("Early items, per cent of the medians"),
        "late_percent": _("Late items, per cent of the medians"),
        "limit": _("Limit, per cent"),
    },
}
