"""The limits of eligibility as data, frozen with every draw (docs/formats/eligibility-rules.md)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from crypto.canonical import JsonValue
from expert_pool.experts import CREDENTIALS
from kernel.fields import Fields

VERSION = 1
MOST_YEARS, MOST_AGE, MOST_DAYS, MOST_A_MONTH = 20, 100, 366, 31


@dataclass(frozen=True)
class EligibilityRules:
    """What a draw asks of everybody; each limit stands with its clause in `CLAUSES`, 0 means that there is none."""

    tie_years: int = 3
    oldest: int = 70
    cool_down_days: int = 0
    most_per_month: int = 0
    credentials: tuple[str, ...] = ()


DEFAULT = EligibilityRules()
CLAUSES: Mapping[str, str] = {
    "tie_years": "政府采购法实施条例 第九条：参加采购活动前三年内",
    "oldest": "重庆市评标专家管理（2018）：年满七十周岁退出；其他地区以本地规定为准",
    "cool_down_days": "国家规定无此限制：本库参数",
    "most_per_month": "国家规定无此限制：本库参数",
    "credentials": "国家规定无此限制：本库参数",
}


def write_rules(rules: EligibilityRules) -> dict[str, JsonValue]:
    """The limits as they are frozen, with their version."""
    return {"v": VERSION, **asdict(rules), "credentials": [*rules.credentials]}


def read_rules(data: object) -> EligibilityRules:
    """Limits from JSON; raises BadInput for what is unknown, missing or out of range."""
    given = Fields(data)
    given.whole("v", VERSION, VERSION)
    made = EligibilityRules(
        tie_years=given.whole("tie_years", 0, MOST_YEARS),
        oldest=given.whole("oldest", 0, MOST_AGE),
        cool_down_days=given.whole("cool_down_days", 0, MOST_DAYS),
        most_per_month=given.whole("most_per_month", 0, MOST_A_MONTH),
        credentials=tuple(_kinds(given)),
    )
    given.done()
    return made


def _kinds(given: Fields) -> list[str]:
    kinds = given.list("credentials")
    is_known = all(isinstance(kind, str) and kind in CREDENTIALS for kind in kinds)
    if not is_known or len(set(kinds)) != len(kinds):
        given.fail("credentials", f"they must be different ones of {', '.join(CREDENTIALS)}")
    return [str(kind) for kind in kinds]


assert set(CLAUSES) == {one.name for one in fields(EligibilityRules)}
