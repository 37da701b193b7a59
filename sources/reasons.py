"""Why a record is not published: a closed list, with what to do about it, in Dutch.

The code is for machines, the sentence for the colleague who keeps the case file. No
sentence takes a value from the record: the rejects file must never hold a BSN, also
not a mistyped one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sources.counted import Cut, say_listed

MOST_LINES: Final = 6
ALL_REJECTS: Final = (
    "Elk afgewezen record in een bestand: `signal-source check --rejects rejects.csv`."
)
"""Where a file is only looked at: a delivery writes that file itself."""
_IN_FILE: Final = Cut(MOST_LINES, "alle: in het bestand met afgewezen records")


class Reason(StrEnum):
    """The codes of the rejects file."""

    BSN_MISSING = "bsn-missing"
    BSN_INVALID = "bsn-invalid"
    BSN_LENGTH = "bsn-not-nine-digits"
    BSN_LETTERS = "bsn-letters"
    BSN_EXPONENT = "bsn-rounded"
    NOT_TEXT = "number-not-text"
    FIELD_MISSING = "field-missing"
    DATE_INVALID = "date-invalid"
    DATE_MEANS_EMPTY = "date-means-empty"
    DATE_SERIAL = "date-serial-number"
    DATE_MONTH = "date-month-above-12"
    BIRTH_YEAR_SHORT = "birth-year-of-two-digits"
    DATE_IN_FUTURE = "date-in-future"
    END_BEFORE_START = "end-before-start"
    CODE_UNKNOWN = "code-unknown"
    MUNICIPALITY_UNKNOWN = "municipality-unknown"
    CONTACT_UNKNOWN = "contact-unknown"
    CONTACT_LABEL = "contact-label-invalid"
    PHONE_INVALID = "phone-invalid"
    PHONE_LETTERS = "phone-letters"
    PHONE_SEVERAL = "phone-several"
    CASE_NUMBER_INVALID = "case-number-invalid"
    DOUBLE_RECORD = "double-record"
    CLOSING_UNCLEAR = "closing-unclear"
    RECORD_MALFORMED = "record-malformed"
    ROWS_SWALLOWED = "rows-swallowed"
    ELEMENT_REPEATED = "element-repeated"
    MESSAGE_UNREADABLE = "message-unreadable"
    SCHEMA_VIOLATED = "schema-violated"
    PERSON_UNREADABLE = "person-unreadable"
    BRP_DOUBT = "brp-doubt"
    BRP_NOT_ASKED = "brp-not-asked"
    BRP_NOBODY = "brp-nobody"
    REFUSED_CATEGORY = "index-category-not-established"
    REFUSED_CONTACT = "index-contact-refused"
    REFUSED_SOURCE = "index-source-not-registered"
    REFUSED_UNREGISTERED_CATEGORY = "index-category-not-registered"
    REFUSED_UNREGISTERED_PLACE = "index-municipality-not-registered"
    REFUSED_INFORMED = "index-informed-code-refused"
    REFUSED_LIFE = "index-life-too-long"
    REFUSED_STALE = "index-key-renewed"
    DECEASED = "index-subject-deceased"
    MOVED_AWAY = "index-subject-moved-away"
    TRANSFERRED = "index-signal-transferred"
    REFUSED = "index-refused"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong and what the agency does about it; Dutch, B1."""

    what: str
    remedy: str


