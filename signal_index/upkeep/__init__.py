"""Scheduled upkeep in one elected leader: sequencing, expiry, erasure, checks."""
