"""The command line: one module per verb, nothing but the edge."""
