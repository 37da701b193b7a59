"""What can be wrong with a policy's files: a closed list of sentences in Dutch.

An officer reads them in the desk, an administrator in `signal-policy check`. What
Cedar, TOML or pydantic say in English stands beside them (`Finding.told`), for the
administrator alone: it never leaves as a sentence of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """One kind of fault, and the sentence that says it."""

    # the bundle
    BUNDLE_NOT_JSON = "dit is geen bundel: het is geen JSON"
    BUNDLE_OTHER_FORMAT = "dit is geen bundel van deze soort"
    BUNDLE_OTHER_TEXT = "dit is niet de ene vaste tekst van de bundel"
    BUNDLE_TOO_LARGE = "een bundel is hooguit 512 kB groot"
    BUNDLE_TOO_MANY_FILES = "een bundel heeft hooguit vijftig bestanden per soort"
    FILE_NOT_TEXT = "elk bestand van een bundel is een tekst"
    FILE_NAME = "zo mag een bestand van een bundel niet heten"
    NO_VERSION = "de catalogus heeft geen versie"
    # the catalogue
    NOT_TOML = "dit bestand is geen TOML"
    TABLE_TWICE = "deze tabel staat al in een ander bestand"
    ID_TWICE = "deze code staat er twee keer"
    FIELD_MISSING = "dit veld ontbreekt"
    FIELD_UNKNOWN = "dit veld kennen wij niet"
    NOT_TEXT = "hier hoort tekst"
    NOT_NUMBER = "hier hoort een heel getal"
    NOT_BOOL = "hier hoort ja of nee (true of false)"
    NOT_DATE = "hier hoort een datum"
    NOT_LIST = "hier hoort een lijst"
    NOT_TABLE = "hier hoort een tabel"
    TOO_SHORT = "deze tekst is te kort"
    TOO_LONG = "deze tekst is te lang"
    TOO_FEW = "deze lijst is te kort"
    TOO_MANY = "deze lijst is te lang"
    TOO_SMALL = "dit getal is te klein"
    TOO_LARGE = "dit getal is te groot"
    WRONG_FORM = "de vorm klopt niet"
    NOT_ON_LIST = "dit woord staat niet in de vaste lijst"
    NO_SUCH_ID = "de catalogus heeft deze code niet"
    NO_LABEL = "elk woord van de vaste lijst heeft een naam nodig"
    NOT_EVERY_ACT = "elke handeling staat hier precies één keer"
    SAME_APPROVER = "er zijn twee verschillende goedkeurders nodig"
    NAMED_TWICE = "een lijst noemt iets twee keer"
    ACTIVE_WITHOUT_BASIS = (
        "wat aanstaat heeft een grondslag nodig: recorded_under of shared_under"
    )
    INFORMED_WITHOUT_CODE = "needs_informed vraagt om ten minste één code"
    ENDS_BEFORE_START = "valid_until ligt voor valid_from"
    OTHER = "deze waarde kan hier niet"
    # the rules
    SCHEMA_UNREADABLE = "Cedar kan het schema niet lezen"
    RULE_UNREADABLE = "Cedar kan deze regel niet lezen"
    RULE_OUTSIDE_SCHEMA = "deze regel past niet bij het schema"
    RULE_IS_TEMPLATE = "een sjabloon (template) is geen regel"
    NO_RULE_ID = "deze regel heeft een @id nodig"
    RULE_ID_TWICE = "een tweede regel met deze @id"
    NO_RULE_TEXT = "een forbid heeft een Nederlandse @nl nodig"
    NO_RULE_REMEDY = "een forbid heeft een Nederlandse @remedy nodig"
    NO_RULE_ABOUT = 'een forbid heeft @about("question") of @about("category") nodig'
    NOTHING_PERMITTED = "geen enkele regel laat iets toe"
    PERMIT_READS_LESS = "een permit moet ook lezen wat een forbid leest"
    NARROWED = "alleen een actie mag een regel smaller maken"
    MORE_ACTIONS = "een regel noemt één actie, of geen"
    QUIET_TEST = "has, is en if-then-else mogen niet: die kunnen een regel openzetten"
    QUIET_SET = "in en tags mogen niet: die kunnen een regel openzetten"
    INSTANT = "schrijf een tijdstip als 2026-01-01T00:00:00Z"
    QUESTION_READS_RESOURCE = "gaat over de vraag, maar leest de resource"
    CATEGORY_READS_NOTHING = "gaat over een soort signaal, maar leest de resource niet"
    NOT_IN_CATALOGUE = "de regel noemt iets wat de catalogus niet heeft"
    WORD_UNKNOWN = "de regel noemt een woord dat wij niet kennen"


OF_PYDANTIC: Final[Mapping[str, Fault]] = {
    "missing": Fault.FIELD_MISSING,
    "extra_forbidden": Fault.FIELD_UNKNOWN,
    "string_type": Fault.NOT_TEXT,
    "int_type": Fault.NOT_NUMBER,
    "bool_type": Fault.NOT_BOOL,
    "date_type": Fault.NOT_DATE,
    "date_parsing": Fault.NOT_DATE,
    "date_from_datetime_parsing": Fault.NOT_DATE,
    "date_from_datetime_inexact": Fault.NOT_DATE,
    "tuple_type": Fault.NOT_LIST,
    "dict_type": Fault.NOT_TABLE,
    "model_type": Fault.NOT_TABLE,
    "string_too_short": Fault.TOO_SHORT,
    "string_too_long": Fault.TOO_LONG,
    "too_short": Fault.TOO_FEW,
    "too_long": Fault.TOO_MANY,
    "greater_than_equal": Fault.TOO_SMALL,
    "less_than_equal": Fault.TOO_LARGE,
    "string_pattern_mismatch": Fault.WRONG_FORM,
    "enum": Fault.NOT_ON_LIST,
    "literal_error": Fault.NOT_ON_LIST,
}
"""Pydantic's type of an error to ours; what is not here is `Fault.OTHER`."""
