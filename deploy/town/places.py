"""Where everything of one town stands: folders, ports and addresses.

FOLDER/keys/             the key: config, pins, record, a folder for each holder
FOLDER/holder-N/         settings, organisations and budgets of a key holder
FOLDER/index/            settings, keys, registry, SQLite file, checkpoint file
FOLDER/witness/          the key, memory and settings of the ledger's witness
FOLDER/desk/             settings, keys, sessions and receipts of the team's desk
FOLDER/town-hall/        the same of the municipality's own desk, for its officers
FOLDER/portal/           settings and keys of the page for citizens
FOLDER/broker/           who plays the broker of DigiD: its accounts (BSNs, by right)
FOLDER/provider/         the OpenID provider's clients and accounts
FOLDER/brp/              the register of test persons and the key of its gateway
FOLDER/agencies/SLUG/    settings, keys, outbox and the delivered file (BSNs, by right)
FOLDER/log/              what each process wrote
"""

from dataclasses import dataclass, replace
from pathlib import Path

from deploy.town.parties import (
    BROKER_HOST,
    DESKS,
    HALL_DESK,
    PORTAL_HOST,
    TEAM_DESK,
    DeskOf,
)
from deploy.town.ports import Ports

HOLDERS = (1, 2, 3)
FIRST_NAMES = ("holder-1", "holder-2", "holder-3")
DESK_PORT = 8000


