"""Approval: items and their versions, cases and their clock, parallel approval, fees, the window."""
