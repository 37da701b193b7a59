"""Everything that can stop a source agency's run, as facts.

    SourceError
    ├── InvalidProfile            the mapping profile is not one we can follow
    ├── InvalidAgencySettings     settings or key files that we refuse to start with
    │   └── UnsafeKeyFile         a key file that others may read
    ├── InvitationRefused         an invitation to join, or an answer to it
    ├── UnreadableFile            the delivery is not the format the profile names
    ├── OutboxRefused             the outbox is not ours to write
    │   ├── OutboxBusy            another run holds it
    │   ├── OutboxKeyChanged      it was written under another key
    │   ├── OutboxDamaged         a page of it is broken
    │   ├── OutboxEmpty           the file is there, and nothing is in it
    │   ├── OutboxOutdated        the index heard more of it than it knows itself
    │   ├── OutboxSound           it can be used, and need not begin anew
    │   ├── OutboxElsewhere       another outbox of this source told of the same
    │   ├── OutboxUnsure          which outbox is lost, must be said
    │   └── OutboxUnwritable      the disk is full, or cannot be written
    ├── ProfileOverlaps           another profile told of the same kind of signals
    ├── RenameRefused             a profile cannot go on under that name
    ├── FeedFailed                a feed of the agent could not be delivered
    ├── FolderRefused             the folder for deliveries is not ours to use
    ├── DeliveryHeld              a delivery waits: somebody must look at it first
    ├── ChangesWait               changes that come after a delivery which waits
    ├── ChangesOwed               changes were never told, and must come again
    ├── DeliveryUnheard           a delivery is closed, and most of it made no sense
    ├── TooManyUnknown            the same, of what the index has and we do not
    ├── DeliveryUnderWay          a delivery is half sent: finish that first
    ├── NothingHeld               this delivery does not wait for an answer
    ├── UnknownDelivery           the outbox has no delivery of this id
    ├── UnclearDelivery           several deliveries end like that
    ├── NoSuchCase                no case of the file is told under this reference
    ├── UnknownDoubt              nobody needs to decide about this reference
    ├── UnknownReference          nothing was ever sent under this reference
    ├── RehearsalRefused          the source is live, unknown, or publishes nothing
    ├── EvidenceRefused           what was kept does not prove what it should
    ├── NoticesUntold             what came back could not be told to the agency
    │   ├── MailRefused           its mail server did not take it
    │   └── EventsRefused         its system did not take it
    └── PublishingStopped         what is left stays in the outbox for the next run
        ├── TokenRefused          the identity provider gave no access token
        │   └── ProviderUnreachable   it did not answer, retries and all
        ├── IndexUnreachable      the index did not answer, retries and all
        ├── IndexRefused          the index refused the whole request
        ├── ClockDiffers          the clock here is not the index's
        ├── EvaluationStopped     no pair of key holders evaluated our points
        └── GatewayStopped        the population register is of no use to us now

A record that cannot be sent is none of these: it is a `Reject`, and the rest goes
through. No message holds input.
"""

from collections.abc import Mapping
from uuid import UUID


def shorten(delivery: UUID) -> str:
    """Give as much of a delivery's id as a person copies: its end.

    The beginning is the same for every delivery of an outbox.
    """
    return str(delivery)[-8:]


class SourceError(Exception):
    """Stop a run; the message is Dutch and safe to show and to log."""


class InvalidProfile(SourceError):
    """Refuse a mapping profile."""


class InvalidAgencySettings(SourceError):
    """Refuse settings or key files."""


class UnsafeKeyFile(InvalidAgencySettings):
    """Refuse a key file that group or others may read."""


class InvitationRefused(SourceError):
    """Refuse an invitation to join, or the place where it would be taken up."""


class UnreadableFile(SourceError):
    """Refuse a delivery that is not in the format of its profile."""


class FeedFailed(SourceError):
    """A feed could not be delivered; the others were."""

    def __init__(self) -> None:
        super().__init__(
            "Niet elke feed is aangeleverd. Kijk in de map failed, of vraag "
            "`signal-source doctor`."
        )


