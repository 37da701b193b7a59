"""Everything that sets up, runs, tests and measures the whole system."""
