"""Pseudonym keys: shared evaluation, holders, tickets and the blinding client."""
