"""The envelope in which municipalities exchange messages: StUF-GGk.

    envelopHeenbericht-ggk_Di01 / parameters / bericht            base64 (0310, v2.1.03)
    envelopHeenbericht-ggk_Di01 / parameters / bericht / xmlBestand   base64 (v2.1.04)

Only what is inside counts; sender, receiver and reference number are not read. An
answer (`envelopRetourbericht-ggk_Du01`) is opened too: what is in it says itself that
it is none of our business.

Source: VNG Realisatie, StUF-koppelvlak iWmo-iJw, StUF-GGk 2.1 patches 03 and 04.
"""

import binascii
from base64 import b64decode
from typing import Final

from lxml import etree

from sources.connectors.safe_xml import parse_xml
from sources.errors import UnreadableFile

NAMESPACES: Final = frozenset(
    {
        "http://www.stufstandaarden.nl/sectormodel/ggk/0210",
        "http://www.stufstandaarden.nl/sectormodel/ggk/0310",
        "http://www.stufstandaarden.nl/koppelvlak/ggk0210",
        "http://www.stufstandaarden.nl/koppelvlak/ggk0310",
    }
)
_ENVELOPES: Final = frozenset(
    {"envelopHeenbericht-ggk_Di01", "envelopRetourbericht-ggk_Du01"}
)
_SOAP: Final = frozenset(
    {
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    }
)


def open_envelope(root: etree._Element) -> etree._Element:
    """Give the message inside an envelope; what is no envelope is given back.

    Raises `UnreadableFile` for an envelope without exactly one message in base64, and
    for one inside another.
    """
    name = etree.QName(_find_in_soap(root))
    if name.namespace not in NAMESPACES or name.localname not in _ENVELOPES:
        return root
    found = parse_xml(_decode(_find_body(_find_in_soap(root), str(name.namespace))))
    if etree.QName(found).namespace in NAMESPACES:
        raise UnreadableFile("Een envelop zit in een andere envelop.")
    return found


def _find_in_soap(root: etree._Element) -> etree._Element:
    name = etree.QName(root)
    if name.namespace not in _SOAP or name.localname != "Envelope":
        return root
    inside = root.findall(f"{{{name.namespace}}}Body/*")
    return inside[0] if len(inside) == 1 else root


def _find_body(envelope: etree._Element, namespace: str) -> str:
    bodies = envelope.findall(f"{{{namespace}}}parameters/{{{namespace}}}bericht")
    if len(bodies) != 1:
        raise UnreadableFile("De envelop heeft niet precies een bericht.")
    inside = bodies[0].findall(f"{{{namespace}}}xmlBestand")
    if len(inside) > 1 or (len(bodies[0]) and not inside):
        raise UnreadableFile("De envelop heeft geen bericht in XML.")
    return (inside[0] if inside else bodies[0]).text or ""


def _decode(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableFile("Het bericht in de envelop is geen base64.") from None
