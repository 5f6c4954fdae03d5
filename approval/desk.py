"""Words of the centre's organisation, and what a mandate must say."""

from dataclasses import dataclass
from datetime import date

from kernel.errors import BadInput

OFFICE_KINDS = ("", "separate", "joint", "main_named", "added_name")  # 单独设立, 合署, 主排名加挂, 加挂
SYSTEM_KINDS = ("platform", "own_network", "no_business")
UNIT_KINDS = ("licensing", "public_service", "centre")
WINDOW_KINDS = ("department", "general", "lead", "cashier", "rating")
POWERS = ("decide", "report", "coordinate", "seal")  # 决定权, 审核上报权, 组织协调权, 审批专用章使用权
RANKS = ("", "section_chief", "deputy", "staff")
SECTION_RANKS = ("section_chief", "deputy")  # 科级以上
LONGEST_MANDATE = 366 * 5  # days; a term of office


@dataclass(frozen=True)
class Mandate:
    """授权书: the powers of a chief representative for a department, first and last day included."""

    person_id: str
    department_id: str
    powers: tuple[str, ...]
    rank: str
    valid_from: date
    valid_to: date


def check_mandate(mandate: Mandate) -> None:
    """Raise BadInput unless the letter says what it has to."""
    if not mandate.powers or len(set(mandate.powers)) != len(mandate.powers):
        raise BadInput(where="powers", why="name at least one power, each once")
    check_word("powers", mandate.powers, POWERS)
    check_word("rank", (mandate.rank,), RANKS)
    if not 0 <= (mandate.valid_to - mandate.valid_from).days <= LONGEST_MANDATE:
        raise BadInput(where="valid_to", why="a mandate ends on or after its first day, within five years")


def check_word(where: str, given: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    """Raise BadInput unless each word is one of those allowed."""
    if not set(given) <= set(allowed):
        raise BadInput(where=where, why=f"it must be one of {', '.join(word for word in allowed if word)}")


def check_code(where: str, code: str) -> str:
    """A code of 1 to 40 letters, digits, points or dashes; Chinese letters count as letters."""
    if not 1 <= len(code) <= 40 or not all(c.isalnum() or c in "-._" for c in code):
        raise BadInput(where=where, why="use 1 to 40 letters, digits, points or dashes")
    return code
