"""`invite`, `accept` and `client metadata`: an organisation joins as a source.

An invitation and what is taken in stand in the ledger, like every registration; an
invitation is taken in once, with one request.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import typer
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from keys.config import parse_pins
from keys.errors import ConfigRefused
from keys.files import write_public
from keys.joining import (
    Acceptance,
    HolderAt,
    IndexAt,
    Invitation,
    InvitedSource,
    OpenedRequest,
    open_invitation,
    open_request,
    sign_acceptance,
    sign_invitation,
    tell_fingerprint,
)
from keys.joining.client_metadata import make_client_metadata
from keys.joining.confirming import confirm_request, read_file, read_index_keys
from keys.jose import PrivateKey
from keys.successor import KeyUse
from policy.catalogue import load_catalogue
from signal_index import clock
from signal_index.cli.console import SettingsFile, refusing, run, say
from signal_index.cli.items import (
    ClientItem,
    Item,
    OrganisationItem,
    SourceItem,
    make_signer_record,
    parse_item,
)
from signal_index.cli.recording import administering
from signal_index.cli.registration import Registrar
from signal_index.errors import LoadFileRefused, SettingsRefused
from signal_index.ledger import Kind
from signal_index.proof import JsonObject
from signal_index.settings import Settings, list_reasons, load_settings
from signal_index.signing_files import (
    PINNED,
    load_signing_key,
    read_public_checkpoint_key,
)
from signal_index.store.acts import Act, Recorder
from signal_index.store.invitations import (
    InvitationRecord,
    add_invitation,
    use_invitation,
)
from signal_index.store.source_states import get_source_state
from signal_index.wire.sources import SourceState

Told = Annotated[
    str | None,
    typer.Option("--fingerprint", help="As the agency told it; else you are asked."),
]
_STATES: Final = {SourceState.TRIAL: "in trial", SourceState.LIVE: "live"}
RequestFile = Annotated[Path, typer.Argument(help="The agency's request.json.")]


def invite(
    oin: Annotated[str, typer.Argument(help="OIN of the organisation.")],
    *,
    name: Annotated[str, typer.Option(help="As flags show it; at most 60 bytes.")],
    client_id: Annotated[str, typer.Option(help="Its name at the OpenID provider.")],
    kind: Annotated[str, typer.Option(help="Kind of source, from the catalogue.")],
    municipality: Annotated[str, typer.Option(help="CBS code: four digits.")],
    rhythm_days: Annotated[int, typer.Option(help="A delivery at least this often.")],
    declared_caseload: Annotated[int, typer.Option(help="How many clients it has.")],
    into: Annotated[Path, typer.Option(help="A new file for the invitation.")],
    settings: SettingsFile,
    category: Annotated[
        list[str] | None, typer.Option(help="Repeat for each category.")
    ] = None,
    organisation_kind: Annotated[
        str, typer.Option(help="source-agency, municipality, …")
    ] = "source-agency",
    valid_days: Annotated[int, typer.Option(min=1, max=90)] = 14,
) -> None:
    """Invite one organisation to join as a source: a file with everything public."""
    loaded = _load(settings)
    with refusing():
        organisation = parse_item(
            OrganisationItem,
            {
                "oin": oin,
                "name": name,
                "kind": organisation_kind,
                "municipality": municipality,
            },
        )
        source = parse_item(
            SourceItem,
            {
                "oin": oin,
                "kind": kind,
                "categories": category or [],
                "municipalities": [municipality],
                "rhythm_days": rhythm_days,
            },
        )
        invited = {
            "kind": source.kind,
            "categories": tuple(sorted(source.categories)),
            "municipality": municipality,
            "rhythm_days": rhythm_days,
            "declared_caseload": declared_caseload,
        }
        valid = timedelta(days=valid_days)
        invitation = _make_invitation(loaded, organisation, invited, client_id, valid)
    document = run(lambda: _record_invitation(loaded, source, invitation, into))
    told = tell_fingerprint(open_invitation(document, now=clock.now()).payload)
    say(f"{into}: send it to {organisation.name}")
    say(f"fingerprint, to be told by telephone: {told}")


def accept(
    request: RequestFile,
    settings: SettingsFile,
    into: Annotated[Path, typer.Option(help="A new file for the acceptance.")],
    fingerprint: Told = None,
) -> None:
    """Take an agency's request in: organisation, client, key and source."""
    loaded = _load(settings)
    with refusing():
        now = clock.now()
        key = load_signing_key(loaded.keys, now)
        own = read_index_keys(loaded.keys / PINNED[KeyUse.RECEIPT], now)
        opened = open_request(read_file(request), index_keys=own, now=now)
        confirm_request(opened, fingerprint)
    document, state, is_new = run(lambda: _accept(loaded, opened, key))
    with refusing():
        write_public(into, document)
    if not is_new:
        say("this very request was taken in before, with the same keys")
    said = _STATES[state]
    say(f"{into}: send it to {opened.invitation.name}; its source is {said}")


def client_metadata(
    request: RequestFile,
    index_key: Annotated[Path, typer.Option(help="receipt.public.jwk of the index.")],
    into: Annotated[Path, typer.Option(help="A new file for the metadata.")],
    fingerprint: Told = None,
) -> None:
    """Write an agency's client for an OpenID provider (RFC 7591), from its request."""
    with refusing():
        opened = open_request(
            read_file(request),
            index_keys=read_index_keys(index_key, clock.now()),
            now=clock.now(),
        )
        confirm_request(opened, fingerprint)
        metadata = make_client_metadata(opened)
        write_public(into, json.dumps(metadata, indent=2).encode() + b"\n")
    say(f"{into}: register it with the provider")


