"""The four-level network: city, county, town, village; what a site tells the public about itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from approval.csv_lines import Line, read_all, read_lines
from kernel.errors import BadInput

LEVELS = ("city", "county", "town", "village")
FOUR_OPEN = ("agents", "services", "address", "telephone")  # 四公开: who, what, where, which number
OTHER_FACTS = ("area_m2", "opened_on", "hours", "equipment")
COLUMNS = ("code", "parent_code", "level", "name", "has_centre", *FOUR_OPEN, *OTHER_FACTS)
NEEDED = ("code", "level", "name")
TRUTHS = {"": True, "1": True, "yes": True, "true": True, "是": True, "0": False, "no": False, "false": False}
TRUTHS["否"] = False


@dataclass(frozen=True)
class Site:
    """One site of the network."""

    code: str
    level: str
    name: str
    parent_code: str = ""
    has_centre: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_sites(content: bytes) -> list[Site]:
    """The sites of a CSV or JSON file; raises BadLines with every wrong line."""
    return read_all(read_lines(content, COLUMNS, NEEDED), read_site)


def read_site(line: Line) -> Site:
    """One site of a file."""
    fields = {key: str(value).strip() for key, value in line.fields.items()}
    for name in NEEDED:
        if not 1 <= len(fields.get(name, "")) <= 200:
            raise BadInput(where=name, why="use 1 to 200 characters")
    if fields["level"] not in LEVELS:
        raise BadInput(where="level", why=f"it must be one of {', '.join(LEVELS)}")
    truth = fields.get("has_centre", "").lower()
    if truth not in TRUTHS:
        raise BadInput(where="has_centre", why="write yes or no")
    area = fields.get("area_m2", "")
    if area and not (area.isascii() and area.isdigit()):
        raise BadInput(where="area_m2", why="give a whole number")
    facts: dict[str, Any] = {k: fields[k] for k in (*FOUR_OPEN, *OTHER_FACTS) if fields.get(k)}
    if area:
        facts["area_m2"] = int(area)
    return Site(
        fields["code"][:40],
        fields["level"],
        fields["name"],
        fields.get("parent_code", ""),
        TRUTHS[truth],
        facts,
    )


def check_tree(sites: Iterable[Site], known: Mapping[str, str]) -> None:
    """Every parent exists and stands exactly one level above; `known` are stored sites with their levels."""
    rows = list(sites)
    levels = dict(known) | {site.code: site.level for site in rows}
    if len({site.code for site in rows}) != len(rows):
        raise BadInput(where="code", why="each site needs a code of its own")
    for site in rows:
        above = LEVELS[LEVELS.index(site.level) - 1] if site.level != LEVELS[0] else ""
        if levels.get(site.parent_code, "") != above:
            why = f"the site {site.code} needs a parent one level above it"
            raise BadInput(where="parent_code", why=why)
