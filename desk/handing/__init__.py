"""Handing work over to a colleague: followed cases and signals by hand, by one code."""
