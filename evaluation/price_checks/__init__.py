"""清标: priced bills are checked before the detailed evaluation; findings propose, people decide. See check.py."""
