"""When a DDAS file was made, by its own word."""

from datetime import datetime
from typing import Final

from keys.instants import write_instant
from sources.connectors.json_stream import text
from sources.values import Aside

WRITTEN: Final = "aanleverdatumEnTijd"


def read_written(value: object) -> Aside | None:
    """Give the moment, as text that sorts; None where it is no moment with a zone."""
    try:
        moment = datetime.fromisoformat(text(value).strip())
        return None if moment.tzinfo is None else Aside(written=write_instant(moment))
    except (ValueError, OverflowError):  # before the first year in UTC
        return None
