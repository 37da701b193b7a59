"""The publisher: sends what the outbox holds, at the pace of whoever is slowest.

Evaluation and publishing overlap. Neither knows the other; both only move rows of the
outbox from one state to the next, so that stopping anywhere loses nothing.
"""
