"""The holder's memory on a real SQLite file, under the rules that `Meter` states."""

import hashlib
import secrets
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from keys.base64url import encode_b64u
from keys.holder.admission import Admitted
from keys.holder.budgets import MOST_ASKED
from keys.holder.errors import (
    BudgetSpent,
    HolderNotReady,
    HolderStartRefused,
    OrganisationBudgetSpent,
    QuestionsSpent,
    RequestReplayed,
    SourceBudgetSpent,
    UserBudgetSpent,
)
from keys.holder.spending import TicketGrant
from keys.holder.store import HolderStore
from keys.holder.tables import SCHEMA, SCHEMA_VERSION
from keys.holder.wire import EvaluationClaims, RegistrationClaims, StatementClaims
from tests.holders_builders import (
    NOON,
    Organisation,
    a_lookup_organisation,
    a_source,
    an_auditor,
)

LOOKUP = a_lookup_organisation(per_user=10, per_organisation=25)
SOURCE = a_source(caseload=100)
TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "holder.db"


@pytest.fixture
def store(path: Path) -> Iterator[HolderStore]:
    opened = HolderStore.open(path)
    yield opened
    opened.close()


def asked(
    count: int = 1, subject: str = "user-1", organisation: Organisation = LOOKUP
) -> Admitted:
    publishes = organisation is SOURCE
    claims = EvaluationClaims.model_validate(
        {
            "iss": organisation.oin,
            "aud": "holder-1",
            "sub": subject,
            "act": "publish" if publishes else "lookup",
            "count": count,
            "keyVersion": 1,
            "epoch": 1,
            "pair": (1, 2),
            "req": encode_b64u(secrets.token_bytes(32)),
            "iat": int(NOON.timestamp()),
            "exp": int(NOON.timestamp()) + 60,
            "jti": uuid4(),
        }
    )
    return Admitted(organisation.entry, claims)


def a_grant() -> TicketGrant:
    return TicketGrant(jti=str(uuid4()), expires_at=NOON + timedelta(minutes=15))


def test_a_user_s_day_is_spent_to_the_last_person(store: HolderStore) -> None:
    store.spend(asked(10), a_grant(), now=NOON)
    with pytest.raises(UserBudgetSpent):
        store.spend(asked(1), a_grant(), now=NOON)
    store.spend(asked(1), a_grant(), now=TOMORROW)


def test_the_same_points_get_one_ticket(store: HolderStore) -> None:
    first = asked()
    again = Admitted(
        first.organisation, first.claims.model_copy(update={"jti": uuid4()})
    )
    store.spend(first, a_grant(), now=NOON)
    with pytest.raises(RequestReplayed):
        store.spend(again, a_grant(), now=NOON)


def test_an_organisation_s_day_holds_for_all_its_users(store: HolderStore) -> None:
    for user in ("a", "b"):
        store.spend(asked(10, user), a_grant(), now=NOON)
    with pytest.raises(OrganisationBudgetSpent):
        store.spend(asked(6, "c"), a_grant(), now=NOON)
    store.spend(asked(5, "c"), a_grant(), now=NOON)


def test_a_refused_request_spends_nothing(store: HolderStore) -> None:
    with pytest.raises(UserBudgetSpent):
        store.spend(asked(11), a_grant(), now=NOON)
    store.spend(asked(10), a_grant(), now=NOON)


def test_a_source_has_its_bucket_and_regains_by_the_day(store: HolderStore) -> None:
    store.spend(asked(300, organisation=SOURCE), None, now=NOON)
    with pytest.raises(SourceBudgetSpent):
        store.spend(asked(1, organisation=SOURCE), None, now=NOON)
    store.spend(asked(5, organisation=SOURCE), None, now=TOMORROW)
    with pytest.raises(SourceBudgetSpent):
        store.spend(asked(1, organisation=SOURCE), None, now=TOMORROW)


def test_a_clock_set_back_gives_a_source_nothing(store: HolderStore) -> None:
    store.spend(asked(300, organisation=SOURCE), None, now=TOMORROW)
    with pytest.raises(SourceBudgetSpent):
        store.spend(asked(1, organisation=SOURCE), None, now=NOON)
    store.spend(asked(5, organisation=SOURCE), None, now=TOMORROW + timedelta(days=1))


def test_a_request_is_used_once_also_after_a_restart(
    path: Path, store: HolderStore
) -> None:
    request = asked()
    store.spend(request, a_grant(), now=NOON)
    store.close()
    again = HolderStore.open(path)
    with pytest.raises(RequestReplayed):
        again.spend(request, a_grant(), now=NOON)
    again.close()


def test_what_is_spent_survives_a_process_that_is_killed(
    path: Path, store: HolderStore
) -> None:
    store.spend(asked(10), a_grant(), now=NOON)
    # Another connection sees only what was committed; nobody closed the first.
    other = HolderStore.open(path)
    with pytest.raises(UserBudgetSpent):
        other.spend(asked(1), a_grant(), now=NOON)
    other.close()


def test_threads_together_never_spend_more_than_there_is(store: HolderStore) -> None:
    def attempt(_: int) -> int:
        try:
            store.spend(asked(1), a_grant(), now=NOON)
        except BudgetSpent:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 10


