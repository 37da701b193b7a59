"""Who lives in the town: organisations, accounts and agencies, all invented.

OINs that begin with 0000000199 are not given out. BSNs do not stand here: the
agencies' files are made by `signal-source population`.
"""

from dataclasses import dataclass

MUNICIPALITY = "9901"
AUDIENCE = "urn:voorbeeldstad:signal-index"
ORIGIN = "index.voorbeeldstad.example"
WITNESS = "getuige.voorbeeldregio.example"
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
    team: str | None = None


@dataclass(frozen=True)
class DeskOf:
    """One organisation's desk: its folder in the town, its client, what it asks for."""

    folder: str
    client_id: str
    organisation: str
    name: str
    support: str
    host: str
    scopes: tuple[str, ...]
    per_user_per_day: int = 0
    per_organisation_per_day: int = 0
    source_kind: str = ""
    categories: tuple[str, ...] = ()

    @property
    def tends_contacts(self) -> bool:
        """Whether its people say whom to call about the organisation's signals."""
        return "publish" in self.scopes

    @property
    def signals_by_hand(self) -> bool:
        """Whether its people signal by hand: then it is a source, without an export."""
        return bool(self.source_kind)

    @property
    def address(self) -> str:
        """Where its server listens: IPv4, also where its host is a name."""
        return "127.0.0.1" if self.host == "localhost" else self.host

    @property
    def asks_holders(self) -> bool:
        """Whether anybody at this desk may have a number blinded."""
        return self.per_user_per_day > 0


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
    sender: str = ""
    phone: str | None = None

    @property
    def submitter(self) -> str:
        """Who sends: the agency itself, or a municipality in its place."""
        return self.sender or self.organisation


TEAM_DESK = DeskOf(
    "desk",
    "desk",
    TEAM,
    "Wijkteam Voorbeeldstad",
    "Helpdesk wijkteam: 0182 555 000 (op werkdagen van 8:00 tot 18:00).",
    "localhost",
    ("openid", "profile", "lookup", "publish"),
    per_user_per_day=200,
    per_organisation_per_day=5_000,
    source_kind="neighbourhood-team",
    categories=("casusregie",),
)
HALL_DESK = DeskOf(
    "town-hall",
    "desk-town-hall",
    TOWN_HALL,
    "Gemeente Voorbeeldstad",
    "Helpdesk gemeente: 0182 555 900 (op werkdagen van 8:00 tot 18:00).",
    "127.0.0.1",
    ("openid", "profile", "lookup", "ledger"),
    per_user_per_day=25,
    per_organisation_per_day=100,
)
REGISTER_PATH = "/brp"
"""Where the team's own origin leads to the gateway of the population register."""

AGENCY_DESK = DeskOf(
    "debt-help-desk",
    "desk-debt-help",
    _oin(12),
    "Kredietbank Voorbeeldstad",
    "Functioneel beheer Kredietbank: 0182 555 300.",
    "127.0.0.2",
    ("openid", "profile", "publish"),
)
SCHOOL_DESK = DeskOf(
    "school-desk",
    "desk-school",
    _oin(21),
    "Basisschool De Wilg",
    "Administratie De Wilg: 0182 555 400.",
    "127.0.0.3",
    ("openid", "profile", "publish"),
    source_kind="school",
    categories=("leerplicht",),
)
DESKS = (TEAM_DESK, HALL_DESK, AGENCY_DESK, SCHOOL_DESK)
"""Officers log in at the town hall's: few people, few searches for one citizen.

Cookies know no ports: each desk has a host of its own on this machine, so that one
browser can be logged in at all of them.
"""

PORTAL_HOST = "127.0.0.4"
BROKER_HOST = "127.0.0.5"
PORTAL_CLIENT = "portal"
"""What the page for citizens is called at its broker, at the provider and here."""