EXPLANATIONS: dict[Reason, Explanation] = {
    Reason.BSN_MISSING: Explanation(
        "Er staat geen BSN bij deze zaak.", "Vul het BSN in het dossier aan."
    ),
    Reason.BSN_INVALID: Explanation(
        "Dit nummer kan geen BSN zijn: er is een cijfer fout.",
        "Controleer het BSN in het dossier, bijvoorbeeld met een identiteitsbewijs.",
    ),
    Reason.BSN_LENGTH: Explanation(
        "Het BSN heeft geen 9 cijfers.",
        "Controleer het BSN. Verloor de hele kolom nullen vooraan? Bewaar haar als "
        "tekst, of zet bsn_zero_lost = true in het profiel, onder het formaat "
        "(zoals [csv]).",
    ),
    Reason.BSN_LETTERS: Explanation(
        "Er staan letters in het BSN; een letter is nooit een cijfer.",
        "Zet alleen de 9 cijfers in deze kolom. Kijk of een O een 0 moet zijn.",
    ),
    Reason.BSN_EXPONENT: Explanation(
        "Het BSN is als 1,23E+08 geschreven: de laatste cijfers zijn weg.",
        "Open het oorspronkelijke bestand, bewaar de kolom als tekst en maak het "
        "bestand opnieuw.",
    ),
    Reason.NOT_TEXT: Explanation(
        "Dit veld is een getal of iets anders, maar hoort tekst te zijn (tussen "
        "aanhalingstekens).",
        "Laat de leverancier van het systeem de levering verbeteren: een getal kan "
        "nullen vooraan verloren hebben.",
    ),
    Reason.FIELD_MISSING: Explanation(
        "Dit veld is leeg, maar wel nodig.", "Vul dit veld in het dossier in."
    ),
    Reason.DATE_INVALID: Explanation(
        "Deze datum kunnen wij niet lezen.",
        "Verbeter de datum, of zet de schrijfwijze in het profiel.",
    ),
    Reason.DATE_MEANS_EMPTY: Explanation(
        "Deze waarde is geen gewone datum; misschien betekent zij 'geen datum'.",
        "Betekent zij dat? Zet haar in het profiel in de lijst empty, onder het "
        "formaat (zoals [csv]).",
    ),
    Reason.DATE_SERIAL: Explanation(
        "Hier staat een getal van vijf cijfers: zo bewaart Excel een datum.",
        'Maak er een datum van, of zet "excel" bij dates in het profiel.',
    ),
    Reason.DATE_MONTH: Explanation(
        "De maand in deze datum is hoger dan 12.",
        "Verbeter de datum. Dag en maand staan in de volgorde van het profiel.",
    ),
    Reason.BIRTH_YEAR_SHORT: Explanation(
        "Het geboortejaar heeft twee cijfers: de eeuw is niet te zien.",
        "Lever geboortedatums met een jaar van vier cijfers.",
    ),
    Reason.DATE_IN_FUTURE: Explanation(
        "De begindag ligt in de toekomst.",
        "Verbeter de datum, of lever de zaak aan als zij begonnen is.",
    ),
    Reason.END_BEFORE_START: Explanation(
        "De einddag ligt voor de begindag.", "Verbeter een van beide datums."
    ),
    Reason.CODE_UNKNOWN: Explanation(
        "Deze code staat niet in het profiel.",
        "Verbeter de code, of zet haar met haar betekenis in het profiel.",
    ),
    Reason.MUNICIPALITY_UNKNOWN: Explanation(
        "Dit is geen gemeentecode waarvoor u aanlevert.",
        "Gebruik de code van het CBS, vier cijfers, van een gemeente in het profiel.",
    ),
    Reason.CONTACT_UNKNOWN: Explanation(
        "Deze contactpersoon staat niet in het profiel.",
        "Zet de functie met een telefoonnummer in het profiel.",
    ),
    Reason.CONTACT_LABEL: Explanation(
        "De functie of naam van de contactpersoon is geen kort opschrift.",
        "Gebruik hoogstens 60 letters, zonder nummers van personen.",
    ),
    Reason.PHONE_INVALID: Explanation(
        "Het telefoonnummer van de contactpersoon is geen werkend nummer.",
        "Verbeter het nummer. Zonder nummer kan niemand de contactpersoon bellen.",
    ),
    Reason.PHONE_LETTERS: Explanation(
        "Er staan letters in het telefoonnummer van de contactpersoon.",
        "Zet alleen het nummer in deze kolom. Een letter is nooit een cijfer.",
    ),
    Reason.PHONE_SEVERAL: Explanation(
        "Er staan twee telefoonnummers bij deze contactpersoon.",
        "Kies er een. Een tweede nummer hoort in het profiel (out_of_hours_phone).",
    ),
    Reason.CASE_NUMBER_INVALID: Explanation(
        "Het zaaknummer is leeg, te lang, of een fout van Excel (#N/B).",
        "Vul een zaaknummer in.",
    ),
    Reason.DOUBLE_RECORD: Explanation(
        "Deze zaak staat al eerder in dit bestand; de eerste telt.",
        "Haal de dubbele regel uit het bestand.",
    ),
    Reason.CLOSING_UNCLEAR: Explanation(
        "Dit record is afgelopen, maar van deze persoon en begindag staat niets onder "
        "dit zaaknummer. Er staan wel meer andere signalen onder.",
        "Lever alle records van dit zaaknummer aan, of lever alles aan.",
    ),
    Reason.RECORD_MALFORMED: Explanation(
        "Dit record heeft niet de vorm die het profiel beschrijft.",
        "Maak het bestand opnieuw aan, of pas het profiel aan.",
    ),
    Reason.ROWS_SWALLOWED: Explanation(
        "In deze regel staan andere regels: er staat een los aanhalingsteken in.",
        "Haal het aanhalingsteken weg, of maak de export opnieuw.",
    ),
    Reason.ELEMENT_REPEATED: Explanation(
        "Dit veld staat er twee keer, maar mag er een keer staan.",
        "Laat de leverancier van het systeem het bericht verbeteren.",
    ),
    Reason.MESSAGE_UNREADABLE: Explanation(
        "Dit bericht is geen leesbaar bericht van de standaard in het profiel.",
        "Haal het bericht opnieuw op, of laat de afzender het opnieuw versturen.",
    ),
    Reason.SCHEMA_VIOLATED: Explanation(
        "Dit veld is niet zoals de standaard het voorschrijft.",
        "Laat de leverancier van het systeem de levering verbeteren.",
    ),
    Reason.PERSON_UNREADABLE: Explanation(
        "Met dit veld is niemand op te zoeken in de BRP.",
        "Vul de achternaam, een postcode zoals 1234 AB en een huisnummer in.",
    ),
    Reason.BRP_DOUBT: Explanation(
        "In de BRP is niet met zekerheid een persoon gevonden.",
        "Kijk met `signal-source brp list` en beslis dan met "
        "`signal-source brp settle KENMERK`.",
    ),
    Reason.BRP_NOT_ASKED: Explanation(
        "Deze persoon is nog niet opgezocht in de BRP.",
        "Dat gebeurt bij het aanleveren; dan gaat dit signaal mee.",
    ),
    Reason.BRP_NOBODY: Explanation(
        "Een medewerker besliste dat deze persoon niet in de BRP staat.",
        "Verbeter naam, geboortedatum of adres in de registratie.",
    ),
    Reason.REFUSED_CATEGORY: Explanation(
        "De index neemt deze soort signaal voor deze gemeente niet aan.",
        "Vraag de gemeente of een doel met deze soort is vastgesteld.",
    ),
    Reason.REFUSED_CONTACT: Explanation(
        "De index neemt deze contactpersoon niet aan.",
        "Kijk met `signal-source doctor` of functie en naam op uw lijst staan, en of "
        "er niet te veel contactpersonen zijn.",
    ),
    Reason.DECEASED: Explanation(
        "De gemeente meldt dat deze persoon is overleden.",
        "Sluit de zaak in uw eigen systeem.",
    ),
    Reason.MOVED_AWAY: Explanation(
        "De gemeente meldt dat deze persoon is verhuisd.",
        "Werk de gemeente bij in het dossier, of sluit de zaak.",
    ),
    Reason.TRANSFERRED: Explanation(
        "Een andere organisatie heeft deze zaak overgenomen.",
        "Haal de zaak uit uw bestand. Helpt u zelf weer? Geef haar een nieuw nummer.",
    ),
    Reason.REFUSED_SOURCE: Explanation(
        "De index kent deze organisatie niet als bron, of u mag er niet voor sturen.",
        "Kijk `source` na in agency.toml, of vraag de beheerder van de index.",
    ),
    Reason.REFUSED_UNREGISTERED_CATEGORY: Explanation(
        "De index kent deze organisatie hier niet voor deze soort signaal.",
        "Verbeter de soort (category) in het profiel, of laat de aanmelding aanvullen.",
    ),
    Reason.REFUSED_UNREGISTERED_PLACE: Explanation(
        "De index kent deze organisatie niet voor deze gemeente.",
        "Verbeter de gemeenten in het profiel, of laat de aanmelding aanvullen.",
    ),
    Reason.REFUSED_INFORMED: Explanation(
        "De code over het informeren past niet bij deze soort signaal.",
        "Kies in het profiel een code die bij deze soort hoort. `signal-source doctor` "
        "met dit profiel noemt ze.",
    ),
    Reason.REFUSED_LIFE: Explanation(
        "Het signaal zou langer blijven staan dan bij deze soort signaal mag.",
        "Verlaag valid_months in het profiel.",
    ),
    Reason.REFUSED_STALE: Explanation(
        "De sleutel is vernieuwd terwijl dit signaal wachtte.",
        "Lever het bestand opnieuw aan; het signaal gaat dan vanzelf mee.",
    ),
    Reason.REFUSED: Explanation(
        "De index nam dit signaal niet aan.",
        "Lees de code van de index en neem zo nodig contact op met de beheerder.",
    ),
}


