import io
import json
from datetime import date, timedelta

import pytest

from keys.errors import InvalidToken, SignatureInvalid
from keys.events import EventLog
from keys.holder.app import Edge
from keys.holder.errors import RequestMalformed, RequestReplayed, RequestUnsigned
from keys.holder.evaluations import Holder
from keys.holder.organisations import collect_organisations
from keys.holder.statements import Statement, answer_statement
from keys.request import RequestKey, sign_statement_request
from keys.restoration import Restoration
from keys.security.events import SecurityLog
from keys.statement import verify_statement
from tests.holder_fakes import INDEX_KEYS
from tests.holders_builders import (
    AUDIENCE,
    NOON,
    FakeClock,
    FakeMeter,
    Holders,
    a_bsn,
    some_holders,
)

TODAY = NOON.date()
GAP = Restoration(
    since=int(NOON.timestamp()) - 3600,
    until=int(NOON.timestamp()) - 61,
    said_at=int(NOON.timestamp()),
    because="disk-lost",
)


@pytest.fixture
def holders() -> Holders:
    return some_holders()


def a_holder(holders: Holders) -> Holder:
    known = collect_organisations([holders.auditor.entry, holders.lookup.entry])
    one = holders.holders[1]
    return Holder(one.keys, AUDIENCE, known, one.meter, FakeClock(), INDEX_KEYS)


def bearer(holders: Holders, day: date = TODAY, key: RequestKey | None = None) -> str:
    auditor = holders.auditor
    signed = sign_statement_request(
        key or auditor.key, auditor.oin, "holder-1", day, now=NOON
    )
    return f"Bearer {signed}"


def asked(holders: Holders, day: date = TODAY) -> Statement:
    return answer_statement(a_holder(holders), day.isoformat(), bearer(holders, day))


@pytest.mark.anyio
async def test_a_statement_lists_the_tickets_of_the_day(holders: Holders) -> None:
    await holders.look_up([a_bsn(1), a_bsn(2)], "user-7")
    await holders.prepare_publication([a_bsn(3)])
    token = asked(holders).token
    said = verify_statement(token, holders.config, "holder-1", TODAY)
    (ticket,) = said.tickets
    assert (ticket.sub, ticket.act, ticket.count) == ("user-7", "lookup", 2)


def test_a_day_without_tickets_is_stated_too(holders: Holders) -> None:
    yesterday = TODAY - timedelta(days=1)
    token = asked(holders, yesterday).token
    said = verify_statement(token, holders.config, "holder-1", yesterday)
    assert said.tickets == ()
    assert said.complete


def test_the_statement_of_a_day_that_is_not_over_says_so(holders: Holders) -> None:
    said = verify_statement(asked(holders).token, holders.config, "holder-1", TODAY)
    assert not said.complete


def test_a_statement_request_is_good_for_one_statement(holders: Holders) -> None:
    holder, request = a_holder(holders), bearer(holders)
    answer_statement(holder, TODAY.isoformat(), request)
    with pytest.raises(RequestReplayed):
        answer_statement(holder, TODAY.isoformat(), request)


def test_a_request_that_another_key_signed_is_refused(holders: Holders) -> None:
    request = bearer(holders, key=holders.lookup.key)
    with pytest.raises(RequestUnsigned):
        answer_statement(a_holder(holders), TODAY.isoformat(), request)


@pytest.mark.parametrize("header", ["", "Basic abc", "bearer x"])
def test_without_a_bearer_nothing_is_stated(holders: Holders, header: str) -> None:
    with pytest.raises(RequestUnsigned):
        answer_statement(a_holder(holders), TODAY.isoformat(), header)


@pytest.mark.parametrize("day", ["20261123", "2026-W48-1", "2026-02-30", "today", ""])
def test_a_day_has_one_spelling(holders: Holders, day: str) -> None:
    with pytest.raises(RequestMalformed):
        answer_statement(a_holder(holders), day, bearer(holders))


def test_a_statement_is_one_holder_s_about_one_day(holders: Holders) -> None:
    token = asked(holders).token
    with pytest.raises(SignatureInvalid):
        verify_statement(token, holders.config, "holder-2", TODAY)
    with pytest.raises(SignatureInvalid):
        verify_statement(token, holders.config, "holder-9", TODAY)
    with pytest.raises(InvalidToken):
        verify_statement(token, holders.config, "holder-1", TODAY - timedelta(days=1))


def restore(holders: Holders) -> None:
    meter = holders.holders[1].meter
    assert isinstance(meter, FakeMeter)
    meter.restored = (GAP,)


def test_what_a_restored_holder_lacks_stands_signed_in_every_statement(
    holders: Holders,
) -> None:
    restore(holders)
    for day in (TODAY, TODAY - timedelta(days=1)):
        token = asked(holders, day).token
        said = verify_statement(token, holders.config, "holder-1", day)
        assert said.restored == (GAP,)


@pytest.mark.anyio
async def test_a_soc_is_told_once_that_a_holder_was_restored(holders: Holders) -> None:
    restore(holders)
    stream = io.StringIO()
    log = EventLog(stream)
    edge = Edge(a_holder(holders), log, SecurityLog(log, lambda _o, _s: "0" * 32))
    await edge.tell_restored()
    await edge.tell_restored()
    (line,) = stream.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["reason"]) == ("holder-restored", "disk-lost")
    assert (said["since"], said["count"]) == ("2026-11-23T11:00+00:00", 59)
