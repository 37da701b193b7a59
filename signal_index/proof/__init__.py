"""Everything that checks the ledger, and nothing that writes it.

Pure, and imports nothing else of ours: the offline verifier and the desk stand on it,
so that what they say about a ledger does not rest on the code that wrote it. Import
from the package itself.
"""

from signal_index.proof.disclosure import (
    SALT_BYTES,
    Disclosure,
    Group,
    digest_disclosure,
    make_disclosure,
    parse_disclosure,
    verify_disclosure,
)
from signal_index.proof.encoding import (
    HASH_BYTES,
    Json,
    JsonObject,
    decode_b64,
    decode_b64u,
    decode_hash,
    decode_json,
    encode_b64,
    encode_b64u,
    encode_json,
    parse_size,
)
from signal_index.proof.errors import (
    ConsistencyRefused,
    DisclosureRefused,
    InclusionRefused,
    MalformedProof,
    OriginRefused,
    ProofError,
    ProofRefused,
    SignatureRefused,
)
from signal_index.proof.leaf import (
    FirstLeaf,
    Kind,
    Leaf,
    Outcome,
    encode_first_leaf,
    encode_leaf,
    format_minute,
    parse_leaf,
)
from signal_index.proof.rfc9162 import (
    EMPTY_ROOT,
    hash_leaf,
    hash_node,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "SALT_BYTES",
    "ConsistencyRefused",
    "Disclosure",
    "DisclosureRefused",
    "FirstLeaf",
    "Group",
    "InclusionRefused",
    "Json",
    "JsonObject",
    "Kind",
    "Leaf",
    "MalformedProof",
    "OriginRefused",
    "Outcome",
    "ProofError",
    "ProofRefused",
    "SignatureRefused",
    "decode_b64",
    "decode_b64u",
    "decode_hash",
    "decode_json",
    "digest_disclosure",
    "encode_b64",
    "encode_b64u",
    "encode_first_leaf",
    "encode_json",
    "encode_leaf",
    "format_minute",
    "hash_leaf",
    "hash_node",
    "make_disclosure",
    "parse_disclosure",
    "parse_leaf",
    "parse_size",
    "verify_consistency",
    "verify_disclosure",
    "verify_inclusion",
]
