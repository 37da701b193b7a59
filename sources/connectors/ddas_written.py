"""When a DDAS file was made, by its own word."""

from datetime import UTC, datetime
from typing import Final

from sources.connectors.json_stream import text
from sources.values import Aside

WRITTEN: Final = "aanleverdatumEnTijd"


def read_written(value: object) -> Aside | None:
    """Give the moment, as text that sorts; None where it is no moment with a zone."""
    try:
        moment = datetime.fromisoformat(text(value).strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return Aside(written=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
