"""The other door: the same actions, on time or on demand. Start reading at tasks.py."""
