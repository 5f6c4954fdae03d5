"""The routes of all areas, in one list for the application."""

from web.pages import (
    bidder,
    bidder_submit,
    calendar,
    draws,
    expert,
    office,
    office_draft,
    office_running,
    opener,
    opening,
    operator,
    pool,
    public,
    receipts,
    result,
    site,
)

ROUTES = [
    *bidder.ROUTES,
    *bidder_submit.ROUTES,
    *calendar.ROUTES,
    *draws.ROUTES,
    *expert.ROUTES,
    *office.ROUTES,
    *office_draft.ROUTES,
    *office_running.ROUTES,
    *opener.ROUTES,
    *opening.ROUTES,
    *operator.ROUTES,
    *pool.ROUTES,
    *public.ROUTES,
    *receipts.ROUTES,
    *result.ROUTES,
    *site.ROUTES,
]
