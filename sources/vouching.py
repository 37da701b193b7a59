"""Which key holders state the key that we sign with, and what that means for people.

A colleague is shown a telephone number only where two holders state the key by which it
was signed (`keys.notice_keys`): else who runs the index could change it. So an agency
that a holder ended, or never took in whole, may have flags with nobody to call, and
sees nothing of that itself. Every holder states its keys to anybody: asking costs no
budget and tells nothing. What they said last is kept, so that `status` says it too.

Proven by tests/contract/test_who_lost_a_holder_hears_it.py.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

import httpx

from keys.config import KeyConfig
from keys.errors import HolderUnavailable, InvalidToken
from keys.notice_keys import verify_notice_keys
from signal_index.notice import NoticeKey
from sources.clock import day_of, write_day
from sources.findings import Finding, Patient, State
from sources.outbox.deliveries import was_told
from sources.outbox.store import Outbox, get_meta, put_meta
from sources.partner_contacts import ask_for_keys
from sources.publisher.known_config import find_known_config
from sources.settings import AgencySettings, HolderRow

_KEPT: Final = "vouching"
_ABOUT: Final = "telefoonnummer"
WHY: Final = "`signal-source doctor` zegt per sleutelhouder wat er is."


@dataclass(frozen=True, slots=True)
class Vouching:
    """Who states our key, who does not, and who did not say; how many must, and when.

    Holders by the name that they have in agency.toml.
    """

    stating: Sequence[str]
    without: Sequence[str]
    silent: Sequence[str]
    needed: int
    on: str

    @property
    def is_seen(self) -> bool:
        """Whether a colleague is shown whom to call, as far as it is up to holders."""
        return len(self.stating) >= self.needed

    def say(self) -> str:
        """Say what it means for whoever would call us; Dutch, B1."""
        known = f"Uw ondertekensleutel is bekend bij {_list(self.stating)}"
        if self.is_seen and not self.without:
            return f"Een collega kan zien wie te bellen. {known}."
        lacking = f", en niet bij {_list(self.without)}" if self.without else ""
        silent = f"; {_list(self.silent)} antwoordt niet" if self.silent else ""
        said = f"{known}{lacking}{silent}."
        if self.is_seen:
            return (
                f"{said} {self.needed} zijn genoeg: een collega merkt nu niets. Valt "
                "er nog een weg, dan staat er bij uw vlaggetjes geen telefoonnummer "
                "meer, en gaat er van nieuwe zaken niets weg."
            )
        return (
            f"{said} Er zijn er {self.needed} nodig. Een collega ziet uw vlaggetjes "
            "nog, maar geen telefoonnummer: niemand kan u bellen. Van nieuwe zaken en "
            "verbeterde personen gaat niets weg zolang te weinig sleutelhouders uw "
            "organisatie kennen; intrekken kan wel."
        )

    def warn(self, *, today: date) -> Iterator[str]:
        """Say it where a holder does not state our key, and on which day that was."""
        if self.without:
            on = date.fromisoformat(self.on)
            when = "" if on == today else f" (gevraagd op {write_day(on)})"
            yield f"{self.say()} {WHY}{when}"


async def ask_who_vouches(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    key: NoticeKey,
    outbox: Outbox,
    now: datetime,
) -> Vouching | None:
    """Ask every holder, and keep what they said; None where no key config is known."""
    config = find_known_config(outbox)
    if config is None:
        return None
    places = settings.holders.places
    states = await asyncio.gather(
        *(_states(client, settings, key, (config, one), now) for one in places)
    )
    said = dict(zip([one.id for one in places], states, strict=True))
    stating, without, silent = (
        [name for name in said if said[name] is it] for it in (True, False, None)
    )
    on = day_of(now).isoformat()
    found = Vouching(stating, without, silent, config.threshold, on)
    with outbox.transaction("mend") as connection:
        put_meta(connection, _KEPT, json.dumps(asdict(found)).encode())
    return found


def find_vouching(outbox: Outbox) -> Vouching | None:
    """Give what the holders said last; None where they were never asked."""
    kept = get_meta(outbox.connection, _KEPT)
    return Vouching(**json.loads(kept)) if kept else None


async def look_at_vouching(patient: Patient) -> Sequence[Finding]:
    """Tell whether a colleague sees our number; nothing before a first delivery."""
    if not was_told(patient.outbox):
        return []
    found = await ask_who_vouches(
        patient.client, patient.settings, patient.notice, patient.outbox, patient.now()
    )
    if found is None:
        return []
    if not found.is_seen:
        return [Finding(_ABOUT, State.WRONG, found.say(), _say_remedy(found))]
    if found.without:
        return [Finding(_ABOUT, State.WARNING, found.say(), _say_remedy(found))]
    return [Finding(_ABOUT, State.GOOD, found.say())]


def _say_remedy(found: Vouching) -> str:
    if not found.without:
        return "Bel de sleutelhouders die niet antwoorden."
    return (
        f"Staat bij {_list(found.without)} hierboven een fout? Los die op. Kent hij u "
        "wel? Vraag hem dan om ook uw ondertekensleutel op te nemen."
    )


async def _states(
    client: httpx.AsyncClient,
    settings: AgencySettings,
    key: NoticeKey,
    at: tuple[KeyConfig, HolderRow],
    now: datetime,
) -> bool | None:
    """Tell whether a holder states our key; None where it states nothing that holds."""
    config, place = at
    try:
        said = await ask_for_keys(client, f"{place.url}/v1/notice-keys")
        stated = verify_notice_keys(said.decode("ascii"), config, place.id, now=now)
    except (HolderUnavailable, InvalidToken, UnicodeDecodeError):
        return None
    own = (settings.source, settings.organisation, key.kid, key.public_value)
    return any((source, by, one.kid, one.jwk["x"]) == own for source, by, one in stated)


def _list(names: Sequence[str]) -> str:
    *others, last = names or ["geen enkele sleutelhouder"]
    return f"{', '.join(others)} en {last}" if others else last
