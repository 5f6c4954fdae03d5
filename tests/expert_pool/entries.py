"""Entries of the pool for tests."""

from datetime import date

from expert_pool.conflicts import BIDDER, Party
from expert_pool.experts import (
    Credential,
    Employment,
    Expert,
    Interest,
    Relative,
    Span,
    Training,
)

TODAY = date(2026, 11, 21)
EXPERT = Expert("E001", "张三", "甲设计院", "440300", frozenset({"A0801", "B02"}))


def bidder(name: str, *people: str) -> Party:
    """A bidder with the people whom it is known to have."""
    return Party(name, BIDDER, frozenset(people))


def full_expert() -> Expert:
    """An entry in which nothing is empty."""
    return Expert(
        number="E002",
        name="李四",
        employer="乙研究院",
        region="440300",
        specialties=frozenset({"A080101", "B0201"}),
        valid_until=date(2028, 12, 31),
        title="senior",
        born_on=date(1970, 3, 1),
        works_since=date(1995, 7, 1),
        employments=(Employment("Former Works Ltd", date(2001, 1, 1), date(2024, 2, 29)),),
        relatives=(Relative("王五", "spouse", "Spouse Works Ltd"),),
        interests=(Interest("Held Shares Ltd", "shareholder", date(2025, 1, 1)),),
        credentials=(Credential("licence", "L-1", date(2027, 6, 30)),),
        trainings=(Training(date(2026, 1, 15), 8, "招标投标法"),),
        bans=(Span(date(2021, 1, 1), date(2021, 6, 30)),),
        leaves=(Span(date(2026, 8, 1), date(2026, 8, 31)),),
        services=(date(2026, 5, 4), date(2026, 11, 2)),
    )
