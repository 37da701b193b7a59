"""Why an event is not received, as facts; `problems` says them over HTTP.

    EventRefused
    ├── EventMalformed         the body is no CloudEvent in JSON
    ├── EventFormatUnknown     another content type, or a mode whose attributes
    │                          the signature does not cover
    ├── EventSignatureInvalid  no signature, or one that does not hold
    ├── EventSourceForeign     this sender may not speak for that source
    └── FeedUnknown            nobody reads events under this name

No message holds input.
"""

from sources.errors import SourceError


class EventRefused(SourceError):
    """Refuse a request; nothing of it was kept."""


class EventMalformed(EventRefused):
    """The body is no CloudEvent, or no batch of them; `attribute` names the first."""

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute
        super().__init__(f"Dit is geen CloudEvent: {attribute}.")


class EventFormatUnknown(EventRefused):
    """The content type is none that we read."""


class EventSignatureInvalid(EventRefused):
    """There is no signature, or it does not hold."""


class EventSourceForeign(EventRefused):
    """The sender may not send events of this source."""


class FeedUnknown(EventRefused):
    """No feed has this name."""
