"""Traces of collusion among the bids of one lot: what is looked for, how rare it is, what it may mean.

Everything here is arithmetic. Start with `signals.py`; what a file tells is read by `forensics.py`. A signal never
changes a score: people judge it, in writing. Definitions: docs/formats/collusion-signals.md.
"""
