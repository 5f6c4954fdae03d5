"""Who may evaluate, and the draw that decides who does.

`experts` says what the pool holds of a person, `pool_file` reads files of it, `standing` and `appraisal` are its life.
Hard rules decide who is eligible (`eligibility`, `conflicts`); inside the eligible set nobody is weighted. `leximin`
gives every expert the most equal chance that the seats allow, `rounding` turns the chances into a panel, `draw`
ties both to a seed that several parties make together. `transcript` lets anyone recompute all of it.
`agency_draw` uses the same draw for agencies, with a seed from the public log.
"""
