"""What a delivery, or a case or reference in it, stops for."""

from typing import Final
from uuid import UUID

from sources.counted import say_count
from sources.errors.facts import SourceError, shorten

_TAKEN_OVER: Final = (
    "Nam u het signaal over? Bel de organisatie die het gaf en lees het kenmerk voor. "
    "Daar zegt `signal-source find KENMERK` welke zaak het is, zolang zij die zaak nog "
    "in haar bestand heeft."
)


class FeedFailed(SourceError):
    """A feed could not be delivered; the others were."""

    def __init__(self) -> None:
        super().__init__(
            "Niet elke feed is aangeleverd. Kijk in de map failed, of vraag "
            "`signal-source doctor`."
        )


class DeliveryHeld(SourceError):
    """A delivery must be asked about, for what `why` says: nothing of it is sent yet.

    `why` holds counts and no case number: this sentence also stands in a planner's log.
    `until` is the last day for an answer.
    """

    def __init__(self, delivery: UUID, profile: str, why: str, until: str) -> None:
        self.delivery = delivery
        self.profile = profile
        short = shorten(delivery)
        super().__init__(
            f"Deze levering van {profile} wacht op u, tot en met {until}. {why} "
            "Er is niets verstuurd. Kijk om welke zaken het gaat: "
            f"`signal-source deliveries show {short}`. Klopt het? "
            f"`signal-source deliveries approve {short}`. Klopt het niet? "
            f"`signal-source deliveries drop {short}`, of lever een beter bestand."
        )


class ChangesOwed(SourceError):
    """Changes were read and never told: their cases must be delivered again."""

    def __init__(self, delivery: UUID, profile: str, count: int) -> None:
        short = shorten(delivery)
        many = say_count(count, "zaak", "zaken")
        super().__init__(
            f"Wijzigingen van {profile} zijn nooit verstuurd: niemand keurde levering "
            f"{short} op tijd goed, of zij is losgelaten. Lever {many} opnieuw aan, of "
            f"lever alles aan. Welke: `signal-source deliveries show {short}`. Hoeft "
            f"het niet? `signal-source deliveries drop {short}`."
        )


class FlagAwaited(SourceError):
    """A case of which its agency changed the person has no flag, or that of before."""

    def __init__(self, count: int) -> None:
        many = say_count(count, "zaak heeft", "zaken hebben")
        super().__init__(
            f"{many} niet het vlaggetje dat uw bestand zegt: een nieuwe persoon, soort "
            "of gemeente is afgewezen, geweigerd of niet verstuurd. Welke, waarom, en "
            "wat u doet: `signal-source status`."
        )


class ChangesWait(SourceError):
    """An earlier delivery waits for an answer, until a day: changes go not before it.

    `why` says in counts what is asked about it, as of `DeliveryHeld`.
    """

    def __init__(self, delivery: UUID, profile: str, why: str, until: str) -> None:
        short = shorten(delivery)
        super().__init__(
            f"Een eerdere levering van {profile} wacht nog op u. {why} Tot u "
            f"antwoordt, gaat geen wijziging van {profile} weg. Dit bestand is niet "
            "gelezen: het zegt niet opnieuw wat in die levering staat. Om welke zaken: "
            f"`signal-source deliveries show {short}`. Klopt het? `signal-source "
            f"deliveries approve {short}`. Klopt het niet? `signal-source deliveries "
            f"drop {short}`. Geef daarna deze opdracht opnieuw. Antwoorden kan ook een "
            "collega op de pagina Leveringen van de balie, als de agent levert. Zonder "
            f"antwoord vervalt zij na {until}, en moeten haar zaken opnieuw."
        )


class DeliveryUnheard(SourceError):
    """A delivery was closed, but most of it could not be used."""

    def __init__(self) -> None:
        super().__init__(
            "Het meeste in deze levering was niet te gebruiken. Wat wel klopte, is "
            "verstuurd. Deze levering telt niet als gehoord. Bent u live, dan ziet wie "
            "bevraagt straks dat u te laat bent. Kijk in het bestand met afgewezen "
            "records."
        )


