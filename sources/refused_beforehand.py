"""What the index will refuse of every record of a profile: said before it is sent.

A profile is held against how the index knows this agency: what its source may deliver,
by which codes citizens may have been informed, what its contact holders may be called.
One list of rules: `check`, `doctor`, `rehearse` and `profile init` all ask it, so that
none calls good what another refuses.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.own_registration import OwnRegistration, OwnSource
from sources.catalogue import load_functions, load_kinds
from sources.counted import Cut, say_listed
from sources.informing import Allowed, find_unfit, list_allowed
from sources.profile import Profile

Fault = tuple[str, str]
"""What is wrong, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Registered:
    """How the index knows this agency, and for which source it delivers."""

    known: OwnRegistration
    source: str

    @property
    def functions(self) -> Sequence[str]:
        """Give what a contact holder may be called."""
        return self.known.contactFunctions

    def lists(self, word: str, *, is_name: bool) -> bool:
        """Tell whether the index takes a word; where it tells no list, none is held."""
        if not self.known.contactFunctions:
            return True
        known = self.known
        return word in (known.contactNames if is_name else known.contactFunctions)


NOT_SO: Final = (
    "Let op: zo gaat het nog niet. Deze aantallen zijn van als u hebt opgelost wat "
    "hieronder bij 'Let op' staat."
)
"""Beside what would be sent, where the index or a question keeps it back."""
_WORDS: Final = Cut(50, "alle: in uw bestand, bij de contactpersonen")
MOST_CONTACTS: Final = 200
SIGNALS_EACH: Final = 20
"""How many contact holders an index takes unless it is set otherwise."""
ASK_INDEX: Final = "Vraag de beheerder van de index om dit aan te melden."
_OTHER_CODE: Final = "Kies in het profiel een code die klopt met wat u deed."
_LISTED: Final = (
    "Vraag de gemeente om dit woord vast te stellen, of kies een functie van de lijst:"
)
_NAMELESS: Final = (
    "Vraag de gemeente om deze naam vast te stellen, of haal de regel met name weg."
)
_NOT_TAKEN: Final = "De index neemt zo'n contactpersoon niet aan."
_ENDED: Final = "Klopt dat niet? Bel de beheerder van de index."


def list_functions(registered: Registered | None, category: str) -> Sequence[str]:
    """Give what who is called may be called, as far as that is known here."""
    if registered and registered.functions:
        return registered.functions
    kind = load_kinds().get(category)
    return sorted({*load_functions(), *(kind.functions if kind else ())})


def find_refused(
    profile: Profile, registered: Registered | None, *, today: date
) -> Iterator[Fault]:
    """Give what the index would refuse of every record that this profile delivers.

    Without a registration: what the public catalogue tells of it, and no more.
    """
    yield from _find_ahead(profile, today)
    public = {name: kind.informed for name, kind in load_kinds().items()}
    if registered is None:
        yield from _find_unfit(profile, public)
        yield from _find_unheard_of(profile)
        return
    known, source = registered.known, registered.source
    for one in known.sources:
        if one.source == source:
            yield from _find_uncovered(profile, one)
            yield from _find_closed(profile, one)
    yield from _find_unlisted(profile, registered)
    yield from _find_unfit(profile, {**public, **list_allowed(known, source)})


def find_source_faults(registered: Registered) -> Iterator[Fault]:
    """Give why nothing at all of this source would be taken."""
    source = registered.source
    found = [one for one in registered.known.sources if one.source == source]
    if not found:
        yield f"U mag niet leveren voor bron {source}.", ASK_INDEX
    for one in found:
        if not one.active:
            yield f"Bron {source} doet bij de index niet meer mee.", _ENDED


def find_unlisted_holders(
    holders: Iterable[ContactHolder], profile: Profile, registered: Registered
) -> Iterator[Fault]:
    """Give what a file itself calls its contact holders, that stands on no list.

    What the profile calls them is `find_refused`.
    """
    own = {word for _, word, _ in _name_words(profile)}
    unlisted = dict.fromkeys(
        word
        for holder in holders
        for _, word, is_name in _list_words(holder, "")
        if word not in own and not registered.lists(word, is_name=is_name)
    )
    if unlisted:
        shown = [*unlisted][: _WORDS.most]
        listed = say_listed(shown, len(unlisted) - len(shown), _WORDS)
        yield (
            "Het bestand noemt contactpersonen met een woord dat niet op uw lijst "
            f"staat: {listed}. De index neemt die niet aan, en ook geen signaal met "
            "zo'n contactpersoon.",
            "Vraag de gemeente om deze woorden vast te stellen.",
        )


