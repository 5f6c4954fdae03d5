"""Who may be drawn at all: small rules that each give a coarse public code or nothing.

The codes are coarse on purpose: a finer one, published with a small pool, would point at a bidder or at a person.
Inside the eligible set nobody is weighted. The limits are data, frozen with each draw (`EligibilityRules`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crypto.canonical import JsonValue
from expert_pool.conflicts import Party, ties_finder, years_after
from expert_pool.eligibility_rules import EligibilityRules
from expert_pool.experts import ACTIVE, Expert

STANDING, SPECIALTY, REGION, VALIDITY = "standing", "specialty", "region", "validity"
BAN, LEAVE, COOL_DOWN, MONTHLY_CAP, AVOIDANCE = "ban", "leave", "cool-down", "monthly-cap", "avoidance"
CODES = (STANDING, SPECIALTY, REGION, VALIDITY, BAN, LEAVE, COOL_DOWN, MONTHLY_CAP, AVOIDANCE)
"""In the order in which they are looked at: the first that holds is the expert's code."""
CLAUSES: Mapping[str, str] = {
    STANDING: "评标专家和评标专家库管理办法",
    SPECIALTY: "招标投标法实施条例 第四十五条、第四十六条",
    REGION: "招标投标法实施条例 第四十六条",
    VALIDITY: "招标投标法 第三十七条",
    BAN: "招标投标法实施条例 第七十一条",
    LEAVE: "政府采购评审专家管理办法",
    COOL_DOWN: "抽取规则（本库参数）",
    MONTHLY_CAP: "抽取规则（本库参数）",
    AVOIDANCE: "招标投标法 第三十七条；政府采购法实施条例 第九条",
}
"""What each code rests on; `抽取规则` is the pool's own rule, for no national text sets that limit."""

Rule = Callable[[Expert], str | None]


@dataclass(frozen=True)
class SeatGroup:
    """Seats that ask for the same: any of these specialties (by code or prefix) and any of these regions."""

    id: str
    name: dict[str, str]
    quota: int
    reserves: int
    specialties: tuple[str, ...]
    regions: tuple[str, ...] = ()


def write_group(group: SeatGroup) -> dict[str, JsonValue]:
    """A group of seats as it is frozen with a draw."""
    return {
        "id": group.id,
        "name": dict(group.name),
        "quota": group.quota,
        "reserves": group.reserves,
        "specialties": list(group.specialties),
        "regions": list(group.regions),
    }


def knows(expert: Expert, group: SeatGroup) -> bool:
    """Whether the expert has one of the specialties of the group."""
    return any(code.startswith(asked) for code in expert.specialties for asked in group.specialties)


def fits(expert: Expert, group: SeatGroup) -> bool:
    """Whether the expert may fill a seat of the group."""
    return (not group.regions or expert.region in group.regions) and knows(expert, group)


def mask_of(expert: Expert, groups: Sequence[SeatGroup]) -> int:
    """Bit g is set when the expert fits groups[g]."""
    return sum(1 << g for g, group in enumerate(groups) if fits(expert, group))


def in_good_standing(on: date, oldest: int = 0) -> Rule:
    """Excludes who is suspended, removed, or has reached the age (0: none) at which experts leave the pool."""

    def rule(expert: Expert) -> str | None:
        is_old = bool(oldest and expert.born_on and on >= years_after(expert.born_on, oldest))
        return None if expert.standing == ACTIVE and not is_old else STANDING

    return rule


def fits_some_group(groups: Sequence[SeatGroup]) -> Rule:
    """Excludes who fits no seat: for the specialty, or for the region alone."""

    def rule(expert: Expert) -> str | None:
        if mask_of(expert, groups):
            return None
        return REGION if any(knows(expert, group) for group in groups) else SPECIALTY

    return rule


def is_valid(on: date, credentials: Iterable[str] = ()) -> Rule:
    """Excludes whose entry has run out, or who has no valid certificate of each kind asked for."""
    asked = frozenset(credentials)

    def rule(expert: Expert) -> str | None:
        held = {one.kind for one in expert.credentials if one.valid_until is None or one.valid_until >= on}
        entry = expert.valid_until is None or expert.valid_until >= on
        return None if entry and asked <= held else VALIDITY

    return rule


def is_not_banned(on: date) -> Rule:
    """Excludes who is banned on that day."""
    return lambda expert: BAN if any(span.covers(on) for span in expert.bans) else None


def is_not_on_leave(on: date) -> Rule:
    """Excludes who has filed a leave for that day."""
    return lambda expert: LEAVE if any(span.covers(on) for span in expert.leaves) else None


def has_cooled_down(on: date, days: int) -> Rule:
    """Excludes whose last panel is fewer days ago; 0: no such limit."""
    since = on - timedelta(days=days)
    return lambda expert: COOL_DOWN if any(since < day <= on for day in expert.services) else None


def is_below_cap(on: date, most: int) -> Rule:
    """Excludes who has sat on so many panels in the calendar month; 0: no such limit."""

    def rule(expert: Expert) -> str | None:
        served = sum((day.year, day.month) == (on.year, on.month) for day in expert.services)
        return MONTHLY_CAP if most and served >= most else None

    return rule


def has_no_tie(parties: Iterable[Party], on: date, years: int) -> Rule:
    """Excludes who is tied to the tenderer, its agency, a bidder or the supervising body."""
    find = ties_finder(parties, on, years)
    return lambda expert: AVOIDANCE if find(expert) else None


def rules_for(
    rules: EligibilityRules, groups: Sequence[SeatGroup], parties: Iterable[Party], on: date
) -> tuple[Rule, ...]:
    """All rules of a draw, in the order of the codes."""
    return (
        in_good_standing(on, rules.oldest),
        fits_some_group(groups),
        is_valid(on, rules.credentials),
        is_not_banned(on),
        is_not_on_leave(on),
        has_cooled_down(on, rules.cool_down_days),
        is_below_cap(on, rules.most_per_month),
        has_no_tie(parties, on, rules.tie_years),
    )


def find_exclusion(expert: Expert, rules: Iterable[Rule]) -> str | None:
    """The code of the first rule that excludes the expert, or nothing."""
    return next((code for rule in rules if (code := rule(expert)) is not None), None)


@dataclass(frozen=True)
class Judgement:
    """An expert's line in the table of a draw: a mask, or why there is none."""

    mask: int
    excluded: str | None


def judge(expert: Expert, groups: Sequence[SeatGroup], rules: Sequence[Rule]) -> Judgement:
    """The line of one expert."""
    excluded = find_exclusion(expert, rules)
    return Judgement(0 if excluded else mask_of(expert, groups), excluded)
