"""Supervision: rules over tenders and cases, cards, complaints, ratings, scores and figures."""
