"""An example of a regiesysteem that shows vlaggetjes on its own page."""
