"""What can go wrong when a proof is read or checked.

    ProofError
    ├── MalformedProof        the bytes are not of the form; nothing was judged
    └── ProofRefused          the form is right, what it claims does not hold
        ├── SignatureRefused    no signature of a pinned key holds
        │   └── SignerUnknown     none of them is of a key that we were given
        ├── OriginRefused       a signature of another ledger, year or entry
        ├── InclusionRefused    the leaf is not in the tree
        ├── ConsistencyRefused  the later tree does not extend the earlier one
        ├── DisclosureRefused   opened text that the leaf does not hold
        ├── AboutRefused        the entry is about another person
        └── QuorumRefused       fewer witnesses cosigned than must

No message echoes input. `MalformedProof` and `ProofRefused` are kept apart because the
offline verifier ends with 2 (cannot judge) for the one and 1 (false) for the other.
"""


class ProofError(Exception):
    """A proof cannot be read or does not hold."""


class MalformedProof(ProofError):
    """The bytes do not have the form that docs/wire-formats.md section 6 gives."""


class ProofRefused(ProofError):
    """What a well-formed proof claims does not hold."""


class SignatureRefused(ProofRefused):
    """No signature of a key that we were given holds."""


class SignerUnknown(SignatureRefused):
    """Signed by keys that we were not given: nothing is known of whose these are."""


class OriginRefused(ProofRefused):
    """The statement is about another ledger, another year or another entry."""


class InclusionRefused(ProofRefused):
    """The leaf is not in the tree at that place."""


class ConsistencyRefused(ProofRefused):
    """The later tree does not hold the earlier one as its beginning."""


class DisclosureRefused(ProofRefused):
    """An opened group is not the one that the leaf holds."""


class AboutRefused(ProofRefused):
    """The entry is about another person than the one who is held against it."""


class QuorumRefused(ProofRefused):
    """Fewer of the witnesses that we know cosigned the checkpoint than must."""
