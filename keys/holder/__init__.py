"""The key-holder service: evaluates blinded points with one share, and meters it.

A process of its own, run by a party of its own. It sees which organisation and user
asks how many evaluations for which act; never a number, pseudonym, signal or answer.
"""
