"""Builds what the ledger records: entries, receipts, signed checkpoints.

Pure: ids, time, randomness and keys come in as arguments; `signal_index.store.ledger`
writes, `signal_index.upkeep.sequencer` puts entries into the tree. Import from the
package itself.
"""

from signal_index.ledger.entry import (
    ENTROPY_BYTES,
    FIND_KEY_BYTES,
    RARE_OUTCOMES,
    Entry,
    FindKeys,
    break_glass_find_key,
    build_entry,
    case_find_key,
    data_subject_key,
    derive_find_keys,
    derive_mark,
    flag_find_key,
    outcome_find_key,
    person_find_key,
    purpose_find_key,
    team_find_key,
    turn_mark,
    user_find_key,
)
from signal_index.ledger.facts import (
    MARK_BYTES,
    AboutGroup,
    DecisionGroup,
    EntryFacts,
    PersonGroup,
    RoleGroup,
    ShownFlag,
    WhyGroup,
    commit_about,
    describe_lookup,
)
from signal_index.ledger.key_steps import KEY_STEPS, KeyStep, describe_key_step
from signal_index.ledger.keys import (
    CheckpointKey,
    CheckpointKeys,
    CheckpointSigners,
    DisclosureKey,
    ReceiptKey,
    ReceiptKeys,
    ReceiptSigners,
    Signers,
)
from signal_index.ledger.kinds import KINDS, KindRule
from signal_index.ledger.opened import (
    Opened,
    Openings,
    open_entry,
    open_groups,
    read_marks,
)
from signal_index.ledger.outcomes import (
    OUTCOME_NONCE_BYTES,
    open_outcome,
    seal_outcome,
)
from signal_index.ledger.sealing import open_disclosures
from signal_index.ledger.signing import (
    make_receipt,
    note_key,
    sign_adoption,
    sign_checkpoint,
)
from signal_index.proof import Group, Kind, Outcome

__all__ = [
    "ENTROPY_BYTES",
    "FIND_KEY_BYTES",
    "KEY_STEPS",
    "KINDS",
    "MARK_BYTES",
    "OUTCOME_NONCE_BYTES",
    "RARE_OUTCOMES",
    "AboutGroup",
    "CheckpointKey",
    "CheckpointKeys",
    "CheckpointSigners",
    "DecisionGroup",
    "DisclosureKey",
    "Entry",
    "EntryFacts",
    "FindKeys",
    "Group",
    "KeyStep",
    "Kind",
    "KindRule",
    "Opened",
    "Openings",
    "Outcome",
    "PersonGroup",
    "ReceiptKey",
    "ReceiptKeys",
    "ReceiptSigners",
    "RoleGroup",
    "ShownFlag",
    "Signers",
    "WhyGroup",
    "break_glass_find_key",
    "build_entry",
    "case_find_key",
    "commit_about",
    "data_subject_key",
    "derive_find_keys",
    "derive_mark",
    "describe_key_step",
    "describe_lookup",
    "flag_find_key",
    "make_receipt",
    "note_key",
    "open_disclosures",
    "open_entry",
    "open_groups",
    "open_outcome",
    "outcome_find_key",
    "person_find_key",
    "purpose_find_key",
    "read_marks",
    "seal_outcome",
    "sign_adoption",
    "sign_checkpoint",
    "team_find_key",
    "turn_mark",
    "user_find_key",
]
