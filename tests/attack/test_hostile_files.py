"""Files made to flood, mislead or reach out: each is refused, in little memory."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.connectors import read_file
from sources.connectors.excel import LIMITS, MOST_SHARED
from sources.connectors.safe_xml import DEEPEST, MOST_BYTES, MOST_ELEMENTS, parse_xml
from sources.connectors.text_file import LONGEST_LINE
from sources.errors import UnreadableFile
from sources.values import Case
from tests.connector_formats import FORMAT, Record
from tests.istandaarden_messages import Said, make_message, put_in_envelope
from tests.sources_builders import HEADER, TODAY, a_number, a_row

EXCEL = FORMAT["xlsx"]
MESSAGES = FORMAT["iwmo-3.2"]
WHOLE = EXCEL.write([Record()])
MEBIBYTE = 1 << 20


def read(name: str, data: bytes) -> None:
    list(FORMAT[name].read(data, FORMAT[name].profile, TODAY))


def repack(data: bytes, **changed: bytes) -> bytes:
    """A workbook with some of its parts replaced or added."""
    names = {key.replace("__", "/"): value for key, value in changed.items()}
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, value in names.items():
            new.writestr(name, value)
    return packed.getvalue()


def measure(name: str, data: bytes) -> int:
    """The most memory that refusing a file takes, beside the file itself."""
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read(name, data)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"]
)
def test_a_zip_bomb_in_a_workbook_is_refused_before_it_is_inflated(part: str) -> None:
    bomb = repack(WHOLE, **{part.replace("/", "__"): b" " * (64 * MEBIBYTE)})
    assert len(bomb) < MEBIBYTE
    assert measure("xlsx", bomb) < 2 * MEBIBYTE


def test_a_zip_bomb_of_messages_is_refused_before_it_is_inflated() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.xml", b"<a>" + b" " * MOST_BYTES)
    assert measure("iwmo-3.2", packed.getvalue()) < 2 * MEBIBYTE


def test_an_archive_that_lies_about_its_sizes_is_refused() -> None:
    """The library gives no more than was said; a member that is longer fails."""
    bomb = bytearray(repack(WHOLE, xl__sharedStrings_xml=b" "))
    honest = io.BytesIO()
    with zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.xml", make_message(Said()) + b" " * (8 * MEBIBYTE))
    data = bytearray(honest.getvalue())
    size = (len(make_message(Said())) + 8 * MEBIBYTE).to_bytes(4, "little")
    while size in data:
        at = data.index(size)
        data[at : at + 4] = (100).to_bytes(4, "little")
    readings = list(read_file(io.BytesIO(bytes(data)), MESSAGES.profile, today=TODAY))
    assert not any(isinstance(each, Case) for reading in readings for each in reading)
    del bomb


def test_more_members_than_anybody_needs_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for at in range(LIMITS.members + 1):
            archive.writestr(f"{at}", b"")
    with pytest.raises(UnreadableFile):
        read("xlsx", packed.getvalue())


def test_a_workbook_with_too_many_texts_is_refused_with_a_way_out() -> None:
    texts = b"".join(
        b"<si><t>%06d %s</t></si>" % (n, b"x" * 40) for n in range(700_000)
    )
    sst = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    assert len(texts) > MOST_SHARED
    with pytest.raises(UnreadableFile, match="CSV"):
        read(
            "xlsx", repack(WHOLE, **{"xl__sharedStrings.xml": sst + texts + b"</sst>"})
        )


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT_TYPES = {
    "billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>',
    "external file": '<!DOCTYPE a [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE a [<!ENTITY l9 SYSTEM "http://127.0.0.1:1/x">]>',
    "external dtd": '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
    "parameter": '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    "plain": "<!DOCTYPE a>",
}


def test_large_trees_are_taken_only_where_no_entity_can_be() -> None:
    """A default of an attribute grows before there is a root to look at."""
    grows = f'<!DOCTYPE m [{LAUGHS}<!ENTITY l0 "ha"><!ATTLIST m a CDATA "&l9;">]>'
    begun = time.monotonic()
    with pytest.raises(UnreadableFile):
        parse_xml(f"{grows}<m/>".encode())
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_message_with_a_document_type_is_refused(kind: str, encoding: str) -> None:
    message = make_message(Said()).decode().partition("\n")[2]
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{DOCUMENT_TYPES[kind]}'
    data = (declared + message.replace("Tom", "&l9;")).encode(encoding)
    begun = time.monotonic()
    for made in (data, put_in_envelope(data)):
        with pytest.raises(UnreadableFile):
            read("iwmo-3.2", made)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("kind", DOCUMENT_TYPES)
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"]
)
def test_a_workbook_with_a_document_type_is_refused(kind: str, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        body = archive.read(part).decode().partition("?>")[2]
    changed = f'<?xml version="1.0"?>{DOCUMENT_TYPES[kind]}{body}'.encode()
    with pytest.raises(UnreadableFile):
        read("xlsx", repack(WHOLE, **{part.replace("/", "__"): changed}))


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" * (DEEPEST + 2) + b"</a>" * (DEEPEST + 2),
        b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>",
        b"<a>" + b"x" * (MOST_BYTES + 1) + b"</a>",
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><b>' + b"<c>" * 100,
    ],
    ids=["deep", "long", "large", "broken off"],
)
def test_xml_that_is_deep_long_or_large_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        parse_xml(data)


def test_an_inclusion_is_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "geheim"
    secret.write_text(a_number(9))
    include = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}"/>'
    )
    message = make_message(Said(bsn="")).replace(
        b"<m:Bsn></m:Bsn>", f"<m:Bsn>{include}</m:Bsn>".encode()
    )
    readings = list(read_file(io.BytesIO(message), MESSAGES.profile, today=TODAY))
    assert a_number(9) not in repr(readings)
    assert not any(isinstance(each, Case) for reading in readings for each in reading)


def test_a_formula_is_never_computed() -> None:
    row = a_row(BSN='=WEBSERVICE("http://127.0.0.1:1/")', Team="=1+1")
    made = EXCEL.write([Record(bsn=row["BSN"])])
    with pytest.raises(UnreadableFile, match="formule"):
        list(EXCEL.read(made, EXCEL.profile, TODAY))


class Endless(io.RawIOBase):
    """A file of many gigabytes that is made while it is read; it can be rewound."""

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        self._make = make
        self._parts = make()
        self._rest = b""
        self.given = 0

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        assert (offset, whence) == (0, io.SEEK_SET)
        self._parts, self._rest = self._make(), b""
        return 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what the buffered reader gives
        while len(self._rest) < len(buffer):
            part = next(self._parts, b"")
            if not part:
                break
            self._rest += part
        found, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(found)] = found
        self.given += len(found)
        return len(found)


def rows(count: int, width: int) -> Iterator[bytes]:
    """Rows with one wide column that nobody reads."""
    yield (";".join((*HEADER, "Verslag")) + "\n").encode()
    text = "x" * width
    for at in range(count):
        row = a_row(Zaak=f"Z-{at}", BSN=a_number(at % 20_000))
        yield (";".join((*row.values(), text)) + "\n").encode()


def test_memory_stays_flat_however_large_a_table_is() -> None:
    """200 MB here; two gigabytes differ in time only (docs/connectors/csv-excel.md)."""
    source = Endless(lambda: rows(4_000, 50_000))
    file = io.BufferedReader(source)
    tracemalloc.start()
    count = sum(1 for _ in read_file(file, FORMAT["csv"].profile, today=TODAY))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_000
    assert source.given > 190 * MEBIBYTE
    assert peak < 4 * MEBIBYTE


def test_a_line_without_end_is_refused_after_a_megabyte() -> None:
    source = Endless(lambda: (b"x" * 65_536 for _ in range(100_000)))
    with pytest.raises(UnreadableFile):
        list(read_file(io.BufferedReader(source), FORMAT["csv"].profile, today=TODAY))
    assert source.given < 4 * LONGEST_LINE


def test_a_quote_that_never_closes_is_refused_after_a_while() -> None:
    def parts() -> Iterator[bytes]:
        yield (";".join(HEADER) + '\n"').encode()
        for _ in range(100_000):
            yield b"x" * 1_000 + b"\n"

    source = Endless(parts)
    with pytest.raises(UnreadableFile):
        list(read_file(io.BufferedReader(source), FORMAT["csv"].profile, today=TODAY))
    assert source.given < 4 * LONGEST_LINE


@pytest.mark.parametrize("name", ["cloudevents-1.0", "ddas-shv-1.0", "ddas-vs-0.9"])
def test_json_without_end_or_bottom_is_refused_in_little_memory(
    name: str, times: int
) -> None:
    deep = b'{"leveringen": [{"schuldhulptrajecten": [' + b'{"a":' * 20_000 * times
    wide = b'[{"data": [' + b"1," * 200_000 * times
    for data in (deep, wide, b"[" * 50_000 * times):
        tracemalloc.start()
        with pytest.raises(UnreadableFile):
            read(name, data)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 8 * MEBIBYTE * times
