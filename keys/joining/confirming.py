"""What a person sees of a request before taking it in, and is asked to type.

The fingerprint itself is not shown: whoever types it must have heard it from the
agency, by telephone, and cannot copy it from the file that is being judged.
"""

from collections.abc import Iterator
from pathlib import Path

import typer

from keys.errors import KeyFileMalformed, KeysError
from keys.files import read_json, read_public
from keys.joining.fingerprint import verify_fingerprint
from keys.joining.signing import OpenedRequest
from keys.jose import PublicKey, parse_public_key


def read_file(path: Path) -> bytes:
    """Read a document's file, or raise `KeyFileMalformed`."""
    return read_public(path)


def read_index_key(path: Path) -> PublicKey:
    """Read the key with which the index signs (`receipt.public.jwk`), or raise."""
    try:
        return parse_public_key(read_json(read_file(path), path.name))
    except KeysError as error:
        raise KeyFileMalformed(f"{path.name}: {error}") from None


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
