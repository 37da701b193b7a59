"""Messages of iWmo and iJw 3.2, made from the standard's own table of elements.

The tables say what may stand where, in which order and how often (XSD 1.0.0 of release
3.2, Zorginstituut Nederland). `make_message` writes every element of a table, also
those that nobody here reads, so that the connector meets whole messages; `without`,
`doubled` and `shuffled` make what its author did not shape.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

from tests.sources_builders import a_number

SITE: Final = "http://www.istandaarden.nl"
ENVELOPE_0310: Final = "http://www.stufstandaarden.nl/sectormodel/ggk/0210"
ENVELOPE_PATCH_04: Final = "http://www.stufstandaarden.nl/koppelvlak/ggk0210"
STUF: Final = "http://www.egem.nl/StUF/StUF0301"
STORY: Final = "heeft schulden en slaapt slecht"


@dataclass(frozen=True)
class Node:
    """One element: its name, whose namespace it is in, and what it holds."""

    name: str
    inside: "str | list[Node]" = ""
    base: bool = False


def texts(base: bool = False, **values: str) -> list[Node]:  # noqa: FBT001, FBT002
    """Leaves, in order."""
    return [Node(name, value, base) for name, value in values.items()]


NAME = [
    Node(
        "Geslachtsnaam", texts(base=True, Achternaam="Wit", Voorvoegsel="de"), base=True
    ),
    *texts(base=True, Voornamen="Tom", Voorletters="T"),
]
ADDRESS = [
    Node("Huis", texts(base=True, Huisnummer="10", Huisletter="A"), base=True),
    *texts(base=True, Postcode="9999XX", Straatnaam="Straat", Plaatsnaam="Plaats"),
]
FULL_NAME = [*NAME, *texts(base=True, NaamGebruik="1")]
CONTACT = [
    *texts(Soort="01"),
    Node("Adres", ADDRESS),
    *texts(Organisatie="Thuis", Emailadres="a@example.nl"),
]
PRODUCTS: Final = {
    "w": texts(base=True, Categorie="01", Code="01A01"),
    "j": texts(base=True, Categorie="55", Code="55A11"),
}
CODES: Final = {
    "wmo301": "414",
    "wmo305": "418",
    "wmo307": "420",
    "jw301": "436",
    "jw305": "438",
    "jw307": "440",
}


@dataclass(frozen=True)
class Said:
    """What one message says of one product."""

    kind: str = "wmo301"
    number: str = "101"
    bsn: str = field(default_factory=lambda: a_number(1))
    municipality: str = "9901"
    start: str = "2026-01-05"
    end: str = ""
    assigned: tuple[str, str] = ("2026-01-05", "12:34:56")
    dated: str = "2026-01-10"
    status: str = "1"
    reason: str = ""
    born: str = "1967-08-13"


def make_tree(*said: Said) -> Node:
    """One message about one client with a product for each thing said."""
    first = said[0]
    kind = {"1": _assignment, "5": _start, "7": _stop}[first.kind[-1]]
    container, name, product = kind
    products = [Node(name, product(each)) for each in said]
    client = [
        Node("Bsn", first.bsn),
        Node("Geboortedatum", texts(base=True, Datum=first.born)),
        Node("Geslacht", "1"),
        Node("Naam", FULL_NAME if first.kind[-1] == "1" else NAME),
    ]
    if first.kind[-1] == "1":
        relation = [*texts(Nummer="1", Volgorde="1", Soort="03")]
        relation += [Node("Geboortedatum", texts(base=True, Datum="1970-01-01"))]
        relation += [Node("Naam", FULL_NAME), Node("Contact", CONTACT)]
        client += [
            Node("Communicatie", texts(base=True, Vorm="1", Taal="Deens")),
            *texts(JuridischeStatus="02", WettelijkeVertegenwoordiging="06"),
            Node("Commentaar", STORY),
            Node("Relaties", [Node("Relatie", relation)]),
            Node("Contactgegevens", [Node("Contact", CONTACT)]),
        ]
    client.append(Node(container, products))
    return Node("Bericht", [Node("Header", _header(first)), Node("Client", client)])


def _header(said: Said) -> list[Node]:
    parties = [said.municipality, "42420001"]
    sender, receiver = parties if said.kind[-1] == "1" else parties[::-1]
    identified = texts(base=True, Identificatie="123456789012", Dagtekening=said.dated)
    versions = texts(base=True, BasisschemaXsdVersie="1.0.0", BerichtXsdVersie="1.0.0")
    return [
        *texts(BerichtCode=CODES.get(said.kind, "999")),
        *texts(BerichtVersie="3", BerichtSubversie="2"),
        *texts(Afzender=sender, Ontvanger=receiver),
        Node("BerichtIdentificatie", identified),
        Node("XsdVersie", versions),
    ]


def _assigned(said: Said) -> list[Node]:
    day, time = said.assigned
    return [
        *texts(ToewijzingNummer=said.number, ReferentieAanbieder="A-1"),
        Node("Product", PRODUCTS[said.kind[0]]),
        *texts(Toewijzingsdatum=day, Toewijzingstijd=time, Ingangsdatum=said.start),
        *(texts(Einddatum=said.end) if said.end else []),
        *(texts(RedenWijziging=said.reason) if said.reason else []),
        Node("Omvang", texts(base=True, Volume="10", Eenheid="01", Frequentie="1")),
        Node("Commentaar", STORY),
    ]


def _started(said: Said) -> list[Node]:
    return [
        *texts(ToewijzingNummer=said.number),
        Node("Product", PRODUCTS[said.kind[0]]),
        *texts(ToewijzingIngangsdatum=said.start, Begindatum=said.start),
        *texts(StatusAanlevering=said.status),
    ]


def _stopped(said: Said) -> list[Node]:
    return [
        *texts(ToewijzingNummer=said.number),
        Node("Product", PRODUCTS[said.kind[0]]),
        *texts(ToewijzingIngangsdatum=said.start, Begindatum=said.start),
        *texts(RedenBeeindiging=said.reason or "36", Einddatum=said.end),
        *texts(StatusAanlevering=said.status),
    ]


Shape = tuple[str, str, Callable[[Said], list[Node]]]
_assignment: Shape = ("ToegewezenProducten", "ToegewezenProduct", _assigned)
_start: Shape = ("StartProducten", "StartProduct", _started)
_stop: Shape = ("StopProducten", "StopProduct", _stopped)


def write(root: Node, kind: str, *, release: str = "3_2", prefix: str = "m") -> bytes:
    """A tree as XML; the prefix is the writer's own choice."""
    standard = "iwmo" if kind.startswith("wmo") else "ijw"
    spaces = {
        prefix: f"{SITE}/{standard}/{release}/{kind}/schema",
        "b": f"{SITE}/{standard}/{release}/basisschema/schema",
    }
    declared = "".join(f' xmlns:{key}="{value}"' for key, value in spaces.items())
    body = _write(root, prefix, declared)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _write(node: Node, prefix: str, declared: str = "") -> str:
    name = f"{'b' if node.base else prefix}:{node.name}"
    if isinstance(node.inside, str):
        inside = escape(node.inside)
    else:
        inside = "".join(_write(each, prefix) for each in node.inside)
    return f"<{name}{declared}>{inside}</{name}>"


