"""A holder answers for two sharings while everybody goes on from one to the next."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from keys.base64url import decode_b64u, encode_b64u
from keys.dleq import parse_proof
from keys.files import write_whole
from keys.group import parse_point
from keys.holder.errors import HolderStartRefused, RequestStale
from keys.holder.evaluations import Holder, answer_evaluation
from keys.holder.registering import add_organisation
from keys.holder.renewing import Renewal, Renewed
from keys.holder.serve import open_holder
from keys.holder.settings import HolderSettings
from keys.holder.store import HolderStore
from keys.oprf import Evaluation, blind_batch, verify_evaluation
from keys.overlap import EPOCH_OVERLAP, VERSION_OVERLAP
from keys.request import Act, RequestTerms, sign_request
from keys.shares import get_public_share
from keys.ticket import verify_ticket
from tests.dealing import Dealing
from tests.dealing_files import PASSPHRASES, write_dealing
from tests.holder_fakes import INDEX_KEY, FakeClock
from tests.holders_builders import AUDIENCE, a_lookup_organisation
from tests.overlap_builders import share_anew, some_distributed, write_anew

LOOKUP = a_lookup_organisation()
SECOND = timedelta(seconds=1)


class Machine:
    """Holder 1 on its machine: its files, its record, and what it serves."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.clock = clock
        self.first = some_distributed()
        keys = folder / "keys"
        write_dealing(keys, self.first)
        self.folder = keys / "holder-1"
        (folder / "index.jwk").write_text(json.dumps(INDEX_KEY.public.jwk))
        add_organisation(folder / "organisations.toml", LOOKUP.entry)
        self.settings = HolderSettings(
            holder="holder-1",
            audience=AUDIENCE,
            host="127.0.0.1",
            port=0,
            accepted_origin="distributed",
            key_config=self.folder / "key-config.json",
            pins=self.folder / "pins.json",
            share=self.folder / "share.json",
            passphrase=keys / PASSPHRASES / "holder-1",
            together_until=clock().date(),
            ticket_key=self.folder / "ticket.key",
            index_key=folder / "index.jwk",
            organisations=folder / "organisations.toml",
            database=folder / "holder.db",
            keep_days=30,
        )
        self.holder: Holder
        self.renewal: Renewal
        self.start()

    def start(self) -> None:
        self.renewal = Renewal(self.settings)
        holder, self.housekeeping = open_holder(self.settings, self.clock)
        self.holder = holder

    def stop(self) -> None:
        self.housekeeping.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def offer(self, dealing: Dealing, *, name: str = "share.json") -> None:
        (self.folder / name).unlink(missing_ok=True)
        write_anew(self.folder, dealing, 1, name)
        write_whole(self.settings.pins, dealing.pins, replace=True)
        write_whole(self.settings.key_config, dealing.document, replace=True)

    def look(self) -> Renewed | None:
        renewed = self.renewal.renew(self.holder)
        if renewed is not None:
            self.holder = renewed.holder
        return renewed

    def take_up(self, dealing: Dealing, *, name: str = "share.json") -> None:
        self.offer(dealing, name=name)
        renewed = self.look()
        assert renewed is not None
        assert renewed.refusals == ()

    def ask(self, dealing: Dealing) -> None:
        """Ask under a sharing; the answer and its ticket hold under that one."""
        config = dealing.config
        blinded = blind_batch([b"a"]).points
        points = tuple(point.encoded for point in blinded)
        terms = RequestTerms(
            issuer=LOOKUP.oin,
            audience="holder-1",
            subject="user-1",
            act=Act.LOOKUP,
            key_version=config.key_version,
            epoch=config.epoch,
            pair=(1, 2),
            points=points,
        )
        request = sign_request(LOOKUP.key, terms, now=self.clock())
        body = {"request": request, "points": [encode_b64u(each) for each in points]}
        answer = answer_evaluation(self.holder, json.dumps(body).encode()).body
        said = answer["evaluations"]
        assert isinstance(said, list)
        found = tuple(parse_point(decode_b64u(one)) for one in said)
        proof = parse_proof(decode_b64u(str(answer["proof"])))
        share = get_public_share(config, 1)
        verify_evaluation(share, blinded, Evaluation(found, proof))
        ticket = str(answer["ticket"])
        verify_ticket(ticket, config, audience=AUDIENCE, now=self.clock())

    def is_asked(self, dealing: Dealing) -> bool:
        try:
            self.ask(dealing)
        except RequestStale:
            return False
        return True


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, FakeClock())
    yield made
    made.housekeeping.close()


