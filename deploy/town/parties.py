"""Who lives in the town: organisations, accounts and agencies, all invented.

OINs that begin with 0000000199 are not given out. BSNs do not stand here: the
agencies' files are made by `signal-source population`.
"""

from dataclasses import dataclass

MUNICIPALITY = "9901"
AUDIENCE = "urn:voorbeeldstad:signal-index"
ORIGIN = "index.voorbeeldstad.example"
SAFETY_TRAINING = "veilig-thuis-2026"
PASSWORD = "demo-voorbeeldstad"  # noqa: S105 - printed beside the demo's address


def _oin(number: int) -> str:
    return f"0000000199{number:010d}"


TOWN_HALL = _oin(1)
TEAM = _oin(2)
SUPERVISOR = _oin(3)


@dataclass(frozen=True)
class Account:
    """One person who logs in at the provider."""

    username: str
    name: str
    shown_as: str
    organisation: str
    roles: tuple[str, ...]
    trained_until: str | None = None
    assurance: str = "substantial"


@dataclass(frozen=True)
class Agency:
    """One source agency: what it is, what it publishes, which file it delivers."""

    slug: str
    name: str
    organisation: str
    kind: str
    categories: tuple[str, ...]
    file: str
    profile: str
    rhythm_days: int = 7


ACCOUNTS = (
    Account("fatima", "Fatima El Amrani", "generalist wijkteam", TEAM, ("generalist",)),
    Account(
        "joris",
        "Joris de Wit",
        "generalist veiligheid",
        TEAM,
        ("generalist", "generalist-safety"),
        trained_until="2028-12-31",
    ),
    Account(
        "sanne",
        "Sanne Bakker",
        "generalist met een verlopen training",
        TEAM,
        ("generalist", "generalist-safety"),
        trained_until="2026-06-30",
        assurance="low",
    ),
    Account("anke", "Anke Visser", "privacy officer", TOWN_HALL, ("privacy-officer",)),
)
"""Sanne is there to be refused; Anke audits and cannot look up."""

AGENCIES = (
    Agency(
        "income-support",
        "Werkplein Voorbeeldstad",
        _oin(11),
        "income-support",
        ("bijstand",),
        "income-support.csv",
        "income-support-9901.toml",
    ),
    Agency(
        "debt-help",
        "Kredietbank Voorbeeldstad",
        _oin(12),
        "debt-help",
        ("schuldhulpverlening",),
        "debt-help.json",
        "debt-help-9901.toml",
    ),
    Agency(
        "schools",
        "Bureau Leerplicht Voorbeeldstad",
        _oin(13),
        "school-attendance",
        ("leerplicht",),
        "schools.csv",
        "schools-9901.toml",
    ),
    Agency(
        "veilig-thuis",
        "Veilig Thuis Voorbeeldregio",
        _oin(14),
        "veilig-thuis",
        ("veilig-thuis",),
        "veilig-thuis.csv",
        "veilig-thuis-9901.toml",
    ),
)
