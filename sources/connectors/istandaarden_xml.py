"""The shape of iWmo and iJw 3.2 messages: which one it is, and the few texts we read.

Nothing here knows what a message means. Elements that we do not name are never read:
names, addresses, relations, product codes, volumes, budgets and remarks.

Source: Zorginstituut Nederland, informatiemodel.istandaarden.nl, XSD 1.0.0 of release
3.2: wmo301, wmo305, wmo307, jw301, jw305, jw307.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from sources.connectors.ggk_envelope import open_envelope
from sources.connectors.safe_xml import parse_xml
from sources.errors import UnreadableFile
from sources.reasons import Reason
from sources.values import Place, Reject

_NAMESPACE: Final = re.compile(
    r"http://www\.istandaarden\.nl/(iwmo|ijw)/([0-9_]+)/(?:wmo|jw)([0-9]{3})/schema"
)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a message keeps what we read."""

    products: str
    product: str
    municipality: str
    elements: frozenset[str]


_KINDS: Final = {
    "301": _Kind(
        "ToegewezenProducten",
        "ToegewezenProduct",
        "Afzender",
        frozenset(
            {
                *("ToewijzingNummer", "Ingangsdatum", "Einddatum", "RedenWijziging"),
                *("Toewijzingsdatum", "Toewijzingstijd"),
            }
        ),
    ),
    "305": _Kind(
        "StartProducten",
        "StartProduct",
        "Ontvanger",
        frozenset({"ToewijzingNummer", "Begindatum", "StatusAanlevering"}),
    ),
    "307": _Kind(
        "StopProducten",
        "StopProduct",
        "Ontvanger",
        frozenset(
            {
                *("ToewijzingNummer", "Begindatum", "Einddatum"),
                *("StatusAanlevering", "RedenBeeindiging"),
            }
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a message: texts by the element's own name."""

    message: str
    place: Place
    texts: Mapping[str, str] = field(repr=False)

    def text(self, name: str) -> str:
        """Give an element's text without blanks around it; empty when absent."""
        return self.texts.get(name, "")

    @property
    def municipality(self) -> str:
        """Give the code of the municipality: it sends a 301 and receives the others."""
        return self.text(_KINDS[self.message].municipality)

    @property
    def told_at(self) -> str:
        """Give when this was said: a day, and where the message has it a time."""
        day, time = self.text("Dagtekening"), ""
        if self.message == "301":
            day, time = self.text("Toewijzingsdatum"), self.text("Toewijzingstijd")
        # Kept in the outbox, so nothing but a moment may pass.
        if not _DAY.fullmatch(day):
            return ""
        return f"{day}T{time[:8]}" if _TIME.fullmatch(time) else day


def find_products(data: bytes, form: str, place: str) -> Iterator[Product | Reject]:
    """Give the products of a message of the standard and release that `form` names.

    Another message of the same standard has none that we read. Raises `UnreadableFile`.
    """
    root = open_envelope(parse_xml(data))
    number = _recognise(root, form)
    if number not in _KINDS:
        return
    kind, own = _KINDS[number], _own(root)
    path = f"{own}Client/{own}{kind.products}/{own}{kind.product}"
    products = root.findall(path)
    if not products:
        yield Reject(Place(None, place), kind.products, Reason.FIELD_MISSING)
    for count, element in enumerate(products, start=1):
        where = Place(None, f"{place}, product {count}")
        yield _collect(number, root, element, where)


def find_form(data: bytes) -> tuple[str, str]:
    """Give standard and release of a message (`iwmo-3.2`) and its number (`301`)."""
    matched = _match(open_envelope(parse_xml(data)))
    return f"{matched[1]}-{matched[2].replace('_', '.')}", matched[3]


def _recognise(root: etree._Element, form: str) -> str:
    standard, release, number = _match(root).groups()
    if form != f"{standard}-{release.replace('_', '.')}":
        raise UnreadableFile("Het bericht is van een andere standaard of versie.")
    return number


def _match(root: etree._Element) -> re.Match[str]:
    name = etree.QName(root)
    matched = _NAMESPACE.fullmatch(str(name.namespace or ""))
    if matched is None or name.localname != "Bericht":
        raise UnreadableFile("Het bestand is geen bericht van iWmo of iJw.")
    return matched


def _own(root: etree._Element) -> str:
    return f"{{{etree.QName(root).namespace}}}"


def _collect(
    number: str, root: etree._Element, product: etree._Element, place: Place
) -> Product | Reject:
    """Gather what we read, or refuse what stands there twice but may stand once."""
    kind, own = _KINDS[number], _own(root)
    # All messages of a release share one schema for dates and identifications.
    base = re.sub(r"(wmo|jw)[0-9]{3}", "basisschema", own)
    wanted = {
        "Bsn": (root, f"{own}Client/{own}Bsn"),
        "Geboortedatum": (root, f"{own}Client/{own}Geboortedatum/{base}Datum"),
        "DatumGebruik": (root, f"{own}Client/{own}Geboortedatum/{base}DatumGebruik"),
        kind.municipality: (root, f"{own}Header/{own}{kind.municipality}"),
        "Dagtekening": (
            root,
            f"{own}Header/{own}BerichtIdentificatie/{base}Dagtekening",
        ),
    }
    wanted |= {name: (product, f"{own}{name}") for name in kind.elements}
    texts: dict[str, str] = {}
    for name, (below, path) in wanted.items():
        elements = below.findall(path)
        if len(elements) > 1:
            return Reject(place, name, Reason.ELEMENT_REPEATED)
        if elements:
            texts[name] = (elements[0].text or "").strip()
    return Product(number, place, texts)
