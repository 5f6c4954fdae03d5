"""From draft to award: the notice, the sealed bids, the closing and the opening. Start with `lifecycle`, then `actions/`."""
