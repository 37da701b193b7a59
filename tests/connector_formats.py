"""Every format a connector reads: how to write records in it, and its profile.

A format joins the shared suite by giving a `Format` here.
"""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook
from sqlalchemy import URL

from sources.connectors import read_file
from sources.connectors.cloud_events import find_fault
from sources.connectors.json_stream import members, stream
from sources.errors import UnreadableFile
from sources.intake.event_box import EventIntake, keep_event
from sources.intake.folder import Folder
from sources.intake.several import SeveralIntake
from sources.intake.views import ViewIntake, open_database
from sources.outbox.store import Outbox
from sources.outbox_key import OutboxKey
from sources.profile import Profile
from sources.settings import DatabasePlace
from sources.values import CaseKey, CaseNumber, Reading
from tests.istandaarden_messages import Said, make_message, put_in_envelope
from tests.sources_builders import HEADER, PROFILE, SECRET, a_number, a_profile, a_row

HEAD = """
name = "test"
format = "{form}"
category = "bijstand"
municipalities = ["9901", "9902"]
valid_months = 12
informed = "discussed"
default_contact = "TEAM"
"""
FOOT = PROFILE[PROFILE.index("[codes.status]") :]
CONTACTS = FOOT[FOOT.index("[contacts.TEAM]") :]
COLUMNS = PROFILE[PROFILE.index("[csv.columns]") : PROFILE.index("[codes.status]")]
SOURCE = "urn:nld:oin:00000001000000000002:systeem:zaken"


@dataclass(frozen=True)
class Record:
    """A record in no format."""

    number: str = "Z-1"
    bsn: str = a_number(1)
    start: str = "2026-01-05"
    ended: bool = False
    municipality: str = "9901"
    phone: str = "0182 555 101"


def read_bytes(data: bytes, profile: Profile, today: date) -> Iterator[Reading]:
    yield from read_file(io.BytesIO(data), profile, today=today)


AFTERWARDS = datetime(2100, 1, 1, tzinfo=UTC)
Reader = Callable[[bytes, Profile, date], Iterator[Reading]]


@dataclass(frozen=True, eq=False)
class Format:
    """How to write records, what a profile of the format is, and how it is read."""

    name: str
    write: Callable[[list[Record]], bytes]
    profile: Profile
    numbered: bool = True
    phoned: bool = True
    read: Reader = read_bytes
    find_key: Callable[[Record], CaseKey] = lambda record: CaseNumber(record.number)


def _row(record: Record) -> dict[str, str]:
    return a_row(
        Zaak=record.number,
        BSN=record.bsn,
        Begin=record.start,
        Stand="dicht" if record.ended else "open",
        Gemeente=record.municipality,
        Telefoon=record.phone,
    )


def write_csv(records: list[Record]) -> bytes:
    rows = [HEADER, *([_row(each)[name] for name in HEADER] for each in records)]
    return "\n".join(";".join(row) for row in rows).encode()


def write_xlsx(records: list[Record]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Zaken")
    for row in (HEADER, *([_row(each)[name] for name in HEADER] for each in records)):
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def write_database(records: list[Record]) -> bytes:
    with sqlite3.connect(":memory:") as connection:
        columns = ", ".join(f"{name} TEXT" for name in HEADER)
        connection.execute(f"CREATE TABLE zaken (rij INTEGER PRIMARY KEY, {columns})")
        marks = ", ".join("?" * len(HEADER))
        connection.executemany(
            f"INSERT INTO zaken ({', '.join(HEADER)}) VALUES ({marks})",  # noqa: S608 - our own names
            [[_row(each)[name] for name in HEADER] for each in records],
        )
        connection.execute("CREATE VIEW open_zaken AS SELECT * FROM zaken")
        connection.commit()
        data = connection.serialize()
    connection.close()
    return data


def read_database(data: bytes, profile: Profile, today: date) -> Iterator[Reading]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "zaken.sqlite"
        path.write_bytes(data)
        url = URL.create("sqlite", database=str(path)).render_as_string()
        engine = open_database(DatabasePlace(url=url))
        yield from ViewIntake(engine, profile).read(today=today)


def make_event(record: Record, at: int) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "type": f"nl.voorbeeld.zaak-{'gesloten' if record.ended else 'geopend'}",
        "source": SOURCE,
        "id": f"f3dce042-cd6e-4977-844d-{at:012}",
        "time": f"2026-10-01T12:{at // 60 % 60:02}:{at % 60:02}Z",
        "datacontenttype": "application/json",
        "data": {
            "zaak": {"nummer": record.number, "begin": record.start},
            "inwoner": {"bsn": record.bsn, "naam": "Jansen"},
            "gemeente": record.municipality,
            "telefoon": record.phone,
        },
    }


def write_events(records: list[Record]) -> bytes:
    return json.dumps(
        [make_event(each, at) for at, each in enumerate(records)]
    ).encode()


def read_event_box(data: bytes, profile: Profile, today: date) -> Iterator[Reading]:
    """The same events, as if they had been received one by one."""
    with (
        TemporaryDirectory() as folder,
        Outbox(Path(folder) / "outbox", OutboxKey(SECRET)) as outbox,
    ):
        for event in stream(io.BytesIO(data), {"item"}):
            if not find_fault(members(event.value)):  # as the receiver asks
                keep_event(outbox, "zaken", members(event.value))
        yield from EventIntake(outbox, "zaken", profile).read(today=today)


