"""Bytes in, bytes out: sealing, signing, timestamps, the log's arithmetic. No database, no network.

Start with `envelope` (the sealed bid), `merkle` and `checkpoint` (the log) and `receipts` (what a bidder keeps);
`canonical` is the byte form under all of them. Every format has its page in docs/formats.
"""
