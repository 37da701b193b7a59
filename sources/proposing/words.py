"""What names of columns mean in Dutch registrations, and why a column stays at home.

Names are compared without capitals, signs and accents. A name that is not here is
judged by what its values look like; what is not needed is not sent.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

ROLE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "bsn": ("bsn", "burgerservicen", "sofin"),
    "birth": ("geboorte", "gebdat", "gebdatum"),
    "informed_on": (
        "datumgeinformeerd",
        "geinformeerdop",
        "besprokenop",
        "datumbesproken",
    ),
    "opt_in": ("optin", "toestemming", "instemming"),
    "start": (
        *("ingangsdatum", "startdatum", "begindatum", "datumingang", "datumbegin"),
        *("datumstart", "datummelding", "meldingsdatum", "toekenningsdatum", "datb"),
        *("signaaldatum", "begin", "start", "datumaanmelding", "aanmelddatum"),
        *("aanvang", "dataanvang", "datumaanvang", "datingang", "datbegin", "ingang"),
        *("datstart", "van", "vanaf", "datumvan", "datvan", "lopendvanaf"),
    ),
    "end": (
        *("einddatum", "datumeind", "afsluitdatum", "datumafsluiting", "date"),
        *("datumafhandeling", "sluitdatum", "eind", "datumbeeindig", "beeindigdop"),
        *("einde", "dateind", "dateuitkering", "datbeeindig", "beeindig", "datafsl"),
        *("stop", "stopdatum", "datumstop", "datstop", "tot", "totenmet", "tm"),
        *("datumtot", "dattot", "lopendtot", "uitstroomdatum", "datumuitstroom"),
    ),
    "status": ("status", "zaakstatus", "stand", "fase"),
    "municipality": ("gemeente", "cdgemeente", "gemcode"),
    "contact": (
        *("team", "uitvoeringsteam", "wijkteam", "contactpersoon", "contacthouder"),
        *("consulent", "klantmanager", "behandelaar", "casemanager", "afdeling"),
    ),
    "case_number": (
        *("zaaknummer", "zaaknr", "zaakid", "dossiernummer", "dossiernr", "iddossier"),
        *("casusnummer", "casusid", "meldingsnummer", "trajectnummer", "kenmerk"),
        *("trajectnr", "trajectid", "casusnr", "aanvraagnummer", "aanvraagnr"),
        *("signaalid", "zaak", "dossier", "casus", "meldingnr"),
        *("meldnummer", "meldnr", "meldingid", "melding"),
    ),
}
"""A role is looked for in this order; a word counts at the beginning of a name."""

_WHOLE: Final = frozenset(
    {
        *("stand", "fase", "begin", "start", "eind", "date", "einde", "aanvang"),
        *("ingang", "van", "vanaf", "stop", "tot", "totenmet", "tm"),
        *("zaak", "dossier", "casus", "melding"),
    }
)
PHONE_OF_US: Final = (
    "team",
    "contact",
    "consulent",
    "klantmanager",
    "leerplicht",
    "loket",
)

REASONS: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (
        (
            *("naam", "voornaam", "achternaam", "voorletter", "roepnaam"),
            *("tussenvoegsel", "voorvoegsel", "geslachtsnaam", "partnernaam"),
        ),
        "Een naam. De index kent niemand bij naam.",
    ),
    (
        (
            *("adres", "straat", "huisn", "huisl", "postcode", "woonplaats", "plaats"),
            *("buurt", "wijk", "land"),
        ),
        "Een adres. De index weet niet waar iemand woont.",
    ),
    (
        ("email", "mail", "telefoon", "tel", "mobiel", "gsm"),
        "Misschien van de inwoner zelf. Alleen een nummer van uw team mag mee.",
    ),
    (("geslacht", "sekse", "nationaliteit", "taal"), "Een kenmerk van de persoon."),
    (
        ("bedrag", "saldo", "schuld", "inkomen", "kosten", "budget", "tarief", "norm"),
        "Een bedrag. Een signaal zegt nooit hoeveel.",
    ),
    (
        (
            *("omschrijving", "toelichting", "opmerking", "notitie", "aanleiding"),
            *("reden", "probleem", "tekst", "memo", "commentaar", "bijzonderhe"),
            *("hulpvraag", "verslag", "advies"),
        ),
        "Vrije tekst of een reden: dat is de inhoud van de zaak.",
    ),
    (
        (
            *(
                "product",
                "voorziening",
                "indicatie",
                "diagnose",
                "behandeling",
                "omvang",
            ),
            *(
                "zorgvorm",
                "volume",
                "frequentie",
                "eenheid",
                "hulp",
                "traject",
                "soort",
            ),
            *("regeling", "wet", "cdszwet", "categorie", "verzuim", "type"),
        ),
        "Zegt wat er speelt. Een signaal zegt alleen dat er contact is.",
    ),
    (
        (
            "client",
            "klant",
            "persoon",
            "anummer",
            "inwoner",
            "partner",
            "kind",
            "ouder",
        ),
        "Gaat over personen en is niet nodig.",
    ),
    (
        ("school", "werkgever", "huisarts", "aanbieder", "agb"),
        "Een andere organisatie.",
    ),
)
BIRTH_REASON: Final = (
    "Alleen nodig bij een leeftijdsgrens; dan gaat een kwartaal mee, nooit de datum."
)
TEXT_REASON: Final = "Lijkt vrije tekst: dat is de inhoud van de zaak."
UNKNOWN_REASON: Final = "Niet nodig voor een signaal. Wat niet nodig is, gaat niet mee."

_CASE_ENDS: Final = ("nummer", "nr", "nrs", "id", "kenmerk", "referentie")
_OTHERS: Final = frozenset(
    {
        *("telefoon", "tel", "mobiel", "huis", "post", "rekening", "iban", "agb"),
        *("volg", "rij", "regel", "client", "klant", "persoon", "anummer", "bsn"),
        *("inwoner", "partner", "kind", "ouder", "relatie", "school", "kvk", "oin"),
    }
)
_PARTS: Final = re.compile(r"[A-ZÀ-Þ]?[a-zà-ÿ0-9]+|[A-ZÀ-Þ]+(?![a-zà-ÿ])")


def fold(name: str) -> str:
    """Give a name without capitals, accents and signs."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def find_roles(name: str) -> list[str]:
    """Give the roles that a name may have, the likeliest first."""
    folded = fold(name)
    return [
        role
        for role, words in ROLE_WORDS.items()
        if any(_begins(folded, word) for word in words)
    ]


