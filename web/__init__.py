"""The HTTP door: parse, authorise, call one action, answer. JSON under /api, pages elsewhere, the log under /log."""