def read_folder(data: bytes, profile: Profile, today: date) -> Iterator[Reading]:
    """The same bytes, put into the inbox of a watched folder and taken from there."""
    with TemporaryDirectory() as root:
        folder = Folder(Path(root), quiet=timedelta(0), keep=timedelta(days=1))
        folder.prepare()
        (Path(root) / "inbox" / "levering").write_bytes(data)
        folder.find_ready(AFTERWARDS)
        taken = [folder.take(path) for path in folder.find_ready(AFTERWARDS)]
        intake = SeveralIntake([each.path for each in taken if each], profile)
        yield from intake.read(today=today)
        if intake.unreadable:
            raise UnreadableFile("de map noemt dit bestand onleesbaar")


def write_messages(kind: str, *, enveloped: bool) -> Callable[[list[Record]], bytes]:
    """One message for each record, alone or together in a ZIP."""

    def write(records: list[Record]) -> bytes:
        made = [_write_message(each, kind) for each in records]
        if enveloped:
            made = [put_in_envelope(message) for message in made]
        if len(made) == 1:
            return made[0]
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for at, message in enumerate(made):
                archive.writestr(f"{at}.xml", message)
        return packed.getvalue()

    return write


def _write_message(record: Record, kind: str) -> bytes:
    return make_message(
        Said(
            kind=kind,
            number=_digits(record.number),
            bsn=record.bsn,
            municipality=record.municipality,
            start=record.start,
            assigned=(record.start, "12:00:00"),
            end="2026-06-01" if record.ended else "",
        )
    )


def _digits(number: str) -> str:
    return "".join(each for each in number if each.isdigit()) or "77"


def _message_key(record: Record) -> CaseKey:
    return CaseNumber(f"{record.municipality}-{int(_digits(record.number))}")


def _persons(record: Record) -> list[dict[str, str]]:
    return [{"functietitel": "Klantmanager Inkomen", "telefoonnummer": record.phone}]


def write_shv(records: list[Record]) -> bytes:
    """One delivery for each record; the organisation stands behind its cases."""
    deliveries = [
        {
            "teller": index,
            "schuldhulptrajecten": [
                {
                    "gemeentecode": f"GM{record.municipality}",
                    "startdatum": record.start,
                    "client": [{"Burgerservicenummer": record.bsn}],
                    **({"einddatum": "2026-06-01"} if record.ended else {}),
                }
            ],
            "aanleverende_organisatie": {"contactpersonen": _persons(record)},
        }
        for index, record in enumerate(records)
    ]
    return json.dumps({"leveringen": deliveries}).encode()


def write_vs(records: list[Record]) -> bytes:
    deliveries = []
    for index, record in enumerate(records):
        cases = [{"resultaat": "Andere", "vroegsignalen": [{"ID": record.number}]}]
        deliveries.append(
            {
                "teller": index,
                "vroegsignaalzaken": cases if record.ended else [],
                "vroegsignalen": [
                    {
                        "ID": record.number,
                        "signaaldatum": record.start,
                        "client": {"Burgerservicenummer": record.bsn},
                        "signaalpartner": {"type": "Energie"},
                    }
                ],
                "aanleverende_organisatie": {"contactpersoonen": _persons(record)},
                "gemeentecode": record.municipality,
            }
        )
    return json.dumps({"leveringen": deliveries}).encode()


EVENTS = f"""
[events]
sources = ["{SOURCE}"]
opens = ["nl.voorbeeld.zaak-geopend"]
closes = ["nl.voorbeeld.zaak-gesloten"]
retracts = ["nl.voorbeeld.zaak-vervallen"]
ignores = ["nl.voorbeeld.zaak-gelezen"]

[events.columns]
case_number = "data.zaak.nummer"
bsn = "data.inwoner.bsn"
start = "data.zaak.begin"
municipality = "data.gemeente"
phone = "data.telefoon"
"""
SQL = """
[sql]
database = "zaken"
view = "open_zaken"
key = ["rij"]
"""


def in_format(form: str, *parts: str) -> Profile:
    return a_profile("\n".join((HEAD.format(form=form), *parts)))


FORMATS = (
    Format("csv", write_csv, a_profile(PROFILE)),
    Format(
        "xlsx",
        write_xlsx,
        in_format("xlsx", "[xlsx]", COLUMNS.replace("csv", "xlsx"), FOOT),
    ),
    Format(
        "sql",
        write_database,
        in_format("sql", SQL, COLUMNS.replace("csv", "sql"), FOOT),
        read=read_database,
    ),
    Format(
        "cloudevents-1.0", write_events, in_format("cloudevents-1.0", EVENTS, CONTACTS)
    ),
    Format(
        "ddas-shv-1.0", write_shv, in_format("ddas-shv-1.0", CONTACTS), numbered=False
    ),
    Format("ddas-vs-0.9", write_vs, in_format("ddas-vs-0.9", CONTACTS)),
    Format(
        "iwmo-3.2",
        write_messages("wmo301", enveloped=False),
        in_format("iwmo-3.2", CONTACTS),
        phoned=False,
        find_key=_message_key,
    ),
    Format(
        "ijw-3.2",
        write_messages("jw301", enveloped=True),
        in_format("ijw-3.2", CONTACTS),
        phoned=False,
        find_key=_message_key,
    ),
)
RECEIVED = Format(
    "cloudevents-1.0, received",
    write_events,
    in_format("cloudevents-1.0", EVENTS, CONTACTS),
    read=read_event_box,
)
WATCHED = Format("csv, watched folder", write_csv, a_profile(PROFILE), read=read_folder)
SEVERAL = Format(
    "ijw-3.2, watched folder",
    write_messages("jw301", enveloped=True),
    in_format("ijw-3.2", CONTACTS),
    phoned=False,
    read=read_folder,
    find_key=_message_key,
)
EVERYTHING = (*FORMATS, RECEIVED, WATCHED, SEVERAL)
FORMAT = {each.name: each for each in FORMATS}
