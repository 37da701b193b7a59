"""The newest key config that an agency accepted, kept in its outbox."""

from typing import Final

from keys.config import KeyConfig
from keys.config_document import parse_document
from sources.outbox.store import Outbox, get_meta, put_meta

_KEPT: Final = "key-config"


def find_known_config(outbox: Outbox) -> KeyConfig | None:
    """Give what the next key config is held against; None before the first."""
    kept = get_meta(outbox.connection, _KEPT)
    return parse_document(KeyConfig, kept) if kept else None


def keep_config(outbox: Outbox, config: KeyConfig) -> None:
    """Keep a config that was accepted."""
    with outbox.transaction("keep-config") as connection:
        put_meta(connection, _KEPT, config.encode())
