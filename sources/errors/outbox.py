"""What an outbox, or a profile in it, stops for."""

from collections.abc import Mapping
from uuid import UUID

from sources.counted import say_count
from sources.errors.facts import SourceError


class OutboxRefused(SourceError):
    """Refuse to write an outbox."""


class OutboxBusy(OutboxRefused):
    """Another run holds this outbox."""

    def __init__(self) -> None:
        super().__init__(
            "Een andere opdracht gebruikt dit postvak; er kan er één tegelijk draaien. "
            "Wacht tot zij klaar is en geef deze opdracht opnieuw. Draait de agent "
            "(`signal-source run`)? Stop die dan eerst."
        )


class OutboxMissing(OutboxRefused):
    """There is no file of an outbox, and what was asked does not make one."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Hier is geen postvak ({name}). Is er nog nooit iets aangeleverd? Dan "
            "komt het er bij de eerste `signal-source publish`. Is het weg? Zet een "
            "reservekopie terug en draai `signal-source reconcile`, of begin opnieuw "
            "met `signal-source outbox restart`. Staat het ergens anders? Kijk "
            "`outbox` na in agency.toml."
        )


class OutboxKeyChanged(OutboxRefused):
    """The outbox was written under another key: what it holds cannot be matched."""

    def __init__(self, says: str = "Het postvak hoort bij een andere sleutel.") -> None:
        super().__init__(
            f"{says} Zet de juiste outbox.key terug "
            "(`keys.outbox` in agency.toml). Is die sleutel weg? Begin opnieuw met "
            "`signal-source outbox restart`."
        )


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
            "begin opnieuw met `signal-source outbox restart --lost POSTVAK`: dat "
            "haalt de lijst van uw signalen bij de index op, zodat niets dubbel "
            "blijft staan. Weet u de naam van het postvak niet? Geef de opdracht "
            "zonder --lost: zij noemt de postvakken die de index kent."
        )


class OutboxEmpty(OutboxRefused):
    """The file is there and is empty: what it held is gone, and it is not new."""

    def __init__(self) -> None:
        super().__init__(
            "Het bestand van het postvak is leeg. Wat erin stond, is weg. Hebt u een "
            "reservekopie? Zet die terug en draai `signal-source reconcile`. Zo niet, "
            "draai `signal-source outbox restart --lost POSTVAK`. Zonder --lost noemt "
            "zij de postvakken die de index kent."
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


class OutboxReplaced(OutboxRefused):
    """It was said to be lost: another outbox told its cases anew."""

    def __init__(self, by: UUID) -> None:
        super().__init__(
            "De signalen van dit postvak zijn overgenomen door postvak "
            f"{by}. De index neemt van dit postvak niets meer aan; er is niets "
            "verstuurd. Gebruik dat postvak. Is dat weg? Draai `signal-source outbox "
            f"restart --lost {by}`: dit bestand gaat dan opzij, en u begint opnieuw."
        )


class SignalsElsewhere(SourceError):
    """Signals of another outbox stand, of what this one delivers.

    `told`: how many signals stand of each.
    """

    def __init__(self, told: Mapping[UUID, int]) -> None:
        listed = ", ".join(f"{one} ({count})" for one, count in sorted(told.items()))
        super().__init__(
            "Bij de index staan signalen uit een ander postvak van uw organisatie, van "
            f"dezelfde soort en in dezelfde gemeente: {listed}. Staat daar dezelfde "
            "zaak in, dan heeft een inwoner twee vlaggetjes. Is dat postvak weg? Draai "
            "`signal-source outbox restart --lost POSTVAK`. Is het nog in gebruik, "
            "voor andere zaken? Draai `signal-source outbox beside`."
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
            "`signal-source outbox restart --lost POSTVAK`; zonder --lost noemt zij de "
            "postvakken die de index kent. Is het nog in gebruik? Draai `signal-source "
            "outbox beside`."
        )


class OutboxUnsure(OutboxRefused):
    """The index has signals of other outboxes; which of them is lost, is not known.

    `told`: how many signals stand of each.
    """

    def __init__(self, told: Mapping[UUID, int]) -> None:
        self.told = told
        listed = ", ".join(
            f"{one} ({say_count(count, 'signaal', 'signalen')})"
            for one, count in sorted(told.items())
        )
        super().__init__(
            "Bij de index staan signalen van een ander postvak van uw organisatie. De "
            f"postvakken die de index kent: {listed or 'geen'}. Er is "
            "niets overgenomen: de signalen van een postvak dat nog in gebruik is, "
            "zouden verdwijnen. Gebruikt uw organisatie nog een postvak? "
            "`signal-source status` zegt op die machine hoe het heet. Draai dan "
            "`signal-source outbox restart --lost POSTVAK`, met de naam van "
            "het postvak dat weg is."
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