def _find_ahead(profile: Profile, today: date) -> Iterator[Fault]:
    ahead = [key for key, row in profile.contacts.items() if row.last_verified > today]
    if ahead:
        yield (
            f"De dag waarop het nummer is nagegaan (last_verified) van contactpersoon "
            f"{_join(ahead)} moet nog komen. {_NOT_TAKEN}",
            "Zet er de dag waarop u het nummer naging.",
        )


def _find_unlisted(profile: Profile, registered: Registered) -> Iterator[Fault]:
    """Give which words stand on no list, each list said once."""
    unlisted: dict[bool, list[str]] = {False: [], True: []}
    for whose, word, is_name in _name_words(profile):
        if not registered.lists(word, is_name=is_name):
            unlisted[is_name].append(whose)
    if functions := unlisted[False]:
        yield (
            f"De functie van {_join(functions)} staat niet op uw lijst. {_NOT_TAKEN}",
            f"{_LISTED} {', '.join(registered.functions)}.",
        )
    if names := unlisted[True]:
        yield (
            f"De naam van {_join(names)} staat niet op uw lijst. {_NOT_TAKEN}",
            _NAMELESS,
        )


def _join(whose: Sequence[str]) -> str:
    """Give contact holders by the names that the profile gives them."""
    *others, last = whose
    return f"{', '.join(others)} en {last}" if others else last


def _name_words(profile: Profile) -> Sequence[tuple[str, str, bool]]:
    return [
        one
        for key, row in profile.contacts.items()
        for one in _list_words(row.holder, f"contactpersoon {key}")
    ]


def _list_words(holder: ContactHolder, whose: str) -> Iterator[tuple[str, str, bool]]:
    """Give each word that names somebody: whose it is, and whether it is a name."""
    for of, who in ((holder, whose), (holder.deputy, f"de vervanger van {whose}")):
        if of is not None:
            yield who, of.function, False
            if of.name:
                yield who, of.name, True


def _find_uncovered(profile: Profile, source: OwnSource) -> Iterator[Fault]:
    covered = {(one.municipality, one.category) for one in source.coverage}
    for municipality in profile.municipalities:
        for category in profile.categories:
            if (municipality, category) not in covered:
                yield (
                    f"soort signaal {category} in gemeente {municipality} is voor deze "
                    "bron niet aangemeld.",
                    f"{ASK_INDEX} Of verbeter het profiel.",
                )


def _find_closed(profile: Profile, source: OwnSource) -> Iterator[Fault]:
    """Give which kinds the index takes of nobody today, and which for not so long."""
    told = [
        one
        for one in source.coverage
        if one.municipality in profile.municipalities
        and one.category in profile.categories
    ]
    for one in told:
        if not one.mayPublish:
            yield (
                f"soort signaal {one.category} in gemeente {one.municipality} neemt de "
                "index nu van niemand aan: geen doel waar zij bij hoort, is "
                "vastgesteld, of de soort is gesloten.",
                "Vraag de privacy officer van de gemeente om het doel vast te stellen.",
            )
    shortest = min((one.maximumLifeMonths for one in told), default=None)
    if shortest is not None and profile.valid_months > shortest:
        yield (
            f"valid_months = {profile.valid_months} is langer dan deze soort signaal "
            "mag blijven staan. De index wijst dan elk record af.",
            f"Zet valid_months op hooguit {shortest}.",
        )


def find_crowd(contacts: int, standing: int) -> Iterator[Fault]:
    """Give that the index has no room for so many contact holders, if it has not."""
    room = max(MOST_CONTACTS, standing // SIGNALS_EACH)
    if contacts > room:
        yield (
            f"Er zijn {contacts} contactpersonen. De index neemt er hooguit "
            f"{MOST_CONTACTS} aan, of een per {SIGNALS_EACH} signalen die er al staan.",
            "Noem teams in plaats van medewerkers, of vraag de beheerder van de index "
            "om meer ruimte.",
        )


def _find_unfit(profile: Profile, allowed: Allowed) -> Iterator[Fault]:
    for one in find_unfit(profile, allowed):
        yield one.say(), _OTHER_CODE


def _find_unheard_of(profile: Profile) -> Iterator[Fault]:
    for category in profile.categories:
        if category not in load_kinds():
            yield (
                f"soort signaal {category} staat niet in de openbare lijst.",
                "Is het een soort van uw eigen gemeente? `signal-source doctor` met "
                "dit profiel zegt of de index haar kent.",
            )
