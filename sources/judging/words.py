"""What was found about a delivery, in Dutch for whoever keeps the case files (B1)."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sources.counted import EVERYTHING, Cut, say_listed
from sources.judging.difference import OLDEST_START
from sources.judging.rules import Doubt, Finding

_SAYS: Final = {
    Doubt.NOTHING_READ: (
        "Er staat geen enkel record in dit bestand. {known} zou verdwijnen",
        "Er staat geen enkel record in dit bestand. {known} zouden verdwijnen",
    ),
    Doubt.FIRST_EMPTY: (
        "Er staat geen enkel record in uw eerste bestand, alleen kolomnamen",
    )
    * 2,
    Doubt.CASES_GONE: (
        "{known} staat niet meer in dit bestand",
        "{known} staan niet meer in dit bestand",
    ),
    Doubt.CASES_ENDED: (
        "{known} is volgens het bestand over",
        "{known} zijn volgens het bestand over",
    ),
    Doubt.OPEN_THOUGH_OVER: (
        "Van {of} records heeft er {count} meer dan bij u gewoon is een open status, "
        "en een einddag die al is geweest. De einddag telt: het krijgt geen vlaggetje",
        "Van {of} records hebben er {count} meer dan bij u gewoon is een open status, "
        "en een einddag die al is geweest. De einddag telt: zij krijgen geen vlaggetje",
    ),
    Doubt.CASES_REOPENED: (
        "{count} zaak die de afgelopen maand afliep of verdween, is volgens dit "
        "bestand weer open",
        "{count} zaken die de afgelopen maand afliepen of verdwenen, zijn volgens dit "
        "bestand weer open",
    ),
    Doubt.OTHER_PERSON: (
        "{known} krijgt een andere persoon",
        "{known} krijgen een andere persoon",
    ),
    Doubt.OTHER_KIND: (
        "{known} krijgt een andere soort of een andere gemeente",
        "{known} krijgen een andere soort of een andere gemeente",
    ),
    Doubt.OTHER_STARTS: (
        "{known} krijgt een andere begindag",
        "{known} krijgen een andere begindag",
    ),
    Doubt.OTHER_ENDS: (
        "{known} krijgt een andere einddag",
        "{known} krijgen een andere einddag",
    ),
    Doubt.FLAGS_AT_STAKE: (
        "{known} verliest het vlaggetje, verliest het eerder, of krijgt een ander",
        "{known} verliezen hun vlaggetje, verliezen het eerder, of krijgen een ander",
    ),
    Doubt.RECORDS_REJECTED: (
        "Van {of} records is er {count} meer afgewezen dan bij u gewoon is",
        "Van {of} records zijn er {count} meer afgewezen dan bij u gewoon is",
    ),
    Doubt.ROWS_SWALLOWED: (
        "{count} regel staat binnen een veld van een andere regel: er staat een los "
        "aanhalingsteken in het bestand",
        "{count} regels staan binnen een veld van een andere regel: er staat een los "
        "aanhalingsteken in het bestand",
    ),
    Doubt.TOTAL_DIFFERS: ("De totaalregel zegt {count}, gelezen: {of}",) * 2,
    Doubt.OLD_STARTS: (
        "{count} open zaak begon volgens het bestand meer dan "
        f"{OLDEST_START} jaar geleden",
        "{count} open zaken begonnen volgens het bestand meer dan "
        f"{OLDEST_START} jaar geleden",
    ),
    Doubt.OLDER_FILE: (
        "Dit bestand lijkt ouder dan wat u het laatst aanleverde. {count} verandering "
        "zou worden teruggedraaid",
        "Dit bestand lijkt ouder dan wat u het laatst aanleverde. {count} "
        "veranderingen zouden worden teruggedraaid",
    ),
    Doubt.CONTACTS_CHANGED: (
        "{known} krijgt een andere contactpersoon of een ander telefoonnummer",
        "{known} krijgen een andere contactpersoon of een ander telefoonnummer",
    ),
    Doubt.OLD_SIGNALS: (
        "{count} record is afgewezen. Van de signalen van een vorig postvak ({of}) "
        "weet niemand bij welke zaak zij horen; zij worden nu allemaal ingetrokken",
        "{count} records zijn afgewezen. Van de signalen van een vorig postvak ({of}) "
        "weet niemand bij welke zaak zij horen; zij worden nu allemaal ingetrokken",
    ),
    Doubt.OLD_PERSONS: (
        "{count} signaal van een vorig postvak wordt ingetrokken; wat in dit bestand "
        "open is, komt ervoor in de plaats. Niemand kan zien of het dezelfde persoon "
        "is",
        "{count} signalen van een vorig postvak worden ingetrokken; wat in dit bestand "
        "open is, komt ervoor in de plaats. Niemand kan zien of het dezelfde personen "
        "zijn",
    ),
    Doubt.OTHER_NUMBERS: (
        "{of} open zaken hebben samen {count} telefoonnummer dat nog niet bij de index "
        "staat",
        "{of} open zaken hebben samen {count} verschillende telefoonnummers die nog "
        "niet bij de index staan",
    ),
}
"""Of each doubt what it says of one, and what of more."""
_REMEDIES: Final = {
    Doubt.NOTHING_READ: (
        "Wilt u alles intrekken? Keur het dan goed. Anders is dit niet het goede "
        "bestand: maak een nieuwe export."
    ),
    Doubt.FIRST_EMPTY: (
        "Heeft u nu niemand? Keur het dan goed. Anders is dit niet het goede bestand: "
        "maak een nieuwe export."
    ),
    Doubt.CASES_GONE: "Is de export compleet? Is er een filter gezet?",
    Doubt.CASES_ENDED: "Klopt de einddag of de status in de export?",
    Doubt.OPEN_THOUGH_OVER: (
        "Welke van de twee klopt? Verbeter de andere in uw registratie. Zegt die dag "
        "niet dat de zaak voorbij is? Haal dan de regel met end uit het profiel."
    ),
    Doubt.CASES_REOPENED: (
        "Is dit het nieuwste bestand? Klopt het dat deze zaken weer lopen?"
    ),
    Doubt.OTHER_PERSON: (
        "Is het BSN in uw registratie verbeterd? Keur het dan goed. Anders: is een BSN "
        "verkeerd getypt, of een kolom los van de andere gesorteerd of verschoven?"
    ),
    Doubt.OTHER_KIND: "Klopt de kolom met de soort of de gemeente, en het profiel?",
    Doubt.OTHER_STARTS: "Is de kolom met de begindag nu anders geschreven?",
    Doubt.OTHER_ENDS: "Klopt de kolom met de einddag? Is zij anders geschreven?",
    Doubt.FLAGS_AT_STAKE: (
        "Elk apart mag zonder vraag, samen is het te veel. Is de export compleet, en "
        "klopt zij?"
    ),
    Doubt.RECORDS_REJECTED: "Kijk in het bestand met afgewezen records wat er mis is.",
    Doubt.ROWS_SWALLOWED: "Haal het aanhalingsteken weg, of exporteer opnieuw.",
    Doubt.TOTAL_DIFFERS: (
        "Is het bestand compleet? Telt de totaalregel alle regels? Maak een nieuwe "
        "export, of haal de totaalregel weg."
    ),
    Doubt.OLD_STARTS: (
        "Klopt het jaar? Staat er 1926 waar 2026 hoort, of een datum die geen datum "
        "betekent?"
    ),
    Doubt.OLDER_FILE: (
        "Is er een nieuwer bestand? Lever dat aan. Herstelt dit bestand een fout in "
        "wat u het laatst aanleverde? Keur het dan goed."
    ),
    Doubt.CONTACTS_CHANGED: "Klopt de kolom met het team of het telefoonnummer?",
    Doubt.OLD_SIGNALS: (
        "Verbeter de afgewezen records en lever opnieuw aan: zij verliezen anders hun "
        "vlaggetje."
    ),
    Doubt.OLD_PERSONS: (
        "Zoek in het bestand een paar zaken op die u kent. Kloppen BSN en begindag?"
    ),
    Doubt.OTHER_NUMBERS: (
        "Zijn dit nummers van uw collega's, of van inwoners? Een nummer van een "
        "inwoner mag niet mee."
    ),
}


def say_finding(
    finding: Finding, names: Sequence[str] = (), cut: Cut = EVERYTHING
) -> str:
    """Say in a sentence what was found, with the agency's own case numbers.

    Two partners under one number are one name, that says how often it stands there.
    """
    known = f"{finding.count} van {finding.of} bekende zaken"
    if finding.of == 1:
        known = "De enige bekende zaak"
    one, more_than_one = _SAYS[finding.doubt]
    form = one if finding.count == 1 else more_than_one
    said = form.format(count=finding.count, of=finding.of, known=known)
    return list_cases(said, names, finding.count, cut)


def list_cases(
    said: str, names: Sequence[str], count: int, cut: Cut = EVERYTHING
) -> str:
    """Add the cases to what is said of them: the first, and how many more."""
    if not names:
        return f"{said}."
    listed = list(Counter(names).items())[: cut.most]
    shown = [name if times == 1 else f"{name} ({times} keer)" for name, times in listed]
    more = count - sum(times for _, times in listed)
    return f"{said}: {say_listed(shown, more, cut)}."


def say_why(findings: Sequence[Finding]) -> str:
    """Say why a delivery is held: each thing that was found, in counts alone."""
    return " ".join(say_finding(each) for each in findings)


def find_remedy(doubt: Doubt) -> str:
    """Give what to look at first."""
    return _REMEDIES[doubt]


def say_not_begun(
    count: object, names: Sequence[str] = (), cut: Cut = EVERYTHING
) -> Iterator[str]:
    """Say that flags stay of cases that have not begun by their status; none: nothing.

    What is wrong, the list of words in the profile or the registration, they decide.
    """
    many = int(str(count))
    if not many:
        return
    one = "{count} zaak heeft al een vlaggetje, en nu een status die {means}"
    more = "{count} zaken hebben al een vlaggetje, en nu een status die {means}"
    form = one if many == 1 else more
    said = form.format(count=many, means='"nog niet begonnen" betekent')
    listed = list_cases(said, [name for name in names if name], many, cut)
    yield (
        f"{listed} Een vlaggetje dat er al is, blijft staan, maar wordt niet meer "
        "bevestigd. Is er nog contact, ook als de zaak nu stilligt? Zet het woord dan "
        "bij opens in het profiel. Is de zaak over? Zet het bij closes. In ignores "
        "hoort alleen wat nog nooit begon."
    )


def say_open_though_over(count: object, asked: Collection[str] = ()) -> Iterator[str]:
    """Say which of the two counts, where status and last day do not agree.

    Nothing where there are none, or where it is among what is asked: that says it.
    """
    if count and Doubt.OPEN_THOUGH_OVER not in asked:
        yield (
            f"records met een open status en een einddag die al is geweest: {count}. "
            "De einddag telt: zij krijgen geen vlaggetje. "
            f"{find_remedy(Doubt.OPEN_THOUGH_OVER)}"
        )