def test_a_memory_that_cannot_be_written_refuses_everyone(store: HolderStore) -> None:
    store.close()
    with pytest.raises(HolderNotReady):
        store.spend(asked(), a_grant(), now=NOON)
    with pytest.raises(HolderNotReady):
        store.find_tickets(NOON.date())


def test_a_locked_memory_refuses(path: Path, store: HolderStore) -> None:
    store._connection.execute("PRAGMA busy_timeout=10")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(HolderNotReady):
        store.spend(asked(), a_grant(), now=NOON)
    blocker.execute("ROLLBACK")
    blocker.close()
    store.spend(asked(), a_grant(), now=NOON)


def test_tickets_are_found_by_the_day_they_were_given(store: HolderStore) -> None:
    grant = a_grant()
    store.spend(asked(3), grant, now=NOON)
    store.spend(asked(4, organisation=SOURCE), None, now=NOON)
    (ticket,) = store.find_tickets(NOON.date())
    assert (ticket.jti, ticket.count, ticket.act) == (grant.jti, 3, "lookup")
    assert store.find_tickets(TOMORROW.date()) == ()


def test_a_statement_request_is_used_once(store: HolderStore) -> None:
    auditor = an_auditor()
    claims = StatementClaims(
        iss=auditor.oin,
        aud="holder-1",
        act="statement",
        day=NOON.date(),
        iat=0,
        exp=60,
        jti=uuid4(),
    )
    store.record_asked(claims, claims.day.isoformat(), now=NOON)
    with pytest.raises(RequestReplayed):
        store.record_asked(claims, claims.day.isoformat(), now=NOON)


def test_who_asked_is_erased_after_the_days_that_are_kept(store: HolderStore) -> None:
    store.spend(asked(3), a_grant(), now=NOON)
    store.spend(asked(300, organisation=SOURCE), None, now=NOON)
    store.erase_older(timedelta(days=30), now=NOON + timedelta(days=30))
    assert len(store.find_tickets(NOON.date())) == 1
    store.erase_older(timedelta(days=30), now=NOON + timedelta(days=31))
    assert store.find_tickets(NOON.date()) == ()
    with pytest.raises(SourceBudgetSpent):
        store.spend(asked(1, organisation=SOURCE), None, now=NOON)


def test_the_file_is_its_owner_s_alone(path: Path, store: HolderStore) -> None:
    store.spend(asked(), a_grant(), now=NOON)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_is_as_durable_as_promised(store: HolderStore) -> None:
    pragma = store._connection.execute
    assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
    assert pragma("PRAGMA synchronous").fetchone() == (2,)
    assert pragma("PRAGMA secure_delete").fetchone() == (1,)


def test_a_file_that_is_no_database_keeps_the_holder_from_starting(
    path: Path,
) -> None:
    path.write_bytes(b"not a database, not at all" * 50)
    with pytest.raises(HolderStartRefused):
        HolderStore.open(path)


def test_a_file_of_another_version_keeps_the_holder_from_starting(
    path: Path, store: HolderStore
) -> None:
    store._connection.execute("PRAGMA user_version=9")
    with pytest.raises(HolderStartRefused, match="another version"):
        HolderStore.open(path)


MADE = {
    1: "2a83e5c40bddbb052b6ef9d7e3db30ebec6ad981876aac22f124c8aa589a8ac2",
    2: "64044e826bc81d4b2da132e950755a9bdc960e897ac2000c5b76aaeb2e9a1ce4",
    3: "474488b827dd0b2f0b4e30fe9ae65d8ba2430b7829964ed22b327242d67e9588",
    4: "514e3734b790835f49b445942b48c96b85448524f21c2efb465ccfaaf5d3a1a5",
    5: "55983292acdda368ddacca1cd26cd1e8103e288b0bd4f5add0524402471a67e8",
    6: "28356e06679bdd24fd8bc9e1415eb39e15d0b8267a3f03311cd58e67275287bc",
    7: "a486eb0fac584ae017b7c887e0cfd0086edc29ae09d446678c170e06eb5cefa2",
}
"""SHA-256 of the tables by version. A line that is here stays: count up, add one."""


def test_a_change_of_the_tables_counts_the_version_up() -> None:
    assert max(MADE) == SCHEMA_VERSION
    assert MADE[SCHEMA_VERSION] == hashlib.sha256(SCHEMA.encode()).hexdigest()


def test_whoever_asks_about_itself_too_often_waits(store: HolderStore) -> None:
    def ask(at: datetime, organisation: Organisation = SOURCE) -> None:
        claims = RegistrationClaims.model_validate(
            {
                "iss": organisation.oin,
                "aud": "holder-1",
                "act": "registration",
                "iat": int(at.timestamp()),
                "exp": int(at.timestamp()) + 60,
                "jti": uuid4(),
            }
        )
        store.record_asked(claims, claims.act, now=at)

    for minute in range(MOST_ASKED):
        ask(NOON + timedelta(seconds=minute))
    with pytest.raises(QuestionsSpent) as refused:
        ask(NOON + timedelta(minutes=30))
    assert refused.value.retry_after == timedelta(minutes=30)
    ask(NOON + timedelta(minutes=30), LOOKUP)
    ask(NOON + timedelta(hours=1, seconds=1))
