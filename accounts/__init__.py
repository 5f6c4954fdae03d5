"""People, organisations, their duties and how they prove who they are. Start with `duties`, then `actions`."""
