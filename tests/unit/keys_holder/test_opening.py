from dataclasses import replace

import pytest

from keys.holder.errors import HolderStartRefused
from keys.holder.opening import match_keys
from keys.shares import KeyShare
from tests.holders_builders import some_dealing

DEALING = some_dealing()
FIRST, SECOND, _ = DEALING.holders


def test_keys_that_belong_together_are_put_together() -> None:
    keys = match_keys(
        DEALING.config, DEALING.document, "holder-1", FIRST.share, FIRST.ticket_key
    )
    assert (keys.identity.index, keys.identity.id) == (1, "holder-1")


def test_a_holder_that_the_config_does_not_name_does_not_start() -> None:
    with pytest.raises(HolderStartRefused, match="does not name"):
        match_keys(
            DEALING.config, DEALING.document, "holder-9", FIRST.share, FIRST.ticket_key
        )


def test_another_holder_s_share_does_not_start() -> None:
    with pytest.raises(HolderStartRefused, match="share"):
        match_keys(
            DEALING.config, DEALING.document, "holder-1", SECOND.share, FIRST.ticket_key
        )


def test_a_share_of_another_epoch_does_not_start() -> None:
    old = FIRST.share
    other = KeyShare(replace(old.sharing, epoch=2), old.index, old.scalar)
    with pytest.raises(HolderStartRefused, match="share"):
        match_keys(
            DEALING.config, DEALING.document, "holder-1", other, FIRST.ticket_key
        )


def test_another_ticket_key_does_not_start() -> None:
    for key in (SECOND.ticket_key, FIRST.config_key):
        with pytest.raises(HolderStartRefused, match="ticket key"):
            match_keys(DEALING.config, DEALING.document, "holder-1", FIRST.share, key)