def _load(file: Path) -> Settings:
    with refusing():
        return load_settings(file)


def _make_invitation(
    settings: Settings,
    organisation: OrganisationItem,
    source: dict[str, Any],
    client_id: str,
    valid: timedelta,
) -> Invitation:
    if settings.joining is None:
        raise SettingsRefused("[joining]: say where index and key holders are")
    now = clock.now().replace(microsecond=0)
    try:
        pins = parse_pins(settings.key_pins.read_bytes()).keys
    except (OSError, ConfigRefused):
        raise SettingsRefused("key_pins: cannot be read") from None
    at = settings.joining
    try:
        return Invitation(
            id=uuid4(),
            ledger=settings.ledger_origin,
            issued_at=now,
            expires_at=now + valid,
            organisation=organisation.oin,
            name=organisation.name,
            organisation_kind=organisation.kind.value,
            client_id=client_id,
            client_algorithm=at.client_algorithm,
            source=InvitedSource(**source),
            index=IndexAt(url=at.url, audience=settings.audience),
            issuer=at.issuer,
            accepted_origin=settings.accepted_key_origin,
            pins=pins,
            holders=tuple(
                HolderAt(index=place, id=one.id, url=one.url)
                for place, one in enumerate(at.holders, 1)
            ),
            checkpoint_key=read_public_checkpoint_key(
                settings.keys, settings.ledger_origin, clock.now()
            ),
            witnesses=tuple(witness.key for witness in settings.witnesses),
            key=load_signing_key(settings.keys, clock.now()).public,
        )
    except ValidationError as refusal:
        raise LoadFileRefused(list_reasons(refusal)) from None


async def _record_invitation(
    settings: Settings, source: SourceItem, invitation: Invitation, into: Path
) -> bytes:
    """Remember an invitation, sign it and write it, all of it or nothing.

    The file is the last before the commit: one that cannot be written leaves no
    invitation that nobody has, and one that is not remembered leaves no file.
    """
    document = sign_invitation(invitation, load_signing_key(settings.keys, clock.now()))
    is_written = False
    try:
        async with administering(settings) as (conn, recorder):
            await _remember_invitation(conn, recorder, source, invitation)
            write_public(into, document)
            is_written = True
    except BaseException:
        if is_written:
            _take_away(into)
        raise
    return document


def _take_away(file: Path) -> None:
    file.unlink(missing_ok=True)


async def _remember_invitation(
    conn: AsyncConnection,
    recorder: Recorder,
    source: SourceItem,
    invitation: Invitation,
) -> None:
    (municipality,) = source.municipalities
    record = _remember(invitation)
    registrar = Registrar(conn, recorder, load_catalogue())
    await registrar.verify_source(source, municipality)
    await add_invitation(conn, record, now=invitation.issued_at)
    what: JsonObject = {
        "act": "invitation-made",
        "invitation": str(invitation.id),
        "oin": invitation.organisation,
        "kind": source.kind,
        "categories": sorted(source.categories),
        "declaredCaseload": invitation.source.declared_caseload,
    }
    act = Act(what, Kind.ADMINISTRATION, invitation.organisation, municipality)
    await recorder.record(conn, act)


async def _accept(
    settings: Settings, opened: OpenedRequest, key: PrivateKey
) -> tuple[bytes, SourceState, bool]:
    """Register all of a request in one transaction, and sign that it was done.

    Gives also how its source stands now, and whether the request was new here.
    """
    invitation, now = opened.invitation, clock.now().replace(microsecond=0)
    async with administering(settings) as (conn, recorder):
        is_new = await use_invitation(
            conn, _remember(invitation), opened.digest, now=now
        )
        registrar = Registrar(conn, recorder, load_catalogue())
        for item in _items(invitation):
            await registrar.register(item)
        jwk = json.dumps(opened.said.notice_key.jwk)
        signer = make_signer_record(invitation.organisation, jwk)
        await registrar.register_signer(signer)
        if is_new:
            what: JsonObject = {
                "act": "invitation-accepted",
                "invitation": str(invitation.id),
                "oin": invitation.organisation,
                "request": opened.digest,
            }
            place = invitation.source.municipality
            act = Act(what, Kind.ADMINISTRATION, invitation.organisation, place)
            await recorder.record(conn, act)
        state = await get_source_state(conn, invitation.organisation)
    said = Acceptance(
        party="index",
        name=settings.ledger_origin,
        organisation=invitation.organisation,
        request=opened.digest,
        accepted_at=now,
    )
    return sign_acceptance(said, key), state, is_new


def _remember(invitation: Invitation) -> InvitationRecord:
    return InvitationRecord(
        invitation.id,
        invitation.organisation,
        invitation.source.municipality,
        invitation.expires_at,
    )


def _items(invitation: Invitation) -> Sequence[Item]:
    source, oin = invitation.source, invitation.organisation
    organisation = {
        "oin": oin,
        "name": invitation.name,
        "kind": invitation.organisation_kind,
        "municipality": source.municipality,
    }
    published = {
        "oin": oin,
        "kind": source.kind,
        "categories": source.categories,
        "municipalities": [source.municipality],
        "rhythm_days": source.rhythm_days,
    }
    client = {"id": invitation.client_id, "organisation": oin, "kind": "machine"}
    return (
        parse_item(OrganisationItem, organisation),
        parse_item(ClientItem, client),
        parse_item(SourceItem, published),
    )
