"""From opened bids to a ranking that anyone can repeat.

Start with `rulebook` (the method, as data), then `evaluate` (the whole calculation on one page). Everything
but `records`, `queries` and `actions` is arithmetic: values in, values out.
"""
