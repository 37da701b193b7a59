"""What may be shown under a permit, and which version of a signal wins."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from policy.catalogue import load_catalogue
from policy.vocabulary import PermittedCategory
from signal_index.signals import (
    ItemOutcome,
    Known,
    SignalState,
    StoredSignal,
    decide_notice,
    decide_withdrawal,
    digest_notice,
    is_in_reach,
)
from signal_index.wire.errors import InvalidField
from signal_index.wire.signals import WithdrawalReason
from tests.builders import PLACE, a_day, a_notice, a_withdrawal, anew
from tests.holders_builders import NOON

CATALOGUE = load_catalogue()
DEBT = CATALOGUE.parse_category("schuldhulpverlening")
PERMITTED = PermittedCategory(DEBT, timedelta(days=365))
SIGNAL = StoredSignal(
    row_key=bytes(16),
    id=uuid.UUID(int=1),
    reference=uuid.UUID(int=2),
    category=DEBT,
    source="1",
    municipality=PLACE,
    state=SignalState.ACTIVE,
    valid_from=a_day(-30),
    valid_until=a_day(30),
    ended_on=None,
    confirmed_on=NOON.date(),
    contact_id=uuid.UUID(int=2),
    contact={},
    contact_verified=a_day(-1),
)
ENDED = replace(SIGNAL, state=SignalState.ENDED)
NOTICE = a_notice(uuid.uuid4())
DIGEST, ROW = digest_notice(NOTICE), b"row"
KNOWN = Known("signal", 1, DIGEST, ROW)


@pytest.mark.parametrize(
    ("signal", "shown"),
    [
        (SIGNAL, True),
        (replace(SIGNAL, valid_until=a_day(0)), True),
        (replace(SIGNAL, valid_until=a_day(-1)), False),
        (replace(SIGNAL, valid_from=a_day(1)), False),
        (replace(SIGNAL, municipality="9902"), False),
        (replace(SIGNAL, state=SignalState.RESTRICTED), False),
        (replace(SIGNAL, confirmed_on=NOON.date() - timedelta(days=729)), True),
        (replace(SIGNAL, confirmed_on=NOON.date() - timedelta(days=730)), False),
        (replace(ENDED, ended_on=a_day(-365)), True),
        (replace(ENDED, ended_on=a_day(-366)), False),
        (replace(SIGNAL, category=CATALOGUE.parse_category("bijstand")), False),
    ],
)
def test_only_what_is_in_reach_is_shown(signal: StoredSignal, *, shown: bool) -> None:
    assert is_in_reach(signal, PLACE, PERMITTED, NOON) is shown


def test_a_new_reference_is_accepted() -> None:
    assert decide_notice(None, NOTICE, DIGEST, ROW) is ItemOutcome.ACCEPTED


def test_a_higher_version_wins() -> None:
    newer = anew(NOTICE, version=2)
    assert decide_notice(KNOWN, newer, b"other", ROW) is ItemOutcome.ACCEPTED


def test_the_same_notice_again_changes_nothing() -> None:
    assert decide_notice(KNOWN, NOTICE, DIGEST, ROW) is ItemOutcome.UNCHANGED


def test_the_same_version_about_another_person_is_refused() -> None:
    with pytest.raises(InvalidField):
        decide_notice(KNOWN, NOTICE, DIGEST, b"else")


def test_a_lower_version_never_wins() -> None:
    known = replace(KNOWN, version=3)
    assert decide_notice(known, NOTICE, DIGEST, ROW) is ItemOutcome.SUPERSEDED


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("kind", ["tombstone", "ended"])
def test_a_late_copy_does_not_come_back_from_what_is_over(
    kind: Literal["tombstone", "ended"], version: int
) -> None:
    gone = Known(kind, version, DIGEST, ROW)
    assert decide_notice(gone, NOTICE, DIGEST, ROW) is ItemOutcome.SUPERSEDED


def test_a_salt_is_not_part_of_what_a_notice_says() -> None:
    assert digest_notice(anew(NOTICE, subject=b"\1" * 32)) == DIGEST


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        (KNOWN, ItemOutcome.ACCEPTED),
        (replace(KNOWN, version=2), ItemOutcome.ACCEPTED),
        (replace(KNOWN, version=3), ItemOutcome.SUPERSEDED),
        (Known("tombstone", 2, None, None), ItemOutcome.UNCHANGED),
        (Known("tombstone", 9, None, None), ItemOutcome.UNCHANGED),
        (Known("ended", 2, DIGEST, ROW), ItemOutcome.UNCHANGED),
        (Known("ended", 9, DIGEST, ROW), ItemOutcome.UNCHANGED),
    ],
)
def test_a_withdrawal_ends_what_is_not_newer(
    known: Known, outcome: ItemOutcome
) -> None:
    assert decide_withdrawal(known, a_withdrawal(NOTICE)) is outcome


def test_what_was_entered_in_error_goes_even_when_it_was_kept() -> None:
    said = a_withdrawal(NOTICE, reason=WithdrawalReason.ENTERED_IN_ERROR)
    known = Known("ended", 2, DIGEST, ROW)
    assert decide_withdrawal(known, said) is ItemOutcome.ACCEPTED
