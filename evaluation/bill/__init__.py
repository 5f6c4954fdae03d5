"""A bid's priced bill of quantities, read exactly. Start at read.py; the format is docs/formats/priced-bill.md."""
