"""What a person sees of a request before taking it in, and is asked to type.

The fingerprint itself is not shown: whoever types it must have heard it from the
agency, by telephone, and cannot copy it from the file that is being judged.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import typer

from keys.files import read_public
from keys.joining.fingerprint import verify_fingerprint
from keys.joining.signing import OpenedRequest
from keys.jose import PublicKey
from keys.pinned_keys import read_chain
from keys.successor import KeyUse
from keys.ticket import CLOCK_LEEWAY


def read_file(path: Path) -> bytes:
    """Read a document's file, or raise `KeyFileMalformed`."""
    return read_public(path)


def read_index_keys(path: Path, now: datetime) -> Sequence[PublicKey]:
    """Read with which keys the index signs now: `receipt.public.jwk` and what follows.

    What follows on it lies beside it (`keys.pinned_keys`). Raises `KeysError`.
    """
    return read_chain(path, KeyUse.RECEIPT).list_between(now, now + CLOCK_LEEWAY)


def confirm_request(request: OpenedRequest, told: str | None) -> None:
    """Show who asks for what, and hold what was told by telephone against the file.

    Raises `FingerprintMismatch`.
    """
    for line in _describe(request):
        typer.echo(line)
    typed = told or typer.prompt("The fingerprint that they told you by telephone")
    verify_fingerprint(typed, request.payload)


def _describe(request: OpenedRequest) -> Iterator[str]:
    invitation = request.invitation
    source = invitation.source
    yield f"{invitation.name} ({invitation.organisation}) asks to join:"
    yield f"  publishes   {', '.join(source.categories) or 'events of persons'}"
    yield f"  as          {source.kind}, in municipality {source.municipality}"
    yield f"  how often   at least every {source.rhythm_days} days"
    yield f"  about       {source.declared_caseload} clients"
    yield f"  client      {invitation.client_id}"
