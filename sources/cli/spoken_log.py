"""The log of a run as a person reads it: on a terminal an event is a Dutch sentence.

Where a machine reads (a service, a pipe), the same events are JSON lines. Every event
has its sentence here; what stops a run says so itself.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sources.cli.plain import PlainConsole
from sources.clock import AMSTERDAM, now
from sources.events import LOG_NAME, Event, start_logging

SPOKEN: Final[Mapping[Event, str]] = MappingProxyType(
    {
        Event.DELIVERY_OPENED: "Levering van {profile}: wordt gelezen.",
        Event.DELIVERY_RESUMED: "Levering van {profile}: gaat verder waar zij was.",
        Event.DELIVERY_PARKED: (
            "Levering van {profile}: wacht op de sleutelhouders. Wat is afgelopen, is "
            "ingetrokken."
        ),
        Event.DELIVERY_PLANNED: "Te versturen: {work}.",
        Event.DELIVERY_ABANDONED: "Levering van {profile}: losgelaten.",
        Event.DELIVERY_REPLACED: (
            "Levering van {profile}: vervangen door een nieuwere."
        ),
        Event.DELIVERY_HELD: (
            "Levering van {profile} wacht op u: `signal-source deliveries show`."
        ),
        Event.DELIVERY_LAPSED: (
            "Levering van {profile}: niemand antwoordde op tijd. Er is niets van "
            "verstuurd."
        ),
        Event.CHANGES_OWED: (
            "Van {profile} opnieuw aan te leveren zaken: {count}. "
            "`signal-source status` noemt ze."
        ),
        Event.DELIVERY_ANSWERED: "Iemand antwoordde op een levering die wachtte.",
        Event.DELIVERY_CLOSED: "De levering is afgesloten.",
        Event.SOURCE_IN_TRIAL: (
            "De bron is in proef: niemand ziet deze vlaggetjes nog. Wat er mist: "
            "`signal-source doctor`."
        ),
        Event.EVALUATED: "Pseudoniemen gemaakt: {count}.",
        Event.HOLDER_PASSED_OVER: "Sleutelhouder overgeslagen: {holders}.",
        Event.HOLDERS_REFUSED: (
            "De instellingen zijn veranderd en niet bruikbaar; de sleutelhouders "
            "blijven zoals zij waren. {reason}"
        ),
        Event.HOLDER_WITHOUT_US: (
            "Kent uw ondertekensleutel niet: {holders}. Bekend bij {count}. Wat dat "
            "betekent: `signal-source status`."
        ),
        Event.BATCH_SETTLED: "Verstuurd: {count}.",
        Event.RETRY: "Geen goed antwoord. Nog een keer over {seconds} seconden.",
        Event.STOPPED: "",
        Event.RECEIVED: "Binnengekomen voor {feed}: {count}.",
        Event.REFUSED_AT_DOOR: "Geweigerd voordat er iets gelezen was: {count}.",
        Event.AGENT_STARTED: "De agent draait. Feeds: {feeds}. Stop met Ctrl+C.",
        Event.AGENT_STOPPED: "De agent is gestopt.",
        Event.FILES_SEEN: (
            "{feed}: nieuw in inbox: {count}. Wordt gelezen als er {seconds} seconden "
            "niets aan verandert. Leeg of nog niet af, en daarom niet: {unfinished}."
        ),
        Event.FILES_LEFT: (
            "{feed}: blijft in inbox liggen: {count}. Net nog veranderd, leeg, niet "
            "af, of een eerdere levering wacht op u."
        ),
        Event.FEED_DONE: (
            "{feed}: klaar. Geleverd: {count}. Wacht op u: {held}. Niet te leveren: "
            "{failed}."
        ),
        Event.FEED_FAILED: (
            "{feed}: niet te leveren. Kijk in de map failed, of vraag "
            "`signal-source doctor`."
        ),
        Event.FEED_WAITS: "{feed}: lukt nu niet. Nog een keer over {seconds} seconden.",
        Event.IDENTIFIED: "Opgezocht in de BRP: {count}. Niet zeker: {doubts}.",
        Event.RECONCILED: "Signalen vergeleken met de index: {compared}.",
        Event.STATUS_UNTOLD: "De index hoorde nu niet hoe het gaat. Straks opnieuw.",
        Event.ANSWERS_WAIT: (
            "Op uw antwoord wacht: {count}. De eerste uiterlijk {until}. Welke: "
            "`signal-source status`."
        ),
        Event.NOTICES_HEARD: (
            "Nieuwe berichten: {count}. Lees ze met `signal-source notices list`."
        ),
        Event.OWN_NUMBER_REFUSED: (
            "De index neemt het nummer van uw organisatie niet aan: kijk [own_number]"
            " na."
        ),
        Event.OWN_NUMBER_OLDER: (
            "Bij de index staat een nummer van uw organisatie dat later is bevestigd"
            " dan [own_number]. Dat blijft staan. Maak [own_number] gelijk, of"
            " bevestig het daar met een latere datum."
        ),
        Event.NOTICES_UNHEARD: "Berichten ophalen lukt nu niet. Straks opnieuw.",
        Event.NOTICES_TOLD: "Berichten doorgegeven: {count} ({way}).",
        Event.NOTICES_UNTOLD: "Berichten doorgeven lukt nu niet. Straks opnieuw.",
    }
)
"""What each event says; empty for what is said otherwise."""


def start_telling() -> None:
    """Have events told: as sentences on a terminal, as JSON lines anywhere else."""
    if not sys.stderr.isatty():
        start_logging()
        return
    logger = logging.getLogger(LOG_NAME)
    logger.addHandler(_Speaking())
    logger.setLevel(logging.INFO)
    logger.propagate = False


def say_event(line: str) -> str:
    """Give the sentence of a line of the log; empty where there is none to say."""
    said = json.loads(line)
    return SPOKEN[Event(said["event"])].format_map(_Lenient(said))


class _Lenient(dict[str, object]):
    """Fields of an event; one that it did not have is a dash."""

    def __missing__(self, name: str) -> str:
        """Stand in for a field that an event may have, and had not."""
        return "-"


class _Speaking(logging.Handler):
    """Prints sentences, each with the time by the clock on the wall."""

    def emit(self, record: logging.LogRecord) -> None:
        if says := say_event(record.getMessage()):
            PlainConsole(stderr=True, soft_wrap=True).print(f"{_clock(now())}  {says}")


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(AMSTERDAM):%H:%M:%S}"
