"""Tables of an evaluation: one module for each area."""
