"""Fuzzing of every parser that reads a stranger's bytes: `python -m tools.campaign.fuzz [--minutes N] [--seed S]`.

- `targets` names the parsers; `mutations` makes new inputs of old ones; `judge` holds the law for one input.
- `corpus` is what it starts from: tests/vectors/fuzz, one folder a target, which a test replays.
- `campaign` is the loop. Where `atheris` can be imported it is guided by coverage, else by what inputs bring about.
"""