class FolderRefused(SourceError):
    """Refuse a folder for deliveries that cannot be made, read or moved in."""


class OutboxRefused(SourceError):
    """Refuse to write an outbox."""


class OutboxBusy(OutboxRefused):
    """Another run holds this outbox."""


class OutboxKeyChanged(OutboxRefused):
    """The outbox was written under another key: what it holds cannot be matched."""


class OutboxUnwritable(OutboxRefused):
    """The disk is full or gone; the step that was under way never happened."""

    def __init__(self) -> None:
        super().__init__(
            "Het postvak is niet te schrijven. Is de schijf vol? Maak ruimte en geef "
            "de opdracht opnieuw; er is niets verloren en niets dubbel verstuurd."
        )


class OutboxDamaged(OutboxRefused):
    """The file is not whole: what it holds of what was told cannot be relied on."""

    def __init__(self) -> None:
        super().__init__(
            "Het postvak is beschadigd en wordt niet gebruikt. Hebt u een "
            "reservekopie? Zet die terug en draai `signal-source reconcile`. Zo niet, "
            "begin opnieuw met `signal-source outbox restart`: dat haalt de lijst van "
            "uw signalen bij de index op, zodat niets dubbel blijft staan."
        )


class OutboxEmpty(OutboxRefused):
    """The file is there and is empty: what it held is gone, and it is not new."""

    def __init__(self) -> None:
        super().__init__(
            "Het bestand van het postvak is leeg. Wat erin stond, is weg. Hebt u een "
            "reservekopie? Zet die terug en draai `signal-source reconcile`. Zo niet, "
            "draai `signal-source outbox restart`."
        )


class OutboxOutdated(OutboxRefused):
    """The index heard deliveries of this outbox that are not known here."""

    def __init__(self) -> None:
        super().__init__(
            "De index heeft van dit postvak een levering die het zelf niet kent. Dit "
            "is dus een oudere kopie, bijvoorbeeld een reservekopie die is teruggezet. "
            "Er is niets verstuurd. Draai eerst `signal-source reconcile`, en lever "
            "daarna alles aan."
        )


class OutboxSound(OutboxRefused):
    """The outbox can be used: there is nothing to begin anew."""

    def __init__(self) -> None:
        super().__init__(
            "Dit postvak is heel en is gebruikt. Er is niets om opnieuw te beginnen."
        )


class OutboxElsewhere(OutboxRefused):
    """The index has signals of this source that another outbox told."""

    def __init__(self) -> None:
        super().__init__(
            "Bij de index staan signalen van uw organisatie, van deze soort en in deze "
            "gemeente, die dit postvak niet kent. Er is niets verstuurd: anders kreeg "
            "iedereen twee vlaggetjes. Is het vorige postvak weg? Draai "
            "`signal-source outbox restart`. Is het nog in gebruik? Draai "
            "`signal-source outbox beside`."
        )


class OutboxUnsure(OutboxRefused):
    """The index has signals of other outboxes; which of them is lost, is not known.

    `told`: how many signals stand of each.
    """

    def __init__(self, told: Mapping[UUID, int]) -> None:
        self.told = told
        listed = ", ".join(f"{one} ({count})" for one, count in sorted(told.items()))
        super().__init__(
            "Bij de index staan signalen van een ander postvak van uw organisatie, met "
            f"hoeveel: {listed or 'geen'}. Er is niets overgenomen: de signalen van "
            "een postvak dat nog in gebruik is, zouden verdwijnen. Gebruikt uw "
            "organisatie nog een postvak? `signal-source status` zegt daar hoe het "
            "heet. Draai dan `signal-source outbox restart --lost` met het postvak "
            "dat weg is."
        )


class ProfileOverlaps(SourceError):
    """A profile that is new here delivers what another one told already."""

    def __init__(self, new: str, old: str, signals: int) -> None:
        super().__init__(
            f"Profiel {new} is hier nieuw, en levert dezelfde soort signalen als "
            f"profiel {old}, waarvan er {signals} bij de index staan. Er is niets "
            f"verstuurd. Heeft {old} een andere naam gekregen? Draai `signal-source "
            f"profile rename {old} {new}`. Is dit een andere registratie? Zet "
            f'beside = ["{old}"] in het profiel.'
        )


