"""Pages of the public and of applicants: which answer to everybody, whose the others are."""

from accounts.duties import Duty

APPLICANT_PUBLIC_PAGES = {
    "GET /register",
    "POST /register",
    "GET /track",
    "POST /track",
    "POST /track/letter",
    "POST /track/confirm",
    "GET /decisions",
    "GET /screen",
    "GET /booking",
    "POST /booking",
    "GET /tickets",
    "POST /tickets",
    "GET /tickets/{ticket_id}",
}
APPLICANT_AREAS = {
    "applications": {Duty.APPLICANT},
    "apply": {Duty.APPLICANT},
    "apply-together": {Duty.APPLICANT},
}