def make_message(*said: Said, release: str = "3_2") -> bytes:
    """One message as XML."""
    return write(make_tree(*said), said[0].kind, release=release)


def put_in_envelope(message: bytes, *, namespace: str = ENVELOPE_0310) -> bytes:
    """The same message in a StUF-GGk envelope, as base64."""
    data = base64.b64encode(message).decode()
    if namespace == ENVELOPE_PATCH_04:
        data = f"<GGK:xmlBestand>{data}</GGK:xmlBestand>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><GGK:envelopHeenbericht-ggk_Di01'
        f' xmlns:StUF="{STUF}" xmlns:GGK="{namespace}">'
        "<GGK:stuurgegevens><StUF:berichtcode>Di01</StUF:berichtcode>"
        "<StUF:functie>WMO301</StUF:functie></GGK:stuurgegevens><GGK:parameters>"
        "<GGK:applicatieVersie>0004</GGK:applicatieVersie>"
        f"<GGK:bericht>{data}</GGK:bericht>"
        "</GGK:parameters></GGK:envelopHeenbericht-ggk_Di01>"
    ).encode()


def change(root: Node, at: str, how: Callable[[Node], Sequence[Node]]) -> Node:
    """The same tree with every element of a name replaced."""
    if isinstance(root.inside, str):
        return root
    inside: list[Node] = []
    for each in root.inside:
        below = change(each, at, how)
        inside += how(below) if each.name == at else [below]
    return Node(root.name, inside, root.base)


def reorder(root: Node, choose: Callable[[list[Node]], list[Node]]) -> Node:
    """The same tree with the elements inside each element in another order."""
    if isinstance(root.inside, str):
        return root
    inside = [reorder(each, choose) for each in root.inside]
    return Node(root.name, choose(inside), root.base)


def add_unknown(root: Node, unknown: Mapping[str, str]) -> Node:
    """The same tree with elements of another time at every level."""
    if isinstance(root.inside, str):
        return root
    inside = [add_unknown(each, unknown) for each in root.inside]
    added = [Node(name, value) for name, value in unknown.items()]
    return Node(root.name, [*added, *inside, *added], root.base)