def test_both_sharings_are_answered_for_each_under_its_own_shares(
    machine: Machine,
) -> None:
    second = share_anew(machine.first)
    machine.take_up(second)
    for dealing in (machine.first, second, machine.first):
        machine.ask(dealing)


def test_the_former_epoch_ends_a_quarter_of_an_hour_after_the_new_one_was_asked(
    machine: Machine,
) -> None:
    second = share_anew(machine.first)
    machine.take_up(second)
    machine.clock.forward(10 * EPOCH_OVERLAP)
    machine.look()
    assert machine.is_asked(machine.first), "the others do not have the new one yet"
    machine.ask(second)
    machine.look()
    machine.clock.forward(EPOCH_OVERLAP - SECOND)
    assert machine.is_asked(machine.first)
    machine.clock.forward(SECOND)
    assert not machine.is_asked(machine.first)
    assert machine.is_asked(second)


def test_the_former_version_ends_a_day_after_the_new_one_was_asked(
    machine: Machine,
) -> None:
    other = share_anew(machine.first, rotated=True)
    machine.take_up(other)
    machine.ask(other)
    machine.look()
    machine.clock.forward(VERSION_OVERLAP - SECOND)
    assert machine.is_asked(machine.first)
    machine.clock.forward(SECOND)
    assert not machine.is_asked(machine.first)


def test_a_share_that_is_over_is_in_memory_no_more_and_that_is_told(
    machine: Machine,
) -> None:
    second = share_anew(machine.first)
    machine.look()
    machine.take_up(second, name="share-1-2.json")
    machine.ask(second)
    machine.look()
    machine.clock.forward(EPOCH_OVERLAP)
    renewed = machine.look()
    assert renewed is not None
    assert renewed.holder.former == ()
    assert [(one.config.epoch, one.left) for one in renewed.retired] == [(1, 1)]
    assert machine.look() is None


def test_a_restart_goes_on_with_both_while_both_shares_lie_there(
    machine: Machine,
) -> None:
    second = share_anew(machine.first)
    machine.take_up(second, name="share-1-2.json")
    machine.restart()
    assert machine.is_asked(machine.first)
    machine.ask(second)
    machine.clock.forward(EPOCH_OVERLAP)
    machine.restart()
    assert not machine.is_asked(machine.first), "what is over never comes back"
    renewed = machine.look()
    assert renewed is not None
    assert [(one.config.epoch, one.left) for one in renewed.retired] == [(1, 1)]
    machine.settings.share.unlink()
    machine.restart()
    assert machine.is_asked(second)


def test_a_share_put_in_the_place_of_the_former_one_leaves_that_in_memory_alone(
    machine: Machine,
) -> None:
    second = share_anew(machine.first)
    machine.take_up(second)
    assert machine.is_asked(machine.first)
    machine.restart()
    assert not machine.is_asked(machine.first)
    assert machine.is_asked(second)


def test_a_share_that_waits_for_its_config_changes_nothing(machine: Machine) -> None:
    second = share_anew(machine.first)
    write_anew(machine.folder, second, 1, "share-1-2.json")
    renewed = machine.look()
    assert renewed is not None
    assert renewed.refusals == ()
    assert not machine.is_asked(second)
    machine.restart()
    assert machine.is_asked(machine.first)


@pytest.mark.parametrize("name", ["share-other.json", "share-1-1-copy.json"])
def test_two_shares_of_one_epoch_with_other_public_shares_never_start(
    machine: Machine, name: str
) -> None:
    """Of another try of the same ceremony, or another key altogether."""
    for other in (machine.first, some_distributed()):
        (machine.folder / name).unlink(missing_ok=True)
        write_anew(machine.folder, other, 1, name)
        renewed = machine.look()
        assert renewed is not None
        assert bool(renewed.refusals) == (other is not machine.first)
    with pytest.raises(HolderStartRefused, match=f"{name}: the share is not the one"):
        machine.restart()
    (machine.folder / name).unlink()
    machine.start()


def test_another_former_share_than_the_accepted_one_never_starts(
    machine: Machine,
) -> None:
    second = share_anew(machine.first)
    machine.take_up(second)
    write_anew(machine.folder, some_distributed(), 1, "share-1-1.json")
    with pytest.raises(HolderStartRefused, match=r"share-1-1\.json"):
        machine.restart()
    (machine.folder / "share-1-1.json").unlink()
    machine.start()