class RenameRefused(SourceError):
    """A profile cannot go on under that name."""


class DeliveryHeld(SourceError):
    """A delivery changes more than goes unasked: nothing of it is sent yet."""

    def __init__(self, delivery: UUID, profile: str) -> None:
        self.delivery = delivery
        self.profile = profile
        short = shorten(delivery)
        super().__init__(
            f"Deze levering van {profile} wacht op u: er verandert meer dan gewoon is. "
            "Er is niets verstuurd. Kijk wat er verandert: "
            f"`signal-source deliveries show {short}`. Klopt het? "
            f"`signal-source deliveries approve {short}`. Klopt het niet? "
            f"`signal-source deliveries drop {short}`, of lever een beter bestand."
        )


class ChangesOwed(SourceError):
    """Changes were read and never told: their cases must be delivered again."""

    def __init__(self, delivery: UUID, profile: str, count: int) -> None:
        short = shorten(delivery)
        many = "een zaak" if count == 1 else f"{count} zaken"
        super().__init__(
            f"Wijzigingen van {profile} zijn nooit verstuurd: niemand keurde levering "
            f"{short} op tijd goed, of zij is losgelaten. Lever {many} opnieuw aan, of "
            f"lever alles aan. Welke: `signal-source deliveries show {short}`. Hoeft "
            f"het niet? `signal-source deliveries drop {short}`."
        )


class ChangesWait(SourceError):
    """An earlier delivery waits for an answer: changes cannot go before it."""

    def __init__(self, delivery: UUID, profile: str) -> None:
        short = shorten(delivery)
        super().__init__(
            f"Een eerdere levering van {profile} wacht nog op u. Dit bestand met "
            "wijzigingen is niet gelezen: het zegt niet opnieuw wat daarin staat. "
            f"Kijk wat er verandert: `signal-source deliveries show {short}`. Antwoord "
            f"met `signal-source deliveries approve {short}` of `signal-source "
            f"deliveries drop {short}`, en geef deze opdracht opnieuw."
        )


class DeliveryUnheard(SourceError):
    """A delivery was closed, but most of it could not be used."""

    def __init__(self) -> None:
        super().__init__(
            "Het meeste in deze levering was niet te gebruiken. Wat wel klopte, is "
            "verstuurd. Deze levering telt niet als gehoord: wie bevraagt, ziet "
            "dat u te laat bent. Kijk in het bestand met afgewezen records."
        )


class TooManyUnknown(SourceError):
    """The index has more signals that we do not know than may be withdrawn unasked."""

    def __init__(self, unknown: int, known: int) -> None:
        self.unknown = unknown
        self.known = known
        super().__init__(
            f"De index heeft {unknown} signalen die dit postvak niet kent. Het kent er "
            f"zelf {known}. Er is niets ingetrokken. Klopt dit? Geef de opdracht "
            "opnieuw met --confirm."
        )


class DeliveryUnderWay(SourceError):
    """A delivery is half sent, so that everything would differ."""

    def __init__(self) -> None:
        super().__init__(
            "Er is nog een levering onderweg. Rond die eerst af met "
            "`signal-source publish`."
        )


class NothingHeld(SourceError):
    """Nobody is asked about this delivery, or no longer."""

    def __init__(self) -> None:
        super().__init__(
            "Deze levering wacht niet op u. Er is misschien al over beslist, of er "
            "kwam een nieuwere. Kijk met `signal-source deliveries show`."
        )


class UnknownDelivery(SourceError):
    """The outbox has no delivery of this id."""

    def __init__(self) -> None:
        super().__init__(
            "Deze levering staat niet in het postvak. "
            "`signal-source deliveries show` noemt de laatste twintig."
        )


class UnclearDelivery(SourceError):
    """Several deliveries end like what was given."""

    def __init__(self) -> None:
        super().__init__(
            "Meer dan een levering eindigt zo. Geef meer tekens van het kenmerk."
        )


