"""A holder that serves takes up what was replaced, and only what holds."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from keys import clock
from keys.config import KeyConfig
from keys.config_document import SignedDocument
from keys.errors import SuccessorForked
from keys.events import EventLog
from keys.holder.app import Edge
from keys.holder.errors import HolderNotReady
from keys.holder.evaluations import Holder
from keys.holder.opening import open_keys
from keys.holder.organisations import load_organisations
from keys.holder.registering import add_organisation
from keys.holder.renewing import Renewal
from keys.holder.settings import HolderSettings
from keys.jose import PrivateKey
from keys.pinned_keys import take_successors
from keys.sealing import PassphraseSealer, read_passphrase
from keys.security.events import SecurityLog
from keys.successor import Successor, sign_successor
from tests.dealing import Dealing, sign_config
from tests.dealing_files import (
    PASSPHRASES,
    TEST_COST,
    replace_ticket_key,
    write_dealing,
)
from tests.holder_fakes import INDEX_KEY, INDEX_KEYS
from tests.holders_builders import (
    AUDIENCE,
    SOURCE_OIN,
    FakeMeter,
    a_lookup_organisation,
    a_source,
    some_dealing,
)

SOURCE = a_source()


@pytest.fixture(scope="module")
def dealing() -> Dealing:
    return some_dealing(clock.now())


@pytest.fixture(scope="module")
def dealt(dealing: Dealing, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dealt") / "keys"
    write_dealing(folder, dealing)
    return folder / "holder-1"


@pytest.fixture
def settings(dealt: Path, dealing: Dealing, tmp_path: Path) -> HolderSettings:
    config = tmp_path / "key-config.json"
    config.write_bytes(dealing.document)
    ticket_key = tmp_path / "ticket.key"
    ticket_key.touch(mode=0o600)
    ticket_key.write_bytes((dealt / "ticket.key").read_bytes())
    organisations = tmp_path / "organisations.toml"
    add_organisation(organisations, a_lookup_organisation().entry)
    return HolderSettings(
        holder="holder-1",
        audience=AUDIENCE,
        host="127.0.0.1",
        port=0,
        accepted_origin="dealt",
        key_config=config,
        pins=dealt / "pins.json",
        share=dealt / "share.json",
        passphrase=dealt.with_name(PASSPHRASES) / "holder-1",
        together_until=clock.now().date(),
        ticket_key=ticket_key,
        index_key=tmp_path / "index.public.jwk",
        organisations=organisations,
        database=tmp_path / "holder.db",
        keep_days=30,
    )


@pytest.fixture
def begun(settings: HolderSettings) -> tuple[Renewal, Holder]:
    renewal = Renewal(settings)
    keys = open_keys(settings, known=None, now=clock.now())
    known = load_organisations(settings.organisations)
    return renewal, Holder(keys, AUDIENCE, known, FakeMeter(), clock.now, INDEX_KEYS)


def offer(settings: HolderSettings, dealing: Dealing, config: KeyConfig) -> None:
    keys = [holder.config_key for holder in dealing.holders]
    settings.key_config.write_bytes(sign_config(config, keys))


def next_config(dealing: Dealing, serial: int) -> KeyConfig:
    return dealing.config.model_copy(update={"serial": serial})


def test_nothing_is_read_again_while_nothing_was_replaced(
    begun: tuple[Renewal, Holder],
) -> None:
    renewal, holder = begun
    assert renewal.renew(holder) is None


def pin(settings: HolderSettings, *steps: SignedDocument) -> None:
    settings.index_key.write_text(json.dumps(INDEX_KEY.public.jwk))
    take_successors(settings.index_key, steps)


def a_successor(key: PrivateKey) -> SignedDocument:
    begins = clock.now().replace(microsecond=0) + timedelta(days=1)
    said = Successor(
        use="receipt",
        number=2,
        former=INDEX_KEY.public,
        key=key.public,
        made=begins,
        begins=begins,
        ends=begins + timedelta(days=1),
    )
    return sign_successor(said, INDEX_KEY, key)


def test_what_follows_on_the_key_of_the_index_counts_at_the_next_look(
    begun: tuple[Renewal, Holder], settings: HolderSettings
) -> None:
    renewal, holder = begun
    following = PrivateKey.generate()
    pin(settings, a_successor(following))
    renewed = renewal.renew(holder)
    assert renewed is not None
    ends = clock.now() + timedelta(days=3)
    assert renewed.holder.index_keys.list_accepted(ends) == (following.public,)


def test_a_fork_is_an_alarm_at_a_holder(
    begun: tuple[Renewal, Holder], settings: HolderSettings
) -> None:
    renewal, holder = begun
    stream = io.StringIO()
    log = EventLog(stream)
    edge = Edge(holder, log, SecurityLog(log, lambda _oin, _sub: "0" * 32))
    edge.remind()
    pin(settings, a_successor(PrivateKey.generate()))
    with pytest.raises(SuccessorForked):
        take_successors(settings.index_key, [a_successor(PrivateKey.generate())])
    anyio.run(edge.renew, renewal.renew)
    for _ in range(3):  # a second each: it is told once
        edge.remind()
    said = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert [one for one in said if one in {"alarm", "successor-refused"}] == [
        *("successor-refused", "alarm")
    ]


def test_an_organisation_that_is_added_counts_at_the_next_look(
    begun: tuple[Renewal, Holder], settings: HolderSettings
) -> None:
    renewal, holder = begun
    add_organisation(settings.organisations, SOURCE.entry)
    renewed = renewal.renew(holder)
    assert renewed is not None
    assert renewed.holder.organisations.get(SOURCE_OIN, "publish") == SOURCE.entry
    assert renewed.holder.meter is holder.meter
    assert renewal.renew(renewed.holder) is None


@pytest.mark.parametrize(
    "text", ["organisations = 3\n", f"organisations = {'[' * 9_999}", ""], ids=len
)
def test_a_list_that_does_not_hold_changes_nothing_and_is_told_once(
    begun: tuple[Renewal, Holder], settings: HolderSettings, text: str
) -> None:
    renewal, holder = begun
    settings.organisations.write_text(text, "utf-8")
    renewed = renewal.renew(holder)
    assert renewed is not None
    assert renewed.holder == holder
    assert "organisations" in renewed.refusals[0]
    assert renewal.renew(holder) is None


def test_a_newer_key_config_is_taken_up_and_an_older_one_never_again(
    begun: tuple[Renewal, Holder], settings: HolderSettings, dealing: Dealing
) -> None:
    renewal, holder = begun
    offer(settings, dealing, next_config(dealing, dealing.config.serial + 1))
    renewed = renewal.renew(holder)
    assert renewed is not None
    assert not renewed.refusals
    newer = renewed.holder
    assert newer.keys.identity.config.serial == dealing.config.serial + 1
    settings.key_config.write_bytes(dealing.document)
    back = renewal.renew(newer)
    assert back is not None
    assert back.holder == newer
    assert [one.partition(":")[0] for one in back.refusals] == ["ConfigRolledBack"]


def test_a_config_counts_when_it_is_kept_and_is_tried_until_then(
    settings: HolderSettings, begun: tuple[Renewal, Holder], dealing: Dealing
) -> None:
    renewal, holder = begun
    meter = FakeMeter(broken=HolderNotReady())
    offer(settings, dealing, next_config(dealing, 2))
    renewed = renewal.renew(replace(holder, meter=meter))
    assert renewed is not None
    assert renewed.holder.keys == holder.keys
    meter.broken = None
    again = renewal.renew(renewed.holder)
    assert again is not None
    assert again.holder.keys.identity.config == meter.config
    assert renewal.renew(again.holder) is None


def test_a_ticket_key_is_changed_at_any_moment_after_its_config(
    begun: tuple[Renewal, Holder], settings: HolderSettings, dealing: Dealing
) -> None:
    """Two files are never replaced at once: in between it serves with the former."""
    renewal, holder = begun
    new = PrivateKey.generate()
    own = dealing.config.holders[0]
    changed = {"ticket_key": new.public, "former_ticket_key": own.ticket_key}
    holders = (own.model_copy(update=changed), *dealing.config.holders[1:])
    config = next_config(dealing, 2).model_copy(update={"holders": holders})
    offer(settings, dealing, config)
    between = renewal.renew(holder)
    assert between is not None
    assert between.refusals == ()
    assert between.holder.keys.ticket_key.public == own.ticket_key
    assert settings.passphrase is not None
    sealer = PassphraseSealer(read_passphrase(settings.passphrase), TEST_COST)
    replace_ticket_key(settings.ticket_key, new, "holder-1", sealer)
    after = renewal.renew(between.holder)
    assert after is not None
    assert after.holder.keys.ticket_key.public == new.public


def test_a_list_counts_also_when_a_config_beside_it_is_refused(
    begun: tuple[Renewal, Holder], settings: HolderSettings
) -> None:
    renewal, holder = begun
    add_organisation(settings.organisations, SOURCE.entry)
    settings.key_config.write_bytes(b"{}")
    renewed = renewal.renew(holder)
    assert renewed is not None
    assert renewed.holder.organisations.get(SOURCE_OIN, "publish") == SOURCE.entry
    assert renewed.holder.keys == holder.keys
    assert len(renewed.refusals) == 1
    assert renewed.is_taken_up


def test_where_all_is_refused_nothing_is_called_renewed(
    begun: tuple[Renewal, Holder], settings: HolderSettings
) -> None:
    renewal, holder = begun
    settings.key_config.write_bytes(b"{}")
    refused = renewal.renew(holder)
    assert refused is not None
    assert len(refused.refusals) == 1
    assert not refused.is_taken_up
