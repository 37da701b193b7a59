"""What a source signs, and how the index opens it: keys, signatures, digests. Pure.

Sources build on this package, on the wire's models and on the form of proofs; on
nothing else of the index. It reads no clock, no file and no setting, and draws no
random number.

- What is signed never holds a pseudonym, only a salted commitment to it.
- There is no free text; unknown fields are refused; input is never echoed.
"""

from signal_index.notice.contacts import (
    ContactFault,
    NamedContact,
    find_contact_fault,
    find_contacts,
    parse_signed_contact,
    read_own_number,
    sign_contact,
    verify_contact,
    without_contacts,
)
from signal_index.notice.errors import (
    InvalidField,
    InvalidSignature,
    NoticeError,
    SignedInTheFuture,
)
from signal_index.notice.keys import (
    NoticeKey,
    SignerKey,
    new_notice_key,
    parse_notice_key,
    parse_signer_key,
)
from signal_index.notice.messages import SALT_BYTES, commit_encoded, subject_commitment
from signal_index.notice.reconciling import (
    RECONCILING_SALT_BYTES,
    choose_bits,
    digest_buckets,
    digest_marks,
    encode_digests,
    find_bucket,
    mark_signal,
)
from signal_index.notice.signing import (
    Batch,
    SignedBatch,
    parse_signed_batch,
    parse_signed_notice,
    parse_signed_person_event,
    parse_signed_withdrawal,
    read_kid,
    sign_batch,
    sign_notice,
    sign_person_event,
    sign_withdrawal,
)
from signal_index.wire.signals import BATCH_MAXIMUM

__all__ = [
    "BATCH_MAXIMUM",
    "RECONCILING_SALT_BYTES",
    "SALT_BYTES",
    "Batch",
    "ContactFault",
    "InvalidField",
    "InvalidSignature",
    "NamedContact",
    "NoticeError",
    "NoticeKey",
    "SignedBatch",
    "SignedInTheFuture",
    "SignerKey",
    "choose_bits",
    "commit_encoded",
    "digest_buckets",
    "digest_marks",
    "encode_digests",
    "find_bucket",
    "find_contact_fault",
    "find_contacts",
    "mark_signal",
    "new_notice_key",
    "parse_notice_key",
    "parse_signed_batch",
    "parse_signed_contact",
    "parse_signed_notice",
    "parse_signed_person_event",
    "parse_signed_withdrawal",
    "parse_signer_key",
    "read_kid",
    "read_own_number",
    "sign_batch",
    "sign_contact",
    "sign_notice",
    "sign_person_event",
    "sign_withdrawal",
    "subject_commitment",
    "verify_contact",
    "without_contacts",
]
