"""Prices that call for an explanation: found as soon as the valid bids are known, from what is on record."""

from sqlmodel import Session

from evaluation.findings.abnormally_low import LowPrices, find_low_prices
from evaluation.queries import judging


def low_prices(session: Session, tender_id: str, lot_id: str) -> tuple[LowPrices, ...] | None:
    """Every rule of the rulebook applied to the valid bids of a lot; None until the compliance review is over."""
    screening = judging.find_screening(session, tender_id, lot_id)
    if screening is None:
        return None
    rules = judging.rulebook(session, tender_id, lot_id)
    prices = {bid.bid_id: bid.price for bid in screening.accepted if bid.is_priced}
    if not prices:
        return ()
    return find_low_prices(rules.abnormally_low, prices, rules.price.ceiling, rules.price_places)
