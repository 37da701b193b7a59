"""What the check demands."""


class CheckFailed(Exception):
    """Something that the check demands does not hold; says what."""


def demand(holds: object, otherwise: str) -> None:
    """Go on where it holds; else raise `CheckFailed`."""
    if not holds:
        raise CheckFailed(otherwise)
