"""Selects of supervision."""
