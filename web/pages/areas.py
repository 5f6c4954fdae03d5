"""The routes of all areas, in one list for the application."""

from web.pages import (
    opening,
    public,
    result,
    site,
)

ROUTES = [
    *site.ROUTES,
    *public.ROUTES,
    *opening.ROUTES,
    *result.ROUTES,
]