ACCOUNTS = (
    Account(
        "fatima",
        "Fatima El Amrani",
        "generalist wijkteam",
        TEAM,
        ("generalist", "hand-signaller"),
        team="centrum",
    ),
    Account(
        "tom",
        "Tom Verbeek",
        "teamleider wijkteam, beheert contactpersonen",
        TEAM,
        ("source-administrator",),
    ),
    Account(
        "ingrid",
        "Ingrid Bos",
        "intern begeleider op school, geeft zelf door",
        _oin(21),
        ("hand-signaller", "source-administrator"),
    ),
    Account(
        "joris",
        "Joris de Wit",
        "generalist veiligheid",
        TEAM,
        ("generalist", "generalist-safety"),
        trained_until="2028-12-31",
        team="centrum",
    ),
    Account(
        "nadia",
        "Nadia Haddad",
        "generalist wijkteam, neemt zaken over",
        TEAM,
        ("generalist", "hand-signaller"),
        team="noord",
    ),
    Account(
        "sanne",
        "Sanne Bakker",
        "generalist zonder tweede stap bij het inloggen, training verlopen",
        TEAM,
        ("generalist", "generalist-safety"),
        trained_until="2026-06-30",
        assurance="low",
        team="noord",
    ),
    Account("anke", "Anke Visser", "privacy officer", TOWN_HALL, ("privacy-officer",)),
    Account(
        "bram",
        "Bram Hendriks",
        "privacy officer, tweede paar ogen",
        TOWN_HALL,
        ("privacy-officer",),
    ),
    Account(
        "dora",
        "Dora Smit",
        "functionaris gegevensbescherming",
        TOWN_HALL,
        ("data-protection-officer",),
    ),
    Account(
        "mila",
        "Mila Aydin",
        "beheerder van de gemeente",
        TOWN_HALL,
        ("municipality-administrator",),
    ),
    Account(
        "kees",
        "Kees Smit",
        "beheerder bij de Kredietbank",
        _oin(12),
        ("source-administrator",),
    ),
)
"""Sanne is there to be refused; those of the town hall audit and cannot look up."""


def find_account(username: str) -> Account:
    """Give the account with this username, or raise `StopIteration`."""
    return next(each for each in ACCOUNTS if each.username == username)


AGENCIES = (
    Agency(
        "income-support",
        "Werkplein Voorbeeldstad",
        _oin(11),
        "income-support",
        ("bijstand",),
        "income-support.csv",
        "income-support-9901.toml",
        phone="+31182555100",
    ),
    Agency(
        "debt-help",
        "Kredietbank Voorbeeldstad",
        _oin(12),
        "debt-help",
        ("schuldhulpverlening",),
        "debt-help.json",
        "debt-help-9901.toml",
        phone="+31182555120",
    ),
    Agency(
        "schools",
        "Bureau Leerplicht Voorbeeldstad",
        _oin(13),
        "school-attendance",
        ("leerplicht",),
        "schools.csv",
        "schools-9901.toml",
        phone="+31182555140",
    ),
    Agency(
        "veilig-thuis",
        "Veilig Thuis Voorbeeldregio",
        _oin(14),
        "veilig-thuis",
        ("veilig-thuis",),
        "veilig-thuis.csv",
        "veilig-thuis-9901.toml",
        phone="+31182555160",
    ),
)
NEWCOMER = Agency(
    "newcomer",
    "Werkplein Nieuwstad",
    _oin(19),
    "income-support",
    ("bijstand",),
    "export.csv",
    "profile.toml",
)
"""Whose first day `deploy/bench` measures; no part of the demo."""

UWV = Agency(
    "uwv",
    "UWV, kantoor Voorbeeldregio",
    _oin(15),
    "uwv",
    ("ww-uitkering",),
    "ww.csv",
    "ww-9901.toml",
)
"""Joins a running town by invitation (`joining`); the others were founded with it.

It may deliver nothing until the municipality switches its category on (`switching`).
"""

EARLY_SIGNALS = Agency(
    "early-signals",
    "Woningstichting Voorbeeldstad",
    _oin(16),
    "housing-corporation",
    ("dreigende-ontruiming",),
    "meldingen.csv",
    "housing-reports-9901.toml",
    sender=_oin(4),
    phone="+31182555180",
)
"""Has no right to a BSN: the municipality finds its clients and sends for it."""

REGIONAL_BANK = Agency(
    "regional-bank",
    "Stadsbank Voorbeeldregio",
    _oin(17),
    "debt-help",
    ("schuldhulpverlening",),
    "clients.csv",
    "debt-help-region-9901.toml",
    rhythm_days=30,
    phone="+31182555220",
)
"""Does what the Kredietbank does, for a few: `regional_bank` lets it merge."""

FOUNDED = (*AGENCIES, EARLY_SIGNALS, REGIONAL_BANK)
"""Whoever is registered when the town is founded."""