class UnknownReference(SourceError):
    """Nothing was ever sent under this reference."""

    def __init__(self) -> None:
        super().__init__("Onder dit kenmerk is niets verstuurd.")


class NoSuchCase(SourceError):
    """No case of the file is told under this reference by this outbox."""

    def __init__(self) -> None:
        super().__init__(
            "In dit bestand staat geen open zaak bij dit kenmerk. Neem het bestand en "
            "het profiel waarmee u leverde. Is de zaak dicht? Kijk met "
            "`signal-source evidence` wat er is verstuurd."
        )


class UnknownDoubt(SourceError):
    """Under this reference nothing waits for somebody to decide, or no longer."""

    def __init__(self) -> None:
        super().__init__(
            "Onder dit kenmerk wacht geen beslissing. Er is misschien al beslist, of "
            "de tijd is voorbij. `signal-source brp list` noemt wat wacht; "
            "`signal-source brp forget` neemt een beslissing terug."
        )


class EvidenceRefused(SourceError):
    """What was kept does not prove what it should."""


class RehearsalRefused(SourceError):
    """There is nothing to rehearse with; nothing was sent."""


class NoticesUntold(SourceError):
    """What came back stays in the outbox, and is told the next time."""


class MailRefused(NoticesUntold):
    """The agency's mail server did not take a mail, or not over TLS."""


class EventsRefused(NoticesUntold):
    """The agency's own system did not take events."""


class PublishingStopped(SourceError):
    """Stop before the delivery is closed; the outbox keeps what is left."""


class TokenRefused(PublishingStopped):
    """The identity provider gave no access token."""


class ProviderUnreachable(TokenRefused):
    """The identity provider did not answer within the retries."""


class IndexUnreachable(PublishingStopped):
    """The index did not answer within the retries."""


class IndexRefused(PublishingStopped):
    """The index refused the whole request, not one record; `slug` names the problem.

    `field` says what of the request it was about, where the index said so.
    """

    def __init__(self, status: int, slug: str, field: str = "") -> None:
        self.status = status
        self.slug = slug
        self.field = field
        why = _REFUSALS.get((slug, field), "")
        about = f" {field}" if field and not why else ""
        said = f"De index weigerde de aanvraag: {slug}{about} ({status}). {why}"
        super().__init__(said.rstrip())


_REFUSALS = {
    ("unknown-source", "source"): (
        "De index kent deze organisatie niet als bron, of u mag er niet voor sturen. "
        "Kijk `source` na in agency.toml, of vraag de beheerder van de index."
    ),
    ("unknown-source", "categories"): (
        "De index kent deze bron niet voor een soort signaal uit het profiel. Verbeter "
        "het profiel, of vraag de beheerder van de index om de aanmelding aan te "
        "vullen."
    ),
    ("unknown-source", "municipalities"): (
        "De index kent deze bron niet voor een gemeente uit het profiel. Verbeter het "
        "profiel, of vraag de beheerder van de index om de aanmelding aan te vullen."
    ),
}


class ClockDiffers(PublishingStopped):
    """The clock here and the index's differ by more than what is sent can bear."""

    def __init__(self, seconds: int) -> None:
        way = "voor" if seconds > 0 else "achter"
        super().__init__(
            f"De klok van deze machine loopt {_say_duration(abs(seconds))} {way} op "
            "die van de index. Er is niets gelezen en niets verstuurd. Zet de tijd "
            "gelijk (NTP) en geef de opdracht opnieuw."
        )


class EvaluationStopped(PublishingStopped):
    """No pair of key holders evaluated our points."""


class GatewayStopped(PublishingStopped):
    """The gateway to the population register is silent, refuses, or is asked enough.

    Nothing was published of this delivery. What was answered is kept.
    """


def _say_duration(seconds: int) -> str:
    """Say how long, in the largest unit that fits twice."""
    for size, name in ((86_400, "dagen"), (3_600, "uur"), (60, "minuten")):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}"
    return f"{seconds} seconden"
