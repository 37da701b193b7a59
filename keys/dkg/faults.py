"""What a party can be blamed for, in words that a person reads aloud."""

from enum import StrEnum

from keys.errors import KeysError


class Rule(StrEnum):
    """Which rule a party's message breaks; a closed list."""

    DEGREE = "commits to another number of coefficients than the threshold"
    CONSTANT = "has another constant term than this ceremony demands of its sender"
    COUNT = "holds another number of sealed shares than there are parties"
    REPEATED = "uses one value in two runs of one ceremony"
    POSSESSION = "does not prove that its sender knows what it commits to"
    SEALED = "holds a share that does not open"
    SCALAR = "holds a share that is zero or not reduced"
    SHARE = "holds a share that does not fit what its sender commits to"
    CERTIFICATE = "certifies another transcript, or is not its sender's"


class PartyBlamed(KeysError):
    """A party's message breaks a rule; `share` only where the share itself does."""

    def __init__(self, index: int, rule: Rule, share: bytes | None = None) -> None:
        """Keep who, what and, where that is the fault, the share received."""
        super().__init__(f"{index}: {rule}")
        self.index = index
        self.rule = rule
        self.share = share