_SEVERAL: Final = 3
_NOT_OF_THE_FILE: Final = frozenset(
    one for one in Reason if one.value.startswith(("index-", "brp-"))
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many records were rejected for what, in which column; the first lines."""

    column: str
    reason: Reason
    count: int
    lines: Sequence[int] = ()


def say_all_rejects(rows: Sequence[Rejected], fitting: int) -> Iterator[str]:
    """Say the same of each column and reason; `fitting` is how many should fit it.

    Where most do not fit, the column is another one now: advice about one record would
    have somebody change a profile that is right, until it takes anything.
    """
    wrong: Counter[str] = Counter()
    for row in rows:
        if row.column and row.reason not in _NOT_OF_THE_FILE:
            wrong[row.column] += row.count
    for column, count in wrong.items():
        if count >= _SEVERAL and count * 2 > fitting:
            yield (
                f"Let op: in kolom {column} past het meeste niet. Is een kolom "
                "verschoven, of staat er nu iets anders in? Kijk dat eerst na, en "
                "verander zolang niets in het profiel."
            )
    for row in rows:
        yield say_rejects(row)


def say_rejects(row: Rejected) -> str:
    """Say how many records were rejected for what, and where; never a value."""
    explained = EXPLANATIONS[row.reason]
    where = f"{row.column}: " if row.column else ""
    said = f"{row.count} x {where}{explained.what} {explained.remedy}"
    return f"{said} {say_lines(row)}" if row.lines else said


def say_lines(row: Rejected) -> str:
    """Say on which lines of the file they stand: the first, and how many more."""
    lines = row.lines[:MOST_LINES]
    listed = say_listed(map(str, lines), row.count - len(lines), _IN_FILE)
    return f"Regel {listed}."
