"""A made-up catalogue whose totals are those of the reports: one seed, one catalogue, always the same.

`YICHANG` adds up to the five-year report (255 items, 5311 statutory and 1726 promised days, 1256 papers, 1044 steps,
80 pre-conditions, 41 items of 14 departments with 51 agency steps); `COUNTY` has 160 and 151 items, `TOWNS` 207 and
127 with 2888 promised days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tools.demo import catalogue_words as words

OFFICE_KINDS = ("separate",) * 2 + ("joint",) + ("main_named",) * 2 + ("added_name",) * 25 + ("",) * 10
SYSTEM_KINDS = ("own_network",) * 7 + ("no_business",) * 2 + ("platform",) * 31
SITE_COUNTS = {"county": (13, 13), "town": (105, 103), "village": (1568, 1536)}  # all, with a centre
WINDOW_DEPARTMENTS = 38  # of 40; two stay outside the centre


@dataclass(frozen=True)
class Plan:
    """What a catalogue has to add up to."""

    name: str
    kinds: tuple[tuple[str, int], ...]
    statutory_days: int
    promised_days: int
    materials: int
    steps: int
    pre_conditions: int = 0
    intermediary_items: int = 0
    intermediary_links: int = 0
    departments: int = 39  # that have items

    @property
    def items(self) -> int:
        """How many items there are."""
        return sum(count for _, count in self.kinds)


YICHANG = Plan(
    "yichang", (("licence", 187), ("non_licence", 40), ("filing", 28)), 5311, 1726, 1256, 1044, 80, 41, 51
)
COUNTY = Plan("county", (("licence", 160), ("public_service", 151)), 6000, 1800, 1555, 1244, departments=32)
TOWNS = Plan("towns", (("licence", 207), ("non_licence", 127)), 6680, 2888, 1670, 1336, departments=40)
STEP_KINDS = ("review", "review", "review", "examine", "decide", "certify")


def make_items(plan: Plan, seed: int = 1) -> list[tuple[int, dict[str, Any]]]:
    """Every item as the number of its department and its JSON, in the order of their codes."""
    random = Random(f"{plan.name}/{seed}")  # noqa: S311 - a fixture, not a secret
    count = plan.items
    steps = spread(random, count, plan.steps, 2, 6)
    promised = spread(random, count, plan.promised_days, 1, 40)
    # The law gives at least what is promised; what is left of its sum goes to whoever has room.
    extra = spread(random, count, plan.statutory_days - plan.promised_days, 0, 60)
    materials = spread(random, count, plan.materials, 1, 12)
    pre = spread(random, count, plan.pre_conditions, 0, 5)
    kinds = [kind for kind, number in plan.kinds for _ in range(number)]
    random.shuffle(kinds)
    links = _links(random, plan)
    names = [f"{subject}{act}" for act in words.ACTS for subject in words.SUBJECTS]
    items = []
    for n in range(count):
        body = {
            "code": f"{plan.name.upper()[:2]}{n + 1:03}",
            "base_code": f"B{n + 1:03}",
            "number": 1,
            "title": {"zh": names[n], "en": f"Item {n + 1:03}"},
            "kind": kinds[n],
            "item_class": words.CLASSES[n % len(words.CLASSES)],
            "promised_days": promised[n],
            "statutory_days": promised[n] + extra[n],
            "pre_conditions": list(words.PRE_CONDITIONS[: pre[n]]),
            "intermediaries": [words.INTERMEDIARIES[(n + k) % 10] for k in range(links.get(n, 0))],
            "materials": [_material(n, k) for k in range(materials[n])],
        }
        items.append((n % plan.departments, body | _handling(n, steps[n], promised[n]) | _rest(random, n)))
    return items


def spread(random: Random, count: int, total: int, lowest: int, highest: int) -> list[int]:
    """`count` whole numbers within their limits that add up to `total`."""
    if not count * lowest <= total <= count * highest:
        raise ValueError(f"{total} cannot be spread over {count} numbers of {lowest} to {highest}")
    values = [lowest] * count
    left = total - count * lowest
    while left:
        place = random.randrange(count)
        add = min(left, highest - values[place], random.randint(1, 1 + (highest - lowest) // 4))
        values[place] += add
        left -= add
    return values


def make_sites(seed: int = 1) -> list[dict[str, Any]]:
    """The 1,687 sites of the network: a city, 13 counties, 105 towns, 1,568 villages."""
    random = Random(f"sites/{seed}")  # noqa: S311 - a fixture, not a secret
    sites: list[dict[str, Any]] = [_site("YC", None, "city", "市行政服务中心", True)]
    above = ["YC"]
    for level, (count, with_centre) in SITE_COUNTS.items():
        without = set(random.sample(range(count), count - with_centre))
        codes = [f"{above[n % len(above)]}-{n + 1}" for n in range(count)]
        name = {"county": "县市区", "town": "乡镇", "village": "村"}[level]
        sites += [
            _site(code, above[n % len(above)], level, f"第{n + 1}{name}", n not in without)
            for n, code in enumerate(codes)
        ]
        above = codes
    return sites


def _site(code: str, parent: str | None, level: str, name: str, has_centre: bool) -> dict[str, Any]:
    facts = (
        {"address": f"{name}办事处", "telephone": f"0717-{len(name):03}{len(code):04}"} if has_centre else {}
    )
    return {
        "code": code,
        "parent_code": parent,
        "level": level,
        "name": name,
        "has_centre": has_centre,
        "facts": facts,
    }


def _links(random: Random, plan: Plan) -> dict[int, int]:
    """Agency steps by item: the items belong to 14 departments, one link each and the rest on some."""
    if not plan.intermediary_items:
        return {}
    chosen = [n for n in range(plan.items) if n % plan.departments < 14][: plan.intermediary_items]
    links = spread(random, len(chosen), plan.intermediary_links, 1, 3)
    return dict(zip(chosen, links, strict=True))


def _handling(n: int, steps: int, promised: int) -> dict[str, Any]:
    """Mode, steps and their limits, which fill the promise and no more."""
    mode = "instant" if promised == 1 else ("joint", "forwarded")[n % 2] if n % 16 < 2 else "promised"
    kinds = list(STEP_KINDS[-steps:]) if steps > 2 else ["review", "decide"]
    if mode == "forwarded":
        kinds[0] = "forward"
    share = [1 if k < promised else 0 for k in range(steps)]
    share[0] += max(0, promised - steps)
    return {
        "mode": mode,
        "steps": [
            {
                "code": f"s{k + 1}",
                "title": dict(zip(("zh", "en"), words.STEP_TITLES[kind], strict=True)),
                "kind": kind,
                "post": "decide" if kind in ("decide", "certify") else "review",
                "limit_days": share[k],
                "risk": ("low", "medium", "high")[(n + k) % 3],
                "control": {"zh": "双人复核", "en": "Checked by two"},
            }
            for k, kind in enumerate(kinds)
        ],
    }


def _rest(random: Random, n: int) -> dict[str, Any]:
    law, articles = words.LAWS[n % len(words.LAWS)]
    is_free = n % 3 != 0
    conditions: Sequence[tuple[str, str]] = words.CONDITIONS[: 1 + n % len(words.CONDITIONS)]
    fee = {
        "code": "f1",
        "title": {"zh": "证照工本费", "en": "Certificate fee"},
        "basis": f"省物价局〔2009〕{random.randint(1, 300)}号",
        "unit": "本",
        "unit_fen": 100 * random.randint(5, 200),
        "most_units": 1000,
    }
    return {
        "online": ["direct", "pre_checked"] if n % 4 else ["extended", "pre_checked"],
        "is_general": n % 5 != 0,
        "extension_days": 10,
        "fees": [] if is_free else [fee],
        "conditions": [
            {"code": f"c{k + 1}", "text": {"zh": zh, "en": en}} for k, (zh, en) in enumerate(conditions)
        ],
        "basis": [{"law": law, "article": f"第{random.randint(1, articles)}条"}],
        "procedure": {"zh": "申请、受理、审查、决定、送达", "en": "Apply, accept, review, decide, deliver"},
        "result": {"zh": "批准文件或证照", "en": "Approval or certificate"},
        "result_valid_days": (0, 365, 1095)[n % 3],
        "deliveries": ["window", "courier", "electronic"][: 1 + n % 3],
        "complaint_channel": "12345",
        "is_free": is_free,
        "on_timeout": "proceed" if n % 2 else "card",
        "deemed_law": "",
        "allows_commitment": n % 2 == 0,
        "allows_pledge": n % 7 == 1,
        "is_sensitive": n % 7 == 0,
        "offer_visits": n % 2,
        "facts": {},
    }


def _material(n: int, k: int) -> dict[str, Any]:
    zh, en, trust = words.MATERIALS[(n + k) % len(words.MATERIALS) if k else 0]
    return {
        "code": f"m{k + 1}",
        "title": {"zh": zh, "en": en},
        "is_main": k < 2,
        "trust": trust,
        "copies": 1,
        "produced_by": "",
        "template": "",
    }
