"""What another party refuses, or does not answer."""

from sources.errors.facts import SourceError

_REFUSALS = {
    ("answer-changed", ""): (
        "Een collega gaf intussen een ander antwoord. Er is niets veranderd. Kijk met "
        "`signal-source corrections list --all` wat er nu staat."
    ),
    ("answered-too-often", ""): (
        "U hebt hierop al zo vaak geantwoord als kan. Er is niets veranderd: uw "
        "laatste antwoord blijft staan. Klopt het niet? Bel de privacy officer van de "
        "gemeente."
    ),
    ("correction-told", ""): (
        "Het antwoord staat vast: de inwoner las het al, of het signaal is weer "
        "zichtbaar. Klopt het antwoord niet? Bel de privacy officer van de gemeente."
    ),
    ("outbox-replaced", ""): (
        "De signalen van dit postvak zijn overgenomen door een ander postvak van uw "
        "organisatie. `signal-source doctor` zegt welk."
    ),
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


class InvitationRefused(SourceError):
    """Refuse an invitation to join, or the place where it would be taken up."""


class EvidenceRefused(SourceError):
    """What was kept does not prove what it should."""


class NothingSent(SourceError):
    """Nothing was sent from this outbox: there is nothing to prove."""

    def __init__(self) -> None:
        super().__init__(
            "Dit postvak heeft niets verstuurd; er is niets te bewijzen. Had u iets "
            "verwacht? Kijk met `signal-source doctor` of dit het goede postvak is."
        )


class RehearsalRefused(SourceError):
    """There is nothing to rehearse with; nothing was sent."""


class HoldersUnreachable(SourceError):
    """Too few key holders say by which keys organisations sign whom to call."""


class MatchRefused(SourceError):
    """The other side said something meanwhile, or it is over: nothing was changed."""


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
        said = f"De index weigerde dit: {slug}{about} ({status}). {why}"
        super().__init__(said.rstrip())


class ClockDiffers(PublishingStopped):
    """The clock here and the index's differ by more than what is sent can bear."""

    def __init__(self, seconds: int) -> None:
        way = "voor" if seconds > 0 else "achter"
        super().__init__(
            f"De klok van deze machine loopt {say_duration(abs(seconds))} {way} op "
            "die van de index. Er is niets gelezen en niets verstuurd. Zet de tijd "
            "gelijk (NTP) en geef de opdracht opnieuw."
        )


class EvaluationStopped(PublishingStopped):
    """No pair of key holders evaluated our points."""


class GatewayStopped(PublishingStopped):
    """The gateway to the population register is silent, refuses, or is asked enough.

    Nothing was published of this delivery. What was answered is kept.
    """


def say_duration(seconds: int) -> str:
    """Say how long, rounded, in the largest unit that fits twice.

    A second that an answer was under way makes no 47 hours of two days.
    """
    for size, name in ((86_400, "dagen"), (3_600, "uur"), (60, "minuten")):
        if seconds >= 2 * size - min(size // 60, 60):
            return f"{round(seconds / size)} {name}"
    return f"{seconds} seconden"
