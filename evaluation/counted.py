"""Counting units: as the exact fraction, as every started unit, or as every completed one."""

from fractions import Fraction


def count_units(amount: Fraction, unit: Fraction, counted: str) -> Fraction:
    """How many units an amount holds; nothing below zero counts."""
    exact = max(amount, Fraction(0)) / unit
    if counted == "started":
        return Fraction(-(-exact.numerator // exact.denominator))
    return Fraction(exact.numerator // exact.denominator) if counted == "completed" else exact