@dataclass(frozen=True)
class Places:
    """One town's folder, the ports of its processes and its database.

    `fronted`: before the team's desk stands a proxy, which also leads to the register.
    """

    folder: Path
    index_port: int
    desk_ports: tuple[int, ...]
    provider_port: int
    holder_ports: tuple[int, int, int]
    database_url: str
    witness_port: int
    brp_port: int
    front_port: int
    portal_port: int
    broker_port: int
    spare_port: int
    holder_names: tuple[str, ...] = FIRST_NAMES
    fronted: bool = False

    def with_holder(self, index: int, name: str) -> "Places":
        """Give the town with another holder in a place: other folders, another port."""
        names, ports = list(self.holder_names), list(self.holder_ports)
        names[index - 1], ports[index - 1] = name, self.spare_port
        first, second, third = ports
        return replace(
            self, holder_names=tuple(names), holder_ports=(first, second, third)
        )

    @property
    def keys(self) -> Path:
        """Give the folder of the key, its holders and their passphrases."""
        return self.folder / "keys"

    @property
    def index(self) -> Path:
        """Give the index's folder."""
        return self.folder / "index"

    @property
    def witness(self) -> Path:
        """Give the folder of the ledger's witness: another party than the index."""
        return self.folder / "witness"

    @property
    def witness_url(self) -> str:
        """Give the address of the witness."""
        return f"http://127.0.0.1:{self.witness_port}"

    @property
    def brp(self) -> Path:
        """Give the folder of the register of test persons."""
        return self.folder / "brp"

    @property
    def brp_key(self) -> Path:
        """Give the key that opens the register's gateway."""
        return self.brp / "gateway.key"

    @property
    def brp_url(self) -> str:
        """Give the address of the register's gateway."""
        return f"http://127.0.0.1:{self.brp_port}"

    @property
    def desk(self) -> Path:
        """Give the folder of the team's desk."""
        return self.folder / "desk"

    @property
    def provider(self) -> Path:
        """Give the OpenID provider's folder."""
        return self.folder / "provider"

    @property
    def portal(self) -> Path:
        """Give the folder of the page for citizens."""
        return self.folder / "portal"

    @property
    def portal_url(self) -> str:
        """Give the address of the page for citizens."""
        return f"http://{PORTAL_HOST}:{self.portal_port}"

    @property
    def broker(self) -> Path:
        """Give the folder of who plays the broker of DigiD: another party."""
        return self.folder / "broker"

    @property
    def broker_url(self) -> str:
        """Give the broker's issuer, which is its address."""
        return f"http://{BROKER_HOST}:{self.broker_port}"

    @property
    def clients(self) -> Path:
        """Give the folder of the provider's clients that joined while it ran."""
        return self.provider / "clients"

    @property
    def log(self) -> Path:
        """Give the folder of the processes' output."""
        return self.folder / "log"

    def holder(self, index: int) -> Path:
        """Give the folder of one key holder's service."""
        return self.folder / self.holder_name(index)

    def holder_name(self, index: int) -> str:
        """Give what a key holder is called, by its place in the key config."""
        return self.holder_names[index - 1]

    def holder_keys(self, index: int) -> Path:
        """Give the folder of one key holder's keys."""
        return self.keys / self.holder_name(index)

    def desk_folder(self, desk: DeskOf) -> Path:
        """Give the folder of one desk."""
        return self.folder / desk.folder

    def source_keys(self, desk: DeskOf) -> Path:
        """Give the folder of the keys with which a desk signals by hand."""
        return self.desk_folder(desk) / "source-keys"

    def desk_port_of(self, desk: DeskOf) -> int:
        """Give the port of one desk."""
        return self.desk_ports[DESKS.index(desk)]

    def desk_url_of(self, desk: DeskOf) -> str:
        """Give the origin of one desk, in people's browsers."""
        return self.front_url if self.has_register(desk) else self.desk_itself(desk)

    def desk_itself(self, desk: DeskOf) -> str:
        """Give where one desk listens."""
        return f"http://{desk.host}:{self.desk_port_of(desk)}"

    @property
    def front_url(self) -> str:
        """Give the origin of what may stand before the team's desk."""
        return f"http://{TEAM_DESK.host}:{self.front_port}"

    def has_register(self, desk: DeskOf) -> bool:
        """Tell whether the people of this desk can see whose number it is."""
        return self.fronted and desk is TEAM_DESK

    def agency(self, slug: str) -> Path:
        """Give the folder of one source agency."""
        return self.folder / "agencies" / slug

    @property
    def index_url(self) -> str:
        """Give the index's address."""
        return f"http://127.0.0.1:{self.index_port}"

    @property
    def desk_url(self) -> str:
        """Give the origin of the team's desk."""
        return self.desk_url_of(TEAM_DESK)

    @property
    def town_hall_url(self) -> str:
        """Give the origin of the town hall's desk."""
        return self.desk_url_of(HALL_DESK)

    @property
    def issuer(self) -> str:
        """Give the provider's issuer, which is its address."""
        return f"http://localhost:{self.provider_port}"

    def holder_url(self, index: int) -> str:
        """Give the address of one key holder."""
        return f"http://127.0.0.1:{self.holder_ports[index - 1]}"


def choose_places(
    folder: Path,
    ports: Ports,
    *,
    desk_port: int | None = None,
    database_url: str | None = None,
    fronted: bool = False,
) -> Places:
    """Choose ports for a town in `folder`; SQLite unless a database is given.

    They are the town's while `ports` holds them. `desk_port` is what is preferred for
    the team's desk, or for what stands before it; the others' are next to it.
    """
    front = ports.hold(desk_port if fronted else None)
    first, second, third, *others = (ports.hold() for _ in range(7))
    index, provider, witness, brp = others
    default = f"sqlite+aiosqlite:///{folder.resolve() / 'index' / 'index.db'}"
    return Places(
        folder=folder.resolve(),
        index_port=index,
        desk_ports=tuple(
            ports.hold(desk_port and desk_port + place, desk.address)
            for place, desk in enumerate(DESKS)
        ),
        provider_port=provider,
        holder_ports=(first, second, third),
        database_url=database_url or default,
        witness_port=witness,
        brp_port=brp,
        front_port=front,
        portal_port=ports.hold(desk_port and desk_port + len(DESKS), PORTAL_HOST),
        broker_port=ports.hold(None, BROKER_HOST),
        spare_port=ports.hold(),
        fronted=fronted,
    )
