"""What can go wrong with a ceremony: facts, each the end of a try or of a step.

    KeysError
    ├── CeremonyRefused
    │   ├── CeremonyMalformed     a document is not of the format
    │   ├── CeremonyForged        a document is not signed by the holder that it names
    │   ├── CeremonyMixed         of another ceremony, another try or another holder
    │   ├── CeremonyIncomplete    a holder's document is not there, or there twice
    │   ├── CeremonyStepRefused   the step before was not taken, or another was
    │   ├── DigitsMismatch        what was read aloud is not what stands here
    │   └── HolderBlamed          a holder's message breaks a rule
    └── PartyBlamed               the same, where holders have no names (`keys.dkg`)

- A holder is named wherever one can be; who carried the files may have changed them.
- No message repeats a secret, nor the digits that a person must hear from another.
"""

from keys.errors import KeysError


class CeremonyRefused(KeysError):
    """A step of a ceremony cannot be taken."""


class CeremonyMalformed(CeremonyRefused):
    """A document is not of the format."""


class CeremonyForged(CeremonyRefused):
    """A document is not signed by the holder that it names."""


class CeremonyMixed(CeremonyRefused):
    """A document belongs to another ceremony, another try or another holder."""


class CeremonyIncomplete(CeremonyRefused):
    """A holder's document is not there, or there twice."""


class CeremonyStepRefused(CeremonyRefused):
    """A step does not follow on the one before."""


class DigitsMismatch(CeremonyRefused):
    """What was read aloud is not what stands here."""


class HolderBlamed(CeremonyRefused):
    """A holder's message breaks a rule of the protocol."""
