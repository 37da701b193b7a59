"""Parse XML that somebody else made: no entities, no network, bounded in every way.

- A document type is refused outright: nothing we read has one, and it is where
  entities, external files and exponential texts come from (OWASP: XXE).
- Size, depth and number of elements are limited, by ourselves: a message may be 25 MB
  (iWmo and iJw, OP179), and in base64 that is one text of 34 MB, more than the library
  takes by itself. So it is told to take large trees, but only of a document of which
  it has read the beginning under its own guards, and found no document type.
Proven by tests/attack/test_hostile_files.py.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Final, Literal

from lxml import etree

from sources.errors import UnreadableFile

MOST_BYTES: Final = 36 << 20
DEEPEST: Final = 30
MOST_ELEMENTS: Final = 1_000_000


def parse_xml(data: bytes) -> etree._Element:
    """Give the root of a document within limits, or raise `UnreadableFile`."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile("Een bericht is onmogelijk groot.")
    if has_document_type(BytesIO(data)):
        raise UnreadableFile(
            "Het bestand heeft een documenttype (DTD), of is geen XML."
        )
    try:
        for root in _walk(BytesIO(data)):
            return root
    except etree.XMLSyntaxError:
        raise UnreadableFile("Het bestand is geen leesbare XML.") from None
    raise UnreadableFile("Het bestand is geen leesbare XML.")


def has_document_type(part: IO[bytes]) -> bool:
    """Tell whether a document declares a type; reads no further than its root.

    What we cannot read so far counts as such: another parser might, and differently.
    """
    try:
        for _event, element in _parse(part, ("start",)):
            return element.getroottree().docinfo.internalDTD is not None
    except etree.XMLSyntaxError:
        return True
    return True


def _walk(file: IO[bytes]) -> Iterator[etree._Element]:
    """Follow a document while it is read; gives the root when it is whole."""
    depth = count = 0
    root: etree._Element | None = None
    for event, element in _parse(file, ("start", "end"), huge=True):
        if event == "end":
            depth -= 1
            continue
        root = element if root is None else root
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise UnreadableFile("Een bericht is onmogelijk diep of lang.")
    if root is not None:
        yield root


def _parse(
    file: IO[bytes], events: tuple[Literal["start", "end"], ...], *, huge: bool = False
) -> Iterator[tuple[str, etree._Element]]:
    return etree.iterparse(
        file,
        events=events,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
    )
