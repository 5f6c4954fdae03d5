"""The evaluation report: its ten parts, its annexes as numbered forms, and the signatures under it.

Start with contents.py; values.py says what it is made of. Format: docs/formats/evaluation-report.md.
"""
