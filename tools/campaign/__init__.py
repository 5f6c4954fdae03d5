"""Long campaigns of attacks and failures; `make test` runs each in its smallest form.

One module a campaign, each a program of its own; `python -m tools.campaign` runs them all.
"""
