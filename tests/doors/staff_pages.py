"""Pages of the staff of approvals: who has them, and what they name in their paths."""

from accounts.duties import Duty
from web.pages.case_view import STAFF
from web.pages.lead import MEMBERS
from web.pages.meetings import WHO
from web.pages.queue import AT_WORK

STAFF_PUBLIC = {"POST /api/bank/payments"}
STAFF_PUBLIC_PAGES = {"GET /bank/pay", "POST /bank/pay"}
STAFF_AREAS = {
    "window": {Duty.WINDOW_STAFF},
    "department": {Duty.CASE_OFFICER},
    "decide": {Duty.LEADER},
    "fees": {Duty.CASHIER},
    "cases": set(STAFF),
    "projects": set(MEMBERS),
    "meetings": set(WHO),
    "tasks": set(AT_WORK),
}
STAFF_IDS = {"kind": "copies"}
