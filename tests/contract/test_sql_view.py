"""A view in a database: read only, page by page, whole or what changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from signal_index.wire.deliveries import DeliveryKind
from sources.connectors.sql_view import PAGE, ChangeMarker, read_view
from sources.errors import InvalidAgencySettings, InvalidProfile, UnreadableFile
from sources.intake.views import ViewIntake, open_database, open_view
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile, parse_profile
from sources.settings import DatabasePlace
from sources.values import Case
from tests.connector_formats import CONTACTS, in_format
from tests.sources_builders import SECRET, TODAY, a_number

SQL = """
[sql]
database = "zaken"
view = "lopend"
key = ["zaak", "persoon"]
changed = "gewijzigd"
overlap = {overlap}

[sql.columns]
bsn = "bsn"
case_number = "zaak"
start = "begin"
municipality = "gemeente"
"""
TABLE = """
CREATE TABLE lopend (zaak {text}, persoon INTEGER, bsn {text}, begin DATE,
  gemeente {text}, gewijzigd {moment}, toelichting {text})
"""
INSERT = (
    "INSERT INTO lopend VALUES (:zaak, 1, :bsn, :begin, '9901', :gewijzigd, 'geheim')"
)


def a_profile(overlap: int = 0) -> Profile:
    return in_format("sql", SQL.format(overlap=overlap), CONTACTS)


def a_case(count: int, changed: object = "2026-10-01T00:00:00") -> dict[str, object]:
    return {
        "zaak": f"Z-{count:05}",
        "bsn": a_number(count % 1_000 + 1),
        "begin": date(2026, 1, 5),
        "gewijzigd": changed,
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "zaken.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(TABLE.format(text="TEXT", moment="TEXT"))
    return path


@pytest.fixture
def engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path)).render_as_string()
    return open_database(DatabasePlace(url=url))


def insert(path: Path, *rows: dict[str, object]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            INSERT, [row | {"begin": str(row["begin"])} for row in rows]
        )


def read(engine: Engine, since: object = None, *, overlap: int = 0) -> list[str]:
    """The case numbers that are read, from a marker on."""
    progress = ChangeMarker(TODAY)
    readings = read_view(engine, a_profile(overlap), since, progress, today=TODAY)  # type: ignore[arg-type]  # a marker of any kind
    found = [entry for reading in readings for entry in reading]
    assert all(isinstance(entry, Case) for entry in found)
    return [entry.key.text for entry in found if isinstance(entry, Case)]  # type: ignore[union-attr]  # all have numbers


@pytest.mark.parametrize("count", [0, 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1])
def test_every_row_is_read_once_whatever_the_pages(
    path: Path, engine: Engine, count: int
) -> None:
    insert(path, *(a_case(n) for n in range(count)))
    assert read(engine) == [f"Z-{n:05}" for n in range(count)]


def test_a_row_that_comes_or_goes_meanwhile_moves_no_other(
    path: Path, engine: Engine
) -> None:
    """Counting rows (OFFSET) would pass one over, and a full delivery withdraw it."""
    insert(path, *(a_case(n) for n in range(2 * PAGE)))
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        readings = ViewIntake(engine, a_profile()).read(today=TODAY)
        seen = [next(readings)]
        with writer:
            writer.execute("DELETE FROM lopend WHERE zaak < 'Z-00005'")
        seen += readings
    assert len(seen) == 2 * PAGE


@pytest.mark.parametrize("empty", ["zaak", "persoon"])
def test_a_key_that_is_empty_is_refused(path: Path, engine: Engine, empty: str) -> None:
    insert(path, a_case(1), a_case(2))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE lopend SET {empty} = NULL WHERE zaak = 'Z-00002'")  # noqa: S608 - our own names
    with pytest.raises(UnreadableFile, match="leeg"):
        read(engine)


@pytest.mark.parametrize("at", [5, PAGE - 1, PAGE, PAGE + 1])
def test_a_key_that_is_not_unique_is_refused(
    path: Path, engine: Engine, at: int
) -> None:
    insert(path, *(a_case(n) for n in range(PAGE * 2)), a_case(at))
    with pytest.raises(UnreadableFile, match="uniek"):
        read(engine)


def test_a_delta_gives_what_changed_since(path: Path, engine: Engine) -> None:
    insert(path, *(a_case(n, f"2026-10-{n:02}T00:00:00") for n in range(1, 6)))
    assert read(engine, "2026-10-04T00:00:00") == ["Z-00004", "Z-00005"]


def test_a_delta_is_paged_too(path: Path, engine: Engine) -> None:
    insert(path, *(a_case(n, f"2026-10-0{n % 3 + 1}") for n in range(3 * PAGE)))
    assert len(set(read(engine, "2026-10-02"))) == 2 * PAGE


def test_the_next_delta_begins_where_the_last_delivery_ended(
    path: Path, engine: Engine, tmp_path: Path
) -> None:
    insert(path, a_case(1, "2026-10-01"), a_case(2, "2026-10-02"))
    profile = a_profile()
    with Outbox(tmp_path / "outbox", OutboxKey(SECRET)) as outbox:

        def deliver() -> int:
            view = open_view(engine, profile, DeliveryKind.DELTA, outbox.connection)
            count = len(list(view.read(today=TODAY)))
            with outbox.transaction("plan") as connection:
                view.settle(connection)
            return count

        assert deliver() == 2
        assert deliver() == 1, "the last one seen is read again: it costs nothing"
        insert(path, a_case(3, "2026-10-03"))
        assert deliver() == 2


def test_a_mistyped_year_does_not_hide_what_changes_after_it() -> None:
    progress = ChangeMarker(TODAY)
    progress.hear(datetime(2026, 11, 1))  # noqa: DTZ001 - as a database gives it
    progress.hear(datetime(2926, 11, 1))  # noqa: DTZ001
    assert progress.marker == datetime(2026, 11, 1)  # noqa: DTZ001


def test_nothing_can_be_written_through_a_reading_connection(
    path: Path, engine: Engine
) -> None:
    insert(path, a_case(1))
    progress = ChangeMarker(TODAY)
    readings = read_view(engine, a_profile(), None, progress, today=TODAY)
    next(readings)
    frame = readings.gi_frame  # type: ignore[attr-defined]  # it is a generator
    assert frame is not None
    with pytest.raises(SQLAlchemyError, match="readonly"):
        frame.f_locals["connection"].execute(text("DELETE FROM lopend"))
    readings.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "changed",
    [
        ('view = "lopend"', 'view = "lopend; DROP TABLE lopend"'),
        ('view = "lopend"', 'view = "SELECT 1"'),
        ('key = ["zaak", "persoon"]', "key = []"),
        ('key = ["zaak", "persoon"]', 'key = ["zaak OR 1=1"]'),
        ('database = "zaken"', 'database = "../zaken"'),
    ],
)
def test_a_profile_cannot_bring_sql_of_its_own(changed: tuple[str, str]) -> None:
    table = SQL.format(overlap=0).replace(*changed)
    head = (
        'name = "x"\nformat = "sql"\ncategory = "bijstand"\nmunicipalities = ["9901"]'
    )
    rest = '\nvalid_months = 12\ninformed = "discussed"\ndefault_contact = "TEAM"\n'
    with pytest.raises(InvalidProfile):
        parse_profile(head + rest + table + CONTACTS)


def test_a_column_named_like_sql_is_only_a_name(engine: Engine) -> None:
    columns = 'bsn = "bsn\\"; DROP TABLE lopend; --"'
    profile = in_format(
        "sql", SQL.format(overlap=0).replace('bsn = "bsn"', columns), CONTACTS
    )
    with pytest.raises(UnreadableFile):
        list(read_view(engine, profile, None, ChangeMarker(TODAY), today=TODAY))
    assert read(engine) == [], "the table is still there"


def test_a_view_that_is_not_there_is_refused_without_its_message(
    engine: Engine,
) -> None:
    profile = in_format("sql", SQL.format(overlap=0).replace("lopend", "weg"), CONTACTS)
    with pytest.raises(UnreadableFile) as refusal:
        list(read_view(engine, profile, None, ChangeMarker(TODAY), today=TODAY))
    assert "weg" not in str(refusal.value)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "nieuw.sqlite"
    url = URL.create("sqlite", database=str(path)).render_as_string()
    with pytest.raises(InvalidAgencySettings):
        open_database(DatabasePlace(url=url))
    assert not path.exists()


def test_a_password_others_may_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "wachtwoord"
    secret.write_text("geheim")
    secret.chmod(0o644)
    place = DatabasePlace(
        url="postgresql+psycopg://lezer@db/zaken", password_file=secret
    )
    with pytest.raises(InvalidAgencySettings):
        open_database(place)


def test_a_password_in_the_settings_is_refused() -> None:
    with pytest.raises(ValueError, match="password_file"):
        DatabasePlace(url="postgresql+psycopg://lezer:geheim@db/zaken")


def test_a_delta_without_a_column_for_changes_is_refused(engine: Engine) -> None:
    profile = in_format(
        "sql",
        SQL.format(overlap=0).replace('changed = "gewijzigd"\n', ""),
        CONTACTS,
    )
    with pytest.raises(InvalidProfile):
        open_view(engine, profile, DeliveryKind.DELTA, None)


@pytest.fixture
def on_postgres(empty_postgres: str) -> Iterator[Engine]:
    url = empty_postgres.replace("postgresql+asyncpg://", "postgresql+psycopg://")
    owner = create_engine(url, poolclass=NullPool)
    with owner.begin() as connection:
        connection.execute(text(TABLE.format(text="TEXT", moment="TIMESTAMPTZ")))
        rows = [
            a_case(n, datetime(2026, 10, n % 9 + 1, tzinfo=UTC))
            for n in range(2 * PAGE)
        ]
        connection.execute(text(INSERT), rows)
    yield create_engine(url, poolclass=NullPool, hide_parameters=True)
    owner.dispose()


def test_postgresql_gives_the_same(on_postgres: Engine) -> None:
    assert read(on_postgres) == [f"Z-{n:05}" for n in range(2 * PAGE)]


def test_on_postgresql_a_delta_begins_before_the_last_one_seen(
    on_postgres: Engine,
) -> None:
    intake = ViewIntake(on_postgres, a_profile())
    everything = list(intake.read(today=TODAY))
    marker = intake._reached
    assert isinstance(marker, datetime)
    assert len(everything) == 2 * PAGE
    last = len(read(on_postgres, marker))
    assert last == 2 * PAGE // 9
    assert len(read(on_postgres, marker, overlap=86_400)) > last
