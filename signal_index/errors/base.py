"""The root of what the index says did not hold."""


class SignalIndexError(Exception):
    """Anything that the index says did not hold."""
