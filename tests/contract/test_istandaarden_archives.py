"""Messages of iWmo and iJw in an archive, or as large as they may be."""

import io
import zipfile

import pytest

from sources.errors import UnreadableFile
from sources.values import (
    Case,
    Kept,
    Reject,
)
from tests.connector_formats import FORMAT, Record
from tests.istandaarden_builders import read
from tests.istandaarden_messages import (
    STORY,
    Said,
    make_message,
    put_in_envelope,
)
from tests.sources_builders import a_number


def test_one_bad_message_in_an_archive_is_a_reject_and_the_rest_goes_on() -> None:
    form = FORMAT["iwmo-3.2"]
    data = form.write([Record(number="Z-1"), Record(number="Z-2")])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        messages = [archive.read(name) for name in archive.namelist()]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for at, message in enumerate((messages[0], b"geen bericht", messages[1])):
            archive.writestr(f"{a_number(3)}-{at}.xml", message)
    readings = read(packed.getvalue(), form.profile)
    assert [type(each) for each in readings[1]] == [Reject]
    assert [type(each[0]) for each in readings] == [Case, Reject, Case]
    assert a_number(3) not in repr(readings), "a file's name may hold a number"


def test_a_rejected_product_keeps_the_signal_it_had() -> None:
    (reading,) = read(make_message(Said(bsn="")))
    assert [type(each) for each in reading] == [Reject, Kept]


def test_what_a_computer_adds_to_an_archive_is_no_message() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("berichten/wmo301.xml", make_message(Said()))
        archive.writestr("berichten/WMO301-2.XML", make_message(Said(number="102")))
        archive.writestr("__MACOSX/berichten/._wmo301.xml", b"\x00\x05\x16\x07")
        archive.writestr("berichten/.DS_Store", b"Bud1")
        archive.writestr("berichten/lees mij.txt", b"hallo")
        archive.writestr("Thumbs.db", b"x")
    assert [type(entry) for (entry,) in read(packed.getvalue())] == [Case, Case]


def test_an_archive_without_messages_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("lees mij.txt", b"hallo")
    with pytest.raises(UnreadableFile, match="geen berichten"):
        read(packed.getvalue())


@pytest.mark.parametrize("enveloped", [False, True])
def test_a_message_as_large_as_the_standard_allows_is_read(*, enveloped: bool) -> None:
    """The envelope makes one text of it in base64, of 33 MB."""
    message = make_message(Said())
    story = STORY.encode()
    spaces = b" " * (25_000_000 - len(message))
    large = message.replace(story, story + spaces, 1)
    data = put_in_envelope(large) if enveloped else large
    ((case,),) = read(data)
    assert isinstance(case, Case)
