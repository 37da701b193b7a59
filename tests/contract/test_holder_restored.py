"""A holder whose record was put back from a backup says what is missing of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys import clock
from keys.commands import app
from keys.holder.errors import RestorationRefused
from keys.holder.store import HolderStore
from tests.contract.test_holder_store import a_grant, asked
from tests.holders_builders import NOON

HOUR = timedelta(hours=1)
FILES = (
    "key_config",
    "pins",
    "share",
    "passphrase",
    "ticket_key",
    "index_key",
    "organisations",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HolderStore]:
    opened = HolderStore.open(tmp_path / "holder.db")
    yield opened
    opened.close()


def bounds_of(store: HolderStore, since: datetime, now: datetime) -> tuple[int, int]:
    said = store.find_gap(since, "disk-lost", now=now)
    return said.since, said.until


def test_the_gap_ends_at_the_first_request_after_the_backup(store: HolderStore) -> None:
    store.spend(asked(), a_grant(), now=NOON)
    store.spend(asked(), a_grant(), now=NOON + 2 * HOUR)
    gap = bounds_of(store, NOON, NOON + 5 * HOUR)
    assert gap == (NOON.timestamp(), (NOON + 2 * HOUR).timestamp())


def test_the_gap_ends_now_where_nobody_asked_since(store: HolderStore) -> None:
    store.spend(asked(), a_grant(), now=NOON)
    gap = bounds_of(store, NOON, NOON + HOUR)
    assert gap == (NOON.timestamp(), (NOON + HOUR).timestamp())


def test_a_gap_is_said_once_and_kept_as_long_as_the_record(store: HolderStore) -> None:
    said = store.find_gap(NOON, "damaged", now=NOON + HOUR)
    store.record_restored(said)
    with pytest.raises(RestorationRefused):
        store.find_gap(NOON + HOUR / 2, "damaged", now=NOON + HOUR)
    store.erase_older(timedelta(days=30), now=NOON + timedelta(days=30))
    assert store.find_restored() == (said,)
    store.erase_older(timedelta(days=30), now=NOON + timedelta(days=31))
    assert store.find_restored() == ()


def test_a_gap_that_begins_in_the_future_is_refused(store: HolderStore) -> None:
    with pytest.raises(RestorationRefused):
        store.find_gap(NOON, "mistake", now=NOON)


def say(folder: Path, until: datetime, *more: str, answer: str = "") -> Result:
    named = {name: name for name in FILES}
    settings = {
        "holder": "holder-1",
        "audience": "https://index.test",
        "host": "127.0.0.1",
        "port": 8101,
        "accepted_origin": "dealt",
        "database": "holder.db",
        "keep_days": 30,
    } | named
    file = folder / "holder.toml"
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    file.write_text("".join(lines))
    moment = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    arguments = ["restored", "--settings", str(file), "--until", moment]
    return CliRunner().invoke(
        app, [*arguments, "--because", "disk-lost", *more], input=answer
    )


def test_an_operator_says_it_with_one_command(
    store: HolderStore, tmp_path: Path
) -> None:
    result = say(tmp_path, clock.now() - HOUR, "--yes")
    assert result.exit_code == 0, result.output
    (said,) = store.find_restored()
    assert said.because == "disk-lost"
    assert 3600 <= said.until - said.since < 3660
    assert "tell the auditor" in result.output


def test_an_operator_is_asked_first_and_may_say_no(
    store: HolderStore, tmp_path: Path
) -> None:
    result = say(tmp_path, clock.now() - HOUR, answer="n\n")
    assert (result.exit_code, store.find_restored()) == (1, ())
    assert "Missing of this record" in result.output


def test_a_moment_that_cannot_be_is_refused_with_its_field(tmp_path: Path) -> None:
    result = say(tmp_path, clock.now() + HOUR, "--yes")
    assert result.exit_code == 1
    assert "Nothing said: until: is not in the past" in result.output
