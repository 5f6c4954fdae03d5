"""What the application answers to everybody; every other route is closed."""

from tests.doors.applicant_pages import APPLICANT_PUBLIC_PAGES
from tests.doors.closed_catalogue import CATALOGUE_PAGES, CATALOGUE_PUBLIC
from tests.doors.closed_passkeys import PASSKEYS_PUBLIC
from tests.doors.closed_supervision import SUPERVISION_PAGES, SUPERVISION_PUBLIC
from tests.doors.staff_pages import STAFF_PUBLIC, STAFF_PUBLIC_PAGES

PUBLIC = (
    STAFF_PUBLIC
    | PASSKEYS_PUBLIC
    | SUPERVISION_PUBLIC
    | CATALOGUE_PUBLIC
    | {
        "GET /health",
        "POST /api/tokens",
        "GET /api/platform",
        "GET /api/programs",
        "GET /api/tenders",
        "GET /api/tenders/{tender_id}",
        "GET /api/tenders/{tender_id}/notice",
        "GET /api/tenders/{tender_id}/questions",
        "GET /api/tenders/{tender_id}/documents/{document_id}",
        "GET /api/tenders/{tender_id}/opening",
        "GET /api/tenders/{tender_id}/events",
        "GET /api/tenders/{tender_id}/draw",
        "GET /api/tenders/{tender_id}/draws",
        "GET /api/tenders/{tender_id}/voided-draws",
        "GET /api/tenders/{tender_id}/panel",
        "GET /api/tenders/{tender_id}/rankings",
        "GET /api/tenders/{tender_id}/award-proposal",
        "GET /api/tenders/{tender_id}/lots/{lot_id}/evaluation-case",
        "GET /api/tenders/{tender_id}/report/{form}",
        "GET /api/tenders/{tender_id}/capsule.zip",
        "GET /api/tenders/{tender_id}/evaluation-draws",
        "GET /api/draws/{draw_id}/record",
        "GET /api/calendar/{year}",
        "GET /api/due",
        "POST /api/applicants",
        "POST /api/track",
        "POST /api/track/letter",
        "POST /api/track/confirmation",
        "GET /api/screen",
        "GET /api/decisions",
        "POST /api/tickets",
        "GET /api/exchange/keys",
        "POST /api/exchange/{peer}/inbox",
        "POST /api/exchange/{peer}/receipts/{number}",
        "GET /api/calls/{token}",
        "PUT /api/calls/{token}/answer",
        "PUT /api/calls/{token}/check-in",
        "POST /api/call-reports",
        "GET /log/checkpoint",
        "GET /api/outages",
        "GET /api/outages/{outage_id}",
        "GET /log/archive",
        "GET /log/national",
        "GET /log/cosigned",
        "POST /log/cosignatures",
        "GET /log/tile/{path}",
    }
)
"""Routes of the API that answer to everybody."""

PUBLIC_PAGES = (
    STAFF_PUBLIC_PAGES
    | {"GET /outages", "GET /programs", "GET /programs/files/{name}"}
    | APPLICANT_PUBLIC_PAGES
    | SUPERVISION_PAGES
    | CATALOGUE_PAGES
    | {
        "GET /",
        "GET /home",
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-out",
        "GET /language/{code}",
        "GET /text-size/{size}",
        "GET /tenders",
        "GET /tenders/{tender_id}",
        "GET /tenders/{tender_id}/opening",
        "GET /tenders/{tender_id}/result",
        "GET /tenders/{tender_id}/evaluation-draws",
        "GET /calendar",
        "GET /call/{token}",
        "POST /call/{token}",
        "GET /static/{file_path}",
        "HEAD /static/{file_path}",
    }
)
"""Pages that answer to everybody."""
