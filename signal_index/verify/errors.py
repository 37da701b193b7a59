"""What the verifier can say besides that a ledger holds.

ProofRefused (signal_index.proof)   false: exit code 1
├── EntryRefused                      an entry in the tree that should not be there
├── TimeRefused                       an entry is not of the time that it says
├── CeremonyRefused                   a key did not come from the ceremony that it names
└── SuccessionRefused                 a key follows another, and not by its word
MalformedProof (signal_index.proof) what was given has not the form: exit code 2
CannotJudge                         something needed is not there: exit code 2
"""

from signal_index.proof import ProofRefused


class EntryRefused(ProofRefused):
    """An entry stands in the tree that should not be there, or not so."""


class TimeRefused(ProofRefused):
    """An entry is not of the time that it says, or a tree was not cosigned then."""


class CeremonyRefused(ProofRefused):
    """A key did not come from the ceremony that its entry names."""


class SuccessionRefused(ProofRefused):
    """A key follows another, and not by its word, or there are two that do."""


class CannotJudge(Exception):
    """What is needed to judge the ledger is absent or cannot be read."""
