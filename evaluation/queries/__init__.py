"""Selects over an evaluation: one module for each area."""
