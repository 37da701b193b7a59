"""By which keys sources sign, as holders state them: two count, and only now."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keys.commands import app
from keys.errors import InvalidToken, SignatureInvalid
from keys.holder.errors import HolderStartRefused
from keys.holder.evaluations import Holder
from keys.holder.organisations import collect_organisations, read_organisations
from keys.holder.registering import add_organisation, write_key_pair
from keys.holder.stating import state_notice_keys
from keys.jose import PrivateKey
from keys.notice_keys import StatedKey, agree, verify_notice_keys
from tests.holder_fakes import INDEX_KEYS, FakeMeter
from tests.holders_builders import (
    AUDIENCE,
    NOON,
    SOURCE_OIN,
    FakeClock,
    a_lookup_organisation,
    a_source,
    some_holders,
)
from tests.store_builders import an_oin

KEY = PrivateKey.generate("machine").public
PARTNER = an_oin(8)
HOLDERS = some_holders(notice_keys=[KEY])
RUN = CliRunner()


def state(index: int = 1) -> str:
    made = HOLDERS.holders[index]
    known = collect_organisations(
        [a_source(notice_keys=[KEY]).entry, a_lookup_organisation().entry]
    )
    holder = Holder(made.keys, AUDIENCE, known, FakeMeter(), FakeClock(), INDEX_KEYS)
    return state_notice_keys(holder)


def test_a_holder_states_the_keys_of_sources_and_of_nobody_else() -> None:
    found = verify_notice_keys(state(), HOLDERS.config, "holder-1", now=NOON)
    assert found == {(SOURCE_OIN, SOURCE_OIN, KEY)}


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_statement_says_what_is_for_ten_minutes(minutes: int) -> None:
    moment = NOON + timedelta(minutes=minutes)
    with pytest.raises(InvalidToken):
        verify_notice_keys(state(), HOLDERS.config, "holder-1", now=moment)


def test_one_holder_does_not_speak_for_another() -> None:
    with pytest.raises(SignatureInvalid):
        verify_notice_keys(state(2), HOLDERS.config, "holder-1", now=NOON)
    with pytest.raises(SignatureInvalid):
        verify_notice_keys(state(), HOLDERS.config, "holder-9", now=NOON)


def test_what_a_key_is_for_counts_that_two_holders_state() -> None:
    mine, theirs = (SOURCE_OIN, SOURCE_OIN, KEY), (PARTNER, SOURCE_OIN, KEY)
    stated: list[frozenset[StatedKey]] = [
        frozenset({mine}),
        frozenset({mine, theirs}),
        frozenset(),
    ]
    assert agree(stated, 2) == {(SOURCE_OIN, SOURCE_OIN, KEY.kid): KEY}


def test_a_partner_is_signed_for_until_that_ends(tmp_path: Path) -> None:
    path = a_list(tmp_path)
    common = ["--organisations", str(path), "--oin", SOURCE_OIN, "--partner", PARTNER]
    add, end = (["organisation", f"{act}-partner", *common] for act in ("add", "end"))
    assert RUN.invoke(app, add).exit_code == 0
    assert partners_in(path) == (PARTNER,)
    assert RUN.invoke(app, add).exit_code == 1, "it is there already"
    made = HOLDERS.holders[1]
    known = read_organisations(path)
    holder = Holder(made.keys, AUDIENCE, known, FakeMeter(), FakeClock(), INDEX_KEYS)
    found = verify_notice_keys(
        state_notice_keys(holder), HOLDERS.config, "holder-1", now=NOON
    )
    assert found == {(SOURCE_OIN, SOURCE_OIN, KEY), (PARTNER, SOURCE_OIN, KEY)}
    assert RUN.invoke(app, end).exit_code == 0
    assert partners_in(path) == ()
    assert RUN.invoke(app, end).exit_code == 1, "it is gone"


def partners_in(path: Path) -> tuple[str, ...]:
    (entry,) = read_organisations(path).by_kind.values()
    return entry.partners  # type: ignore[union-attr]  # a source


def test_a_statement_holds_by_the_former_key_of_its_holder() -> None:
    """While a renewal goes from party to party, nobody's number is lost."""
    first, *others = HOLDERS.config.holders
    renewed = first.model_copy(
        update={
            "ticket_key": PrivateKey.generate("next").public,
            "former_ticket_key": first.ticket_key,
        }
    )
    config = HOLDERS.config.model_copy(update={"holders": (renewed, *others)})
    assert verify_notice_keys(state(), config, "holder-1", now=NOON)


def test_of_two_keys_of_one_name_neither_counts() -> None:
    namesake = PrivateKey.generate(KEY.kid).public
    both = {(SOURCE_OIN, SOURCE_OIN, key) for key in (KEY, namesake)}
    stated = [frozenset(both)] * 3
    assert agree(stated, 2) == {}


def a_list(folder: Path) -> Path:
    path = folder / "organisations.toml"
    add_organisation(path, a_source(notice_keys=[KEY]).entry)
    return path


def keys_in(path: Path) -> set[str]:
    (entry,) = read_organisations(path).by_kind.values()
    return {key.kid for key in entry.notice_keys}  # type: ignore[union-attr]  # a source


def test_a_desks_key_is_added_beside_the_machines_and_ended_again(
    tmp_path: Path,
) -> None:
    path, (_, public) = a_list(tmp_path), write_key_pair(tmp_path)
    common = ["--organisations", str(path), "--oin", SOURCE_OIN]
    add = ["organisation", "add-notice-key", *common, "--notice-key", str(public)]
    assert RUN.invoke(app, add).exit_code == 0
    (made,) = keys_in(path) - {KEY.kid}
    assert RUN.invoke(app, add).exit_code == 1, "it is there already"
    end = ["organisation", "end-notice-key", *common, "--kid", made]
    assert RUN.invoke(app, end).exit_code == 0
    assert keys_in(path) == {KEY.kid}
    assert RUN.invoke(app, end).exit_code == 1, "it is gone"


def test_what_an_ended_source_signed_with_is_taken_in_by_nobody() -> None:
    ended = a_source(notice_keys=[KEY]).entry.model_copy(
        update={"ended_on": NOON.date(), "ended_because": "stolen"}
    )
    anew = a_source(notice_keys=[KEY]).entry
    with pytest.raises(HolderStartRefused, match="was ended"):
        collect_organisations([ended, anew])


def test_a_list_without_notice_keys_states_none() -> None:
    holder = HOLDERS.holders[1]
    known = collect_organisations([a_source().entry])
    served = Holder(holder.keys, AUDIENCE, known, FakeMeter(), FakeClock(), INDEX_KEYS)
    token = state_notice_keys(served)
    assert verify_notice_keys(token, HOLDERS.config, "holder-1", now=NOON) == set()
