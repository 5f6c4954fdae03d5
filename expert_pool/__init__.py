"""Who may evaluate, and the draw that decides who does.

Hard rules decide who is eligible (`eligibility`, `conflicts`); inside the eligible set nobody is weighted. `leximin`
gives every expert the most equal chance that the seats allow, `rounding` turns the chances into a panel, `draw`
ties both to a seed that several parties make together. `transcript` lets anyone recompute all of it.
`agency_draw` uses the same draw for agencies, with a seed from the public log.
"""