def _begins(folded: str, word: str) -> bool:
    """Tell whether a name begins with a word; `standplaats` is no `stand`."""
    return folded == word if word in _WHOLE else folded.startswith(word)


def may_number_cases(name: str) -> bool:
    """Tell whether a name ends like that of a number, and of none that we know."""
    folded = fold(name)
    return folded.endswith(_CASE_ENDS) and not folded.startswith(tuple(_OTHERS))


def is_named_exactly(name: str, role: str) -> bool:
    """Tell whether a name is a role's own word, and not one that begins like it."""
    return fold(name) in ROLE_WORDS[role]


def explain_absence(name: str) -> str:
    """Say why a column of this name is not sent."""
    parts = [fold(part) for part in _PARTS.findall(name)]
    for words, reason in REASONS:
        if any(_says(part, word) for part in parts for word in words):
            return reason
    return UNKNOWN_REASON


def make_slug(name: str) -> str:
    """Give a name for a profile, made from that of a file."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "registratie"


def _says(part: str, word: str) -> bool:
    if len(word) <= 4:  # short words begin too many others
        return part == word or (word == "naam" and part.endswith(word))
    return part.startswith(word) or part.endswith(word)


def is_phone_of_us(name: str) -> bool:
    """Tell whether a telephone number is the agency's own by its name."""
    folded = fold(name)
    return "tel" in folded and any(word in folded for word in PHONE_OF_US)
