"""Points for price.

Low price first (低价优先法): the lowest price among the compliant bids earns the full points of the rule,
every other price earns `maximum * lowest / price`, rounded half up once, to the rule's own decimals.
Source: 政府采购货物和服务招标投标管理办法 (财政部令第87号) article 55.
"""

import numpy as np

from evaluation.fixed_point import Units, units
from evaluation.rounded import Rounded, rounded
from evaluation.rulebook import PriceRule


def score_prices(prices: Units, rule: PriceRule) -> Rounded:
    """Points of each compliant price, in units of 10**-rule.places and in the order given."""
    if prices.size == 0:
        return Rounded(prices, prices, prices)
    numerators = np.full_like(prices, 0) + units([rule.maximum * int(prices.min())])
    return rounded(numerators, prices)


def describe_price_rule(rule: PriceRule) -> str:
    """The name of the rule as it stands in a derivation."""
    return f"{rule.kind}({rule.benchmark})"
