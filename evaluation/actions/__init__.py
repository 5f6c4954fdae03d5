"""What the panel, the office and the bidders do in an evaluation: one module for each area."""
