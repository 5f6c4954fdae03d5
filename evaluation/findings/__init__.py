"""Findings about an evaluation: what a person should look at. A finding never changes a score or a place.

Start with `abnormally_low` and `outliers`, which are answered before the ranking; `agreement`, `influence` and
`robustness` describe a ranking that exists. Definitions: docs/formats/findings.md.
"""
