"""Builds the application: adapters, routes, headers, error answers, and in embedded mode the worker inside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
from litestar import Litestar, Request
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope

from kernel.errors import TenderingError
from kernel.settings import read_settings
from storage.adapters import Adapters, make_adapters
from storage.logs import configure_logs
from web import (
    agency_draws,
    applicants,
    bids,
    blind,
    boards,
    calendar,
    calls,
    capsules,
    cases,
    ceremony,
    clarifications,
    complaints,
    direct_uploads,
    documents,
    evaluation_draws,
    evaluations,
    exchange,
    experts,
    fees,
    figures,
    findings,
    items,
    opener_keys,
    openings,
    outages,
    own_openings,
    panel,
    passkeys,
    pool,
    pool_entries,
    price_checks,
    programs,
    projects,
    public_record,
    reception,
    registers,
    report,
    review_panels,
    rulebooks,
    sign_in,
    signals,
    supervision,
    tenders,
    tracking,
    uploads,
)
from web.draw_room import hand_on, make_client
from web.first_run import make_first_operator
from web.guards import demanded_duties
from web.pages import areas, errors
from web.pulse import Pulse
from web.routes import get
from worker.embedded import EmbeddedWorker

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@get("/health")
def health(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Whether the platform can serve: its database answers."""
    with request.app.state.adapters.database.reading() as session:
        session.connection().exec_driver_sql("SELECT 1")
    return {"status": "ok"}


def create_app(adapters: Adapters | None = None) -> Litestar:
    """The application; without adapters it reads the settings of the environment."""
    configure_logs()
    adapters = adapters or make_adapters(read_settings())
    demanded_duties(adapters)  # a name that is no duty stops the start

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        make_first_operator(adapters)
        programs.publish(adapters)
        room = adapters.settings.draw_room_url
        if room:
            app.state.draw_room = make_client(room)
        worker = EmbeddedWorker(adapters) if adapters.settings.embedded and not room else None
        pulse = Pulse(adapters) if adapters.settings.pulse_seconds else None
        if pulse:
            await anyio.to_thread.run_sync(pulse.start)
        if worker:
            worker.start()
        try:
            yield
        finally:
            if worker:
                worker.stop()
            if pulse:
                pulse.stop()
            if room:
                await app.state.draw_room.aclose()
            adapters.database.close()

    app = Litestar(
        route_handlers=[
            health,
            *sign_in.ROUTES,
            *passkeys.ROUTES,
            *tenders.ROUTES,
            *documents.ROUTES,
            *opener_keys.ROUTES,
            *bids.ROUTES,
            *uploads.ROUTES,
            *direct_uploads.ROUTES,
            *openings.ROUTES,
            *price_checks.ROUTES,
            *blind.ROUTES,
            *experts.ROUTES,
            *calls.ROUTES,
            *ceremony.ROUTES,
            *pool.ROUTES,
            *pool_entries.ROUTES,
            *findings.ROUTES,
            *evaluations.ROUTES,
            *evaluation_draws.ROUTES,
            *report.ROUTES,
            *rulebooks.ROUTES,
            *signals.ROUTES,
            *boards.ROUTES,
            *panel.ROUTES,
            *clarifications.ROUTES,
            *public_record.ROUTES,
            *programs.ROUTES,
            *outages.ROUTES,
            *own_openings.ROUTES,
            *capsules.ROUTES,
            *cases.ROUTES,
            *applicants.ROUTES,
            *tracking.ROUTES,
            *projects.ROUTES,
            *exchange.ROUTES,
            *fees.ROUTES,
            *reception.ROUTES,
            *calendar.ROUTES,
            *items.ROUTES,
            *registers.ROUTES,
            *agency_draws.ROUTES,
            *review_panels.ROUTES,
            *complaints.ROUTES,
            *figures.ROUTES,
            *supervision.ROUTES,
            *areas.ROUTES,
            create_static_files_router(path="/static", directories=[STATIC]),
        ],
        lifespan=[lifespan],
        exception_handlers={
            TenderingError: errors.answer_expected,
            HTTPException: errors.answer_http,
            500: errors.answer_bug,
        },
        before_request=hand_on if adapters.settings.draw_room_url else None,
        before_send=[add_headers],
        logging_config=None,
        openapi_config=OpenAPIConfig(title="Mingtang", version="1", path="/api/schema"),
    )
    app.state.adapters = adapters
    app.state.watches = {}
    return app


async def add_headers(message: Message, _: Scope) -> None:
    """Put the security headers on every answer, error answers included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
