"""How much a service takes, from whom, and how slowly: the `[edge]` table.

Every limit has a default under which the service holds on a small machine, and bounds
within which it can be set: none can be switched off. Off this machine a service listens
with a certificate alone (`make_server`).
"""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_SHARE: Final = 4
"""How many addresses together may fill what there is of memory for bodies."""


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError("must be an address, or a network as 10.0.0.0/24") from None
    return text


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("must be a whole path, from / on")
    return path


Network = Annotated[str, AfterValidator(_network)]
WholePath = Annotated[Path, AfterValidator(_absolute)]


class EdgeLimits(BaseModel):
    """What the edge of one service holds to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trusted_proxies: tuple[Network, ...] = ("127.0.0.1", "::1")
    """Whose word counts for where a request comes from (`X-Forwarded-For`)."""
    header_bytes: int = Field(default=32_768, ge=8_192, le=65_536)
    """All of a request that is not its body."""
    connections: int = Field(default=600, ge=16, le=10_000)
    connections_per_address: int = Field(default=100, ge=4, le=10_000)
    requests: int = Field(default=128, ge=8, le=4_096)
    """Under way at once: more are told to come again."""
    requests_per_address: int = Field(default=64, ge=4, le=4_096)
    requests_per_second_per_address: int = Field(default=100, ge=5, le=100_000)
    """Twice as many at once; a trusted proxy's own requests are not counted."""
    body_memory: int = Field(default=32 * 2**20, ge=8 * 2**20, le=2**31)
    """Bytes of bodies in memory at once; one address gets a quarter of it."""
    wait_seconds: int = Field(default=10, ge=2, le=60)
    """For a request to come in, beside the time that its bytes are allowed."""
    bytes_per_second: int = Field(default=8_192, ge=1_024, le=2**20)
    """The slowest that a request may come in."""
    certificate: WholePath | None = None
    private_key: WholePath | None = None
    """With which it speaks TLS itself; on this machine a proxy in front may do so."""
    client_authority: WholePath | None = None
    """Whoever connects must then have a certificate that one of these signed."""

    @model_validator(mode="after")
    def _has_both_or_neither(self) -> Self:
        if (self.certificate is None) != (self.private_key is None):
            raise ValueError("certificate and private_key go together")
        if self.client_authority is not None and self.certificate is None:
            raise ValueError("client_authority: asks for a certificate of its own too")
        return self

    @property
    def body_memory_per_address(self) -> int:
        """How many bytes of bodies one address may have in memory at once."""
        return self.body_memory // _SHARE

    def is_proxy(self, address: str) -> bool:
        """Tell whether a connection from here carries requests of others."""
        return _is_among(address, self.trusted_proxies)


@lru_cache(maxsize=4_096)
def _is_among(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(one) for one in networks)


PATIENCE: Final = 0.5
"""Seconds after which who finds no room is told: nobody comes back sooner."""
LINGER_BYTES: Final = 2**18
LINGER_SECONDS: Final = 1.0
"""How much, and how long, is read of who goes on sending what was refused."""
PENDING: Final = "signal-index.refusal"
"""Under which extension of a scope the gate tells the door of a refusal to come."""
LARGEST_HEADS: Final = 100
"""How many headers a request may have: each costs more memory than its bytes."""


@lru_cache(maxsize=4_096)
def share_of(address: str) -> str:
    """Name whoever is behind an address: of IPv6, the network of one subscriber."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return address
    mapped = found.ipv4_mapped
    return str(mapped or ip_network((found, 64), strict=False).network_address)


def count_up(counts: dict[str, int], address: str, by: int) -> None:
    """Count for an address; who has nothing under way is forgotten."""
    counts[address] = counts.get(address, 0) + by
    if counts[address] <= 0:
        del counts[address]


Seen = Mapping[str, int]
"""How many requests were refused, by the class of the refusal."""
