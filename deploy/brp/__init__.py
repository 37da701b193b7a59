"""A gateway to a population register of test persons: nobody in it exists."""
