"""iWmo and iJw 3.2: messages as they arrive, alone, in a ZIP, in an envelope.

Only the elements that a reader needs stand in them: they are no valid messages of the
standard, and no vendor should take them for an example of one.
"""

from base64 import b64encode
from collections.abc import Iterator
from itertools import islice
from typing import Final

from sources.corpus.exports import write_standard_profile
from sources.corpus.model import Checked, Dirty, Proposed
from sources.corpus.ooxml import write_archive
from sources.corpus.people import invent_numbers

_SITE: Final = "http://www.istandaarden.nl"
_GGK: Final = "http://www.stufstandaarden.nl/sectormodel/ggk/0210"
_CODES: Final = {"wmo301": "414", "wmo307": "420", "jw301": "436", "jw307": "440"}


def _make(name: str, about: str, data: bytes, form: str, checked: Checked) -> Dirty:
    file = f"{name}.{'zip' if data.startswith(b'PK') else 'xml'}"
    profile = write_standard_profile(name, form)
    return Dirty(name, about, file, data, profile, Proposed(), checked)


def make_messages(seed: int) -> Iterator[Dirty]:
    """Give messages, and archives as people make them."""
    numbers = list(islice(invent_numbers(seed, "messages"), 4))
    wmo = [_assign("wmo301", n, number) for n, number in enumerate(numbers, start=1)]
    jw = _assign("jw301", 1, numbers[0])
    one = Checked(signals=1)
    yield _make("iwmo-301", "Een toewijzing", wmo[0], "iwmo-3.2", one)
    yield _make("ijw-301", "Een toewijzing", jw, "ijw-3.2", one)
    name = "iwmo-zip"
    packed = write_archive({f"{n}.xml": each for n, each in enumerate(wmo)})
    yield _make(name, "Vier in een ZIP", packed, "iwmo-3.2", Checked(4))
    name = "iwmo-zip-van-een-mac"
    extra = {"__MACOSX/._0.xml": b"\0\5\26\7", ".DS_Store": b"\0\0\0\1Bud1"}
    mixed = write_archive({"0.xml": wmo[0], **extra, "1.XML": wmo[1]})
    about = "Met wat een Mac erbij doet; dat wordt overgeslagen"
    yield _make(name, about, mixed, "iwmo-3.2", Checked(2))
    name = "iwmo-envelop"
    yield _make(name, "In een envelop van GGK", _wrap(wmo[0]), "iwmo-3.2", one)
    name, newer = "iwmo-nieuwe-versie", wmo[0].replace(b"/3_2/", b"/3_9/")
    yield Dirty(
        name,
        "Een bericht van een versie die wij niet kennen",
        f"{name}.xml",
        newer,
        write_standard_profile(name, "iwmo-3.2"),
        Proposed(refusal="versie van iWmo of iJw kennen wij niet"),
        Checked(refusal="of versie"),
    )
    closed = Checked(closed=1)
    for kind, form, about in (
        ("wmo307", "iwmo-3.2", "Een einde; reden 31 is hier: verhuisd"),
        ("jw307", "ijw-3.2", "Een einde; reden 31 is hier: volgens plan"),
    ):
        name = f"{form[:-4]}-307-reden-31"
        data = _stop(kind, numbers[0], "31")
        yield _make(name, about, data, form, closed)


def _assign(kind: str, number: int, bsn: str) -> bytes:
    inside = (
        "<m:ToegewezenProducten><m:ToegewezenProduct>"
        f"<m:ToewijzingNummer>{number}</m:ToewijzingNummer>"
        "<m:Toewijzingsdatum>2026-02-10</m:Toewijzingsdatum>"
        "<m:Toewijzingstijd>12:00:00</m:Toewijzingstijd>"
        "<m:Ingangsdatum>2026-02-13</m:Ingangsdatum>"
        "</m:ToegewezenProduct></m:ToegewezenProducten>"
    )
    return _write(kind, ("9901", "42420001"), bsn, inside)


def _stop(kind: str, bsn: str, reason: str) -> bytes:
    inside = (
        "<m:StopProducten><m:StopProduct><m:ToewijzingNummer>1</m:ToewijzingNummer>"
        "<m:ToewijzingIngangsdatum>2026-02-13</m:ToewijzingIngangsdatum>"
        "<m:Begindatum>2026-02-13</m:Begindatum>"
        f"<m:RedenBeeindiging>{reason}</m:RedenBeeindiging>"
        "<m:Einddatum>2026-06-01</m:Einddatum>"
        "<m:StatusAanlevering>1</m:StatusAanlevering>"
        "</m:StopProduct></m:StopProducten>"
    )
    return _write(kind, ("42420001", "9901"), bsn, inside)


def _write(kind: str, parties: tuple[str, str], bsn: str, inside: str) -> bytes:
    standard = "iwmo" if kind.startswith("wmo") else "ijw"
    space = f"{_SITE}/{standard}/3_2"
    sender, receiver = parties
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<m:Bericht xmlns:m="{space}/{kind}/schema"'
        f' xmlns:b="{space}/basisschema/schema">'
        f"<m:Header><m:BerichtCode>{_CODES[kind]}</m:BerichtCode>"
        "<m:BerichtVersie>3</m:BerichtVersie><m:BerichtSubversie>2</m:BerichtSubversie>"
        f"<m:Afzender>{sender}</m:Afzender><m:Ontvanger>{receiver}</m:Ontvanger>"
        "<m:BerichtIdentificatie><b:Identificatie>123456789012</b:Identificatie>"
        "<b:Dagtekening>2026-02-10</b:Dagtekening></m:BerichtIdentificatie></m:Header>"
        f"<m:Client><m:Bsn>{bsn}</m:Bsn>{inside}</m:Client></m:Bericht>\n"
    ).encode()


def _wrap(message: bytes) -> bytes:
    data = b64encode(message).decode()
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<g:envelopHeenbericht-ggk_Di01 xmlns:g="{_GGK}"><g:parameters>'
        f"<g:bericht>{data}</g:bericht></g:parameters></g:envelopHeenbericht-ggk_Di01>"
    ).encode()
