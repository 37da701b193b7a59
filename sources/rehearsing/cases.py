"""What each case is called and what it should come to; Dutch, B1."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from signal_index.wire.rehearsals import Lack, RehearsalCase


class Told(NamedTuple):
    """A case as a person reads it."""

    name: str
    expected: str


CASES: Final[Mapping[RehearsalCase, Told]] = {
    RehearsalCase.SOURCE_IN_TRIAL: Told(
        "De bron staat in proef",
        "De index toont vlaggetjes van deze bron aan niemand.",
    ),
    RehearsalCase.CONTACT_ACCEPTED: Told(
        "Een contactpersoon doorgeven", "De index neemt de contactpersoon aan."
    ),
    RehearsalCase.CONTACT_REFUSED: Told(
        "Een contactpersoon met een dag in de toekomst",
        "De index weigert de contactpersoon.",
    ),
    RehearsalCase.SIGNAL_PUBLISHED: Told(
        "Een signaal aanleveren", "De index neemt het signaal aan."
    ),
    RehearsalCase.SECOND_SIGNAL: Told(
        "Een tweede signaal over dezelfde inwoner",
        "De index neemt het aan, zo mogelijk van een andere soort.",
    ),
    RehearsalCase.SAME_BATCH_AGAIN: Told(
        "Hetzelfde nog een keer versturen", "Er verandert niets."
    ),
    RehearsalCase.CONTACT_CHANGED: Told(
        "Een andere contactpersoon bij een signaal", "De index neemt de wijziging aan."
    ),
    RehearsalCase.END_CHANGED: Told(
        "Een andere einddag bij een signaal", "De index neemt de wijziging aan."
    ),
    RehearsalCase.PERSON_CORRECTED: Told(
        "De inwoner bij een signaal verbeteren",
        "Het signaal hoort daarna bij de andere inwoner.",
    ),
    RehearsalCase.UNKNOWN_CATEGORY: Told(
        "Een signaal van een soort die niet bestaat", "De index weigert het."
    ),
    RehearsalCase.UNKNOWN_MUNICIPALITY: Told(
        "Een signaal voor een gemeente die niet meedoet", "De index weigert het."
    ),
    RehearsalCase.ONE_WRONG_ITEM: Told(
        "Een goed en een fout signaal samen versturen",
        "Het goede wordt aangenomen, het foute geweigerd.",
    ),
    RehearsalCase.OTHER_KEY_VERSION: Told(
        "Versturen onder een andere sleutelversie", "De index weigert alles."
    ),
    RehearsalCase.FOREIGN_SIGNATURE: Told(
        "Versturen met de handtekening van een ander", "De index weigert alles."
    ),
    RehearsalCase.DELIVERY_AHEAD: Told(
        "Een levering die pas over een uur klaar is", "De index weigert de levering."
    ),
    RehearsalCase.DELIVERY_CLOSED: Told(
        "Een levering afsluiten, twee keer",
        "De index neemt haar aan; de tweede keer verandert er niets. "
        "De klok van deze machine loopt dus niet voor.",
    ),
    RehearsalCase.INDEX_HOLDS_THEM: Told(
        "Vragen wat de index van ons heeft",
        "De index noemt precies de signalen van deze oefening, in de laatste versie.",
    ),
    RehearsalCase.UNKNOWN_WITHDRAWAL: Told(
        "Een signaal intrekken dat er nooit was", "De index weigert het."
    ),
    RehearsalCase.ALL_WITHDRAWN: Told(
        "Alles intrekken", "De index trekt elk signaal van deze oefening in."
    ),
    RehearsalCase.LATE_COPY: Told(
        "Een oud signaal dat te laat aankomt",
        "Het signaal komt niet terug; de index heeft niets meer van deze oefening.",
    ),
}

LACKS: Final[Mapping[str, str]] = {
    Lack.NOT_REHEARSED.value: "Er is nog niet geoefend.",
    Lack.REHEARSAL_FAILED.value: "De laatste oefening is niet geslaagd.",
    Lack.REHEARSAL_OLD.value: "De laatste oefening is langer dan 30 dagen geleden.",
    Lack.KEYS_CHANGED.value: "Na de laatste oefening zijn er andere sleutels.",
}
