"""Ik ben betrokken: signals that people of this organisation give by hand.

The desk signs for the organisation and keeps its own case number of each signal,
sealed. Which signals stand, and until when, the index says; nobody is named in it.
"""
