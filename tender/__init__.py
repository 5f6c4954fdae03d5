"""From draft to award: notice, sealed bids, closing, opening. Start with `lifecycle`, then `actions/`."""
