"""Builds the application: adapters, routes, headers, error answers, and in embedded mode the worker inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig

from kernel.errors import TenderingError
from kernel.settings import read_settings
from storage.adapters import Adapters, make_adapters
from web import bids, evaluations, experts, openings, problems, public_record, sign_in, tenders
from web.pages import PAGES
from worker.embedded import EmbeddedWorker

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@get("/health", sync_to_thread=True)
def health(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Whether the platform can serve: its database answers."""
    with request.app.state.adapters.database.reading() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return {"status": "ok"}


def create_app(adapters: Adapters | None = None) -> Litestar:
    """The application; without adapters it reads the settings of the environment."""
    adapters = adapters or make_adapters(read_settings())

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        worker = EmbeddedWorker(adapters) if adapters.settings.embedded else None
        if worker:
            worker.start()
        try:
            yield
        finally:
            if worker:
                worker.stop()
            adapters.database.close()

    app = Litestar(
        route_handlers=[
            health,
            *sign_in.ROUTES,
            *tenders.ROUTES,
            *bids.ROUTES,
            *openings.ROUTES,
            *experts.ROUTES,
            *evaluations.ROUTES,
            *public_record.ROUTES,
            *PAGES,
        ],
        lifespan=[lifespan],
        exception_handlers={
            TenderingError: problems.answer_expected,
            HTTPException: problems.answer_http,
            500: problems.answer_bug,
        },
        after_request=add_headers,
        openapi_config=OpenAPIConfig(title="Mingtang", version="1", path="/api/schema"),
    )
    app.state.adapters = adapters
    app.state.watches = {}
    return app


def add_headers(response: Response[Any]) -> Response[Any]:
    """The security headers of every answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
