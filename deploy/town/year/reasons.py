"""Why they look up: purposes that the town has opened, as its catalogue has them."""

from dataclasses import dataclass

from deploy.town.parties import TOWN_HALL
from deploy.town.year.cast import REFUSED, SAFETY, Colleague
from policy.catalogue import Catalogue
from policy.vocabulary import CategoryId, PurposeId
from sources.population.draw import Draw

_TEAM_PURPOSES = ("wmo-onderzoek",) * 6 + ("schuldhulp-toegang",) * 4
_SAFETY_PURPOSES = (*_TEAM_PURPOSES, "veiligheid", "veiligheid", "veiligheid")
_PURPOSE_OF_TEAM = {
    "leerplicht": ("leerplicht-uitvoering",),
    "schuldhulp": ("schuldhulp-toegang",),
}
_CLOSED = "meervoudige-problematiek"
_GROUNDS = (
    (_CLOSED, "purpose-not-established"),
    ("wmo-onderzoek", "case-reference-missing"),
    ("schuldhulp-toegang", "citizen-not-informed"),
    ("veiligheid", "role-not-allowed"),
)
BREAK_GLASS_PURPOSE = "wmo-onderzoek"
BREAK_GLASS_REASONS = (
    "acute-crisis",
    "acute-crisis",
    "eviction-today",
    "danger-to-child",
    "danger-to-life",
)


@dataclass(frozen=True)
class Reason:
    """For what purpose somebody asks, and what would refuse it."""

    purpose: str
    informed: str | None
    grounds: tuple[str, ...] = ()
    break_glass: str | None = None

    @property
    def lacks_case(self) -> bool:
        """Tell whether it is refused because no case stands behind it."""
        return "case-reference-missing" in self.grounds


def draw_reason(who: Colleague, draw: Draw) -> Reason:
    """Give a reason that fits a colleague's work."""
    if who is REFUSED:
        return Reason("veiligheid", "discussed", _not_sure_enough())
    purposes: tuple[str, ...] = _TEAM_PURPOSES
    if who.organisation == TOWN_HALL:
        purposes = _PURPOSE_OF_TEAM[who.team]
    elif who.roles == SAFETY:
        purposes = _SAFETY_PURPOSES
    informed = ("discussed",) * 5 + ("representative-informed",)
    return Reason(draw.choose(purposes), draw.choose(informed))


def draw_refused_reason(who: Colleague, draw: Draw) -> Reason:
    """Give a reason for which the rules refuse this colleague."""
    if who is REFUSED:
        return Reason("veiligheid", "discussed", _not_sure_enough())
    fitting = [one for one in _GROUNDS if _can_be_refused(who, one[0])]
    purpose, ground = draw.choose(fitting)
    informed = None if ground == "citizen-not-informed" else "discussed"
    return Reason(purpose, informed, (ground,))


def draw_emergency(draw: Draw) -> Reason:
    """Give a reason with which the glass is broken."""
    return Reason(
        BREAK_GLASS_PURPOSE, "urgent", break_glass=draw.choose(BREAK_GLASS_REASONS)
    )


def list_categories(catalogue: Catalogue, purpose: PurposeId) -> list[CategoryId]:
    """Give the categories that a purpose shows."""
    sees = catalogue.purposes[purpose].sees
    return [one for one in sees if catalogue.categories[one].active]


def _not_sure_enough() -> tuple[str, ...]:
    return ("login-not-sure-enough", "training-missing")


def _can_be_refused(who: Colleague, purpose: str) -> bool:
    return purpose != "veiligheid" or who.roles != SAFETY
