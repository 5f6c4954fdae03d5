"""Which bidder gets which lot, when one bidder may bid for many and win only a few (兼投不兼中).

Start with `award`, which proposes by either method and says of each lot why; `rule` is the rule as data, frozen with
the notice. A proposal changes no ranking. Format: docs/formats/lot-award.md.
"""
