"""What left the catalogue is told to an officer as its code, and never as nothing."""

from __future__ import annotations

from policy.policy import load_policy
from signal_index.api.told_entries import tell_entry
from signal_index.labels import Labels
from signal_index.ledger import Opened, WhyGroup, build_entry, open_entry
from signal_index.wire.ledger_entries import LedgerEntry
from tests.ledger_builders import a_disclosure_key, some_entropy, some_facts

POLICY = load_policy()
GONE = WhyGroup(
    "gone-purpose", "gone-basis", None, informed="gone-code", break_glass="gone-reason"
)


def told(why: WhyGroup) -> LedgerEntry:
    key, facts = a_disclosure_key(), some_facts(why=why)
    entry = build_entry(facts, entropy=some_entropy(1), key=key)
    closed = Opened(
        entry=entry.id,
        kind=facts.kind,
        recorded_at=facts.recorded_at,
        organisation=facts.organisation,
        leaf=entry.leaf,
    )
    opened = open_entry(closed, entry.sealed, key)
    labels = Labels(POLICY.catalogue, {})
    return tell_entry(opened, labels, POLICY, outcomes={}, place=None)


def test_a_code_that_left_the_catalogue_is_shown_as_it_was_recorded() -> None:
    entry = told(GONE)
    assert entry.purposeLabel == "gone-purpose"
    assert entry.legalBasisLabel == "gone-basis"
    assert entry.informedLabel == "gone-code"
    assert entry.breakGlassLabel == "gone-reason"


def test_what_the_catalogue_has_is_shown_by_its_label() -> None:
    entry = told(WhyGroup("wmo-onderzoek", "wmo-2015-2.3.2", "hmac", "discussed"))
    assert entry.legalBasisLabel not in {None, "wmo-2015-2.3.2"}
    assert entry.informedLabel not in {None, "discussed"}
    assert entry.hasCaseReference
    assert entry.breakGlassLabel is None