class TooManyUnknown(SourceError):
    """The index has more signals that we do not know than may be withdrawn unasked."""

    def __init__(self, unknown: int, known: int) -> None:
        self.unknown = unknown
        self.known = known
        told = say_count(unknown, "signaal dat", "signalen die")
        super().__init__(
            f"De index heeft {told} dit postvak niet kent. Het kent er "
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
            "Deze levering staat niet in dit postvak. `signal-source deliveries show` "
            "noemt de laatste twintig. Leverde u vanuit een andere map? Geef de "
            "opdracht daar, of zet er --settings bij."
        )


class UnclearDelivery(SourceError):
    """Several deliveries end like what was given."""

    def __init__(self) -> None:
        super().__init__(
            "Meer dan een levering eindigt zo. Geef meer tekens van haar naam."
        )


class UnknownReference(SourceError):
    """Nothing was ever sent under this reference by this outbox."""

    def __init__(self) -> None:
        super().__init__(
            "Onder dit kenmerk is niets verstuurd uit dit postvak. Kijk of het klopt: "
            "de pagina Signalen van de balie noemt de kenmerken van uw signalen. Staat "
            "het daar? Dan kwam het niet van hier. Is het met de hand gegeven? Bel "
            "de contactpersoon die erbij staat. Hebt u nog een postvak? Geef de "
            "opdracht daar: zet er --settings bij, met de agency.toml van die map. "
            f"{_TAKEN_OVER} Staat het er niet? Dan is het geen signaal van u, of al "
            "lang weg: vraag wie u het kenmerk gaf."
        )


class CaseNotNamed(SourceError):
    """The outbox does not know what the agency calls the case of this reference."""

    def __init__(self) -> None:
        super().__init__(
            "Bij dit kenmerk is hier geen zaaknummer bewaard. Zoek in uw eigen bestand:"
            " geef ook --file met uw registratie en --profile met het profiel daarvan."
            f" {_TAKEN_OVER}"
        )


class SignalReplaced(SourceError):
    """An outbox that is gone told this signal; its case was told anew here."""

    def __init__(self, *, is_gone: bool) -> None:
        says = "is vervangen" if is_gone else "wordt vervangen bij de volgende levering"
        super().__init__(
            "Dit signaal is niet van dit postvak (van een vorig, of overgenomen) en "
            f"{says}: elke open zaak staat of komt bij de index onder een nieuw "
            "kenmerk. Bij welke zaak het oude hoorde, is niet meer te zien. Zoek de "
            "zaak met `signal-source find --case ZAAK`: het zaaknummer of de begindag."
        )


class NoSignalOfCase(SourceError):
    """No signal stands of a case of this number, as far as this outbox knows."""

    def __init__(self) -> None:
        super().__init__(
            "Bij dit zaaknummer of deze begindag staat nu geen signaal uit dit postvak."
            " Is de zaak al aangeleverd, en nog open? `signal-source check` met uw "
            "bestand zegt of zij zou gaan. Heeft het profiel geen zaaknummers? Zoek "
            "op de begindag, zoals --case '3 maart 2026'. Hebt u nog een postvak? Geef "
            "de opdracht daar, met --settings. Een signaal dat met de hand is gegeven, "
            "staat alleen op de pagina Signalen van de balie."
        )


class NoSuchCase(SourceError):
    """No case of the file is told under this reference by this outbox."""

    def __init__(self) -> None:
        super().__init__(
            "In dit bestand staat geen zaak bij dit kenmerk. Neem het bestand en het "
            "profiel waarmee u leverde. Staat zij er niet meer in? Zonder --file zegt "
            "`signal-source find KENMERK` nog 35 dagen welke zaak het was, en "
            f"`signal-source evidence KENMERK` wat er is verstuurd. {_TAKEN_OVER}"
        )


class UnknownDoubt(SourceError):
    """Under this reference nothing waits for somebody to decide, or no longer."""

    def __init__(self) -> None:
        super().__init__(
            "Onder dit kenmerk wacht geen beslissing. Er is misschien al beslist, of "
            "de tijd is voorbij. `signal-source brp list` noemt wat wacht; "
            "`signal-source brp forget KENMERK` neemt een beslissing terug."
        )