def test_three_sharings_end_each_in_its_time(machine: Machine) -> None:
    """Another key, and its shares refreshed within the day."""
    rotated = share_anew(machine.first, rotated=True)
    machine.take_up(rotated)
    machine.ask(rotated)
    machine.clock.forward(timedelta(hours=1))
    refreshed = share_anew(rotated)
    machine.take_up(refreshed)
    for dealing in (machine.first, rotated, refreshed):
        machine.ask(dealing)
    machine.look()
    machine.clock.forward(EPOCH_OVERLAP)
    asked = (machine.first, rotated, refreshed)
    assert [machine.is_asked(one) for one in asked] == [True, False, True]
    machine.clock.forward(VERSION_OVERLAP)
    assert [machine.is_asked(one) for one in asked] == [False, False, True]


def test_a_holder_is_never_led_back_to_a_former_config(machine: Machine) -> None:
    second = share_anew(machine.first)
    machine.take_up(second, name="share-1-2.json")
    write_whole(machine.settings.pins, machine.first.pins, replace=True)
    write_whole(machine.settings.key_config, machine.first.document, replace=True)
    renewed = machine.look()
    assert renewed is not None
    (refused,) = renewed.refusals
    assert refused.startswith("ConfigRolledBack: ")
    assert machine.holder.keys.identity.config == second.config
    with pytest.raises(HolderStartRefused, match="ConfigRolledBack"):
        machine.restart()
    machine.offer(second, name="share-1-2.json")
    machine.start()


def test_an_end_that_is_known_needs_no_look_any_more(machine: Machine) -> None:
    second = share_anew(machine.first)
    machine.take_up(second)
    machine.ask(second)
    machine.look()
    machine.clock.forward(EPOCH_OVERLAP)
    assert not machine.is_asked(machine.first)


def test_a_clock_that_goes_back_brings_no_share_back(machine: Machine) -> None:
    """What ended is noted with the moment that was seen; no clock takes it back."""
    second = share_anew(machine.first)
    machine.take_up(second, name="share-1-2.json")
    machine.ask(second)
    machine.look()
    machine.clock.forward(EPOCH_OVERLAP)
    machine.look()
    machine.clock.forward(-EPOCH_OVERLAP)
    assert not machine.is_asked(machine.first)
    machine.restart()
    assert machine.holder.former == ()
    assert not machine.is_asked(machine.first)
    assert machine.is_asked(second)


def test_an_end_that_is_seen_at_a_start_is_noted_too(machine: Machine) -> None:
    second = share_anew(machine.first)
    machine.take_up(second, name="share-1-2.json")
    machine.ask(second)
    machine.stop()
    machine.clock.forward(EPOCH_OVERLAP)
    machine.start()
    machine.clock.forward(-EPOCH_OVERLAP)
    machine.restart()
    assert machine.holder.former == ()
    assert not machine.is_asked(machine.first)


def test_a_share_that_was_not_there_when_it_ended_is_over_all_the_same(
    machine: Machine,
) -> None:
    """Its file was away; with a clock gone back and the file returned it stays over."""
    second = share_anew(machine.first)
    machine.take_up(second, name="share-1-2.json")
    former = machine.settings.share.read_bytes()
    machine.settings.share.unlink()
    machine.restart()
    machine.ask(second)
    machine.look()
    machine.clock.forward(EPOCH_OVERLAP)
    machine.look()
    machine.clock.forward(-EPOCH_OVERLAP)
    write_whole(machine.settings.share, former, replace=True)
    machine.restart()
    assert not machine.is_asked(machine.first)


def say_restored(machine: Machine) -> None:
    store = HolderStore.open(machine.settings.database)
    now = machine.clock()
    store.record_restored(store.find_gap(now - SECOND, "disk-lost", now=now))
    store.close()


@pytest.mark.parametrize("is_known", [False, True], ids=["before it", "after it"])
def test_a_restored_holder_opens_no_former_share(
    machine: Machine, *, is_known: bool
) -> None:
    """Its record was made before or after the second sharing; nobody knows who asked
    under that since, so what went before it may be long over."""
    second = share_anew(machine.first)
    if is_known:
        machine.take_up(second, name="share-1-2.json")
    machine.stop()
    backup = machine.settings.database.read_bytes()
    machine.start()
    if not is_known:
        machine.take_up(second, name="share-1-2.json")
    machine.ask(second)
    machine.stop()
    machine.settings.database.write_bytes(backup)
    say_restored(machine)
    machine.start()
    assert machine.holder.former == ()
    assert not machine.is_asked(machine.first)
    assert machine.is_asked(second)


def test_what_a_restored_holder_serves_with_is_followed_like_any_other(
    machine: Machine,
) -> None:
    machine.stop()
    say_restored(machine)
    machine.start()
    machine.take_up(share_anew(machine.first), name="share-1-2.json")
    machine.look()
    assert machine.is_asked(machine.first)
    machine.restart()
    assert machine.is_asked(machine.first)
