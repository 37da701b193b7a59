"""The next key config of the same shares: drafted by anyone, signed by each holder.

    draft = draft_renewal(known, valid_until, {"holder-1": new_ticket_key})
    part = sign_draft(draft, known, own_config_key, own_new_ticket_key)    each holder
    document = assemble(parts, known, pins, now=now)                       anyone

- Nobody who carries draft or parts is trusted: each holder looks at what changes and
  signs nothing else, and what is assembled is verified as every client does.
- A draft is the payload that holders sign; a part is the signed document with one
  signature. So there is no form beside that of the config.
- Whatever is refused says which holder, and which member or file.

Proven by tests/unit/keys/test_renewal.py.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from keys.config import (
    CONFIG_TYPE,
    ConfigPins,
    HolderConfig,
    KeyConfig,
    is_signed,
    verify_config,
    verify_succession,
)
from keys.config_changes import list_changes
from keys.config_document import (
    Signature,
    SignedDocument,
    parse_document,
    read_payload,
)
from keys.errors import ConfigRefused, RenewalRefused
from keys.jose import PrivateKey, PublicKey, sign_compact

_EPOCH: Final = frozenset({"keyVersion", "epoch"})


def draft_renewal(
    known: KeyConfig, valid_until: datetime, ticket_keys: Mapping[str, PublicKey]
) -> KeyConfig:
    """Draft the config that follows: the next serial, another end, new ticket keys.

    It is valid from when the one before was, so that no clock finds a gap between them,
    and no key on trial becomes younger.
    A holder without a new ticket key loses its former one. Raises `RenewalRefused`.
    """
    members: dict[str, Any] = json.loads(known.encode())
    members["serial"] = known.serial + 1
    members["validUntil"] = f"{valid_until:%Y-%m-%dT%H:%M:%SZ}"
    unknown = set(ticket_keys) - {holder.id for holder in known.holders}
    if unknown:
        raise RenewalRefused(f"{min(unknown)}: no holder of the config in use")
    for holder in members["holders"]:
        holder.pop("formerTicketKey", None)
        if holder["id"] in ticket_keys:
            holder["formerTicketKey"] = holder["ticketKey"]
            holder["ticketKey"] = ticket_keys[holder["id"]].jwk
    return parse_document(KeyConfig, json.dumps(members).encode())


def verify_draft(draft: KeyConfig, known: KeyConfig) -> None:
    """Return when this is a renewal of the config in use and nothing more.

    Raises `RenewalRefused`, naming holder and member.
    """
    for change in list_changes(known, draft):
        if change.member in _EPOCH:
            raise RenewalRefused(f"{change.where}: a ceremony changes it, no renewal")
    try:
        verify_succession(draft, known)
    except ConfigRefused as refusal:
        said = f"no renewal of the config in use: {refusal.why}"
        raise RenewalRefused(said) from None
    if draft.serial != known.serial + 1:
        said = f"serial: {draft.serial}, and the next one is {known.serial + 1}"
        raise RenewalRefused(said)
    if draft.state != "active":
        raise RenewalRefused(f"state: {draft.state}")
    if draft.valid_from != known.valid_from:
        raise RenewalRefused("validFrom: a renewal begins when its key began")
    for was, is_now in zip(known.holders, draft.holders, strict=True):
        _verify_former(was, is_now)


def _verify_former(was: HolderConfig, is_now: HolderConfig) -> None:
    """Hold that a new ticket key stands beside the one before, and no other does."""
    is_new = is_now.ticket_key != was.ticket_key
    fitting = {was.ticket_key} if is_new else {was.former_ticket_key, None}
    if is_now.former_ticket_key not in fitting:
        raise RenewalRefused(f"{was.id}: formerTicketKey is not the key of before")


def find_signer(key: PrivateKey, known: KeyConfig) -> HolderConfig:
    """Give the holder whose config-signing key this is, or raise `RenewalRefused`."""
    for holder in known.holders:
        if holder.config_key == key.public:
            return holder
    raise RenewalRefused("this key signs configs for no holder of the config in use")


def sign_draft(
    draft: KeyConfig,
    known: KeyConfig,
    key: PrivateKey,
    new_ticket_key: PublicKey | None,
) -> bytes:
    """Sign a draft as one holder, who knows its own new ticket key, if it made one.

    Raises `RenewalRefused` for anything but a renewal, and for another ticket key of
    the holder itself than it knows of.
    """
    verify_draft(draft, known)
    own = find_signer(key, known)
    expected = new_ticket_key or own.ticket_key
    if draft.holders[own.index - 1].ticket_key != expected:
        raise RenewalRefused(f"{own.id}: ticketKey {_hint(new_ticket_key)}")
    return join([sign_alone(draft, key)])


def _hint(given: PublicKey | None) -> str:
    if given is None:
        return (
            "is another than you use; if you made it, give its public half with "
            "--ticket-key, and else do not sign"
        )
    return "is not the one that you gave with --ticket-key: do not sign"


def sign_alone(config: KeyConfig, key: PrivateKey) -> SignedDocument:
    """Give the signed document with this signature alone: no client takes it."""
    claims = json.loads(config.encode())
    protected, payload, signature = sign_compact(key, CONFIG_TYPE, claims).split(".")
    member = Signature(protected=protected, signature=signature)
    return SignedDocument(payload=payload, signatures=(member,))


def join(parts: Sequence[SignedDocument]) -> bytes:
    """Write signatures of one payload as one document, in this order."""
    signatures = [one.model_dump() for part in parts for one in part.signatures]
    document = {"payload": parts[0].payload, "signatures": signatures}
    return json.dumps(document, indent=2).encode() + b"\n"


def assemble(
    files: Mapping[str, bytes], known: KeyConfig, pins: ConfigPins, *, now: datetime
) -> bytes:
    """Make the document that clients take of what each holder signed, by file name.

    Raises `RenewalRefused`, or what a client would (`ConfigRefused`).
    """
    by_holder: dict[int, tuple[str, SignedDocument]] = {}
    for name, data in files.items():
        part = _parse_part(name, data)
        holder = _find_signer_of(part, known)
        if holder is None:
            raise RenewalRefused(f"{name}: signed by no holder of the config in use")
        if holder.index in by_holder:
            other = by_holder[holder.index][0]
            raise RenewalRefused(
                f"two files of {holder.id}: {other} and {name}; give one of each holder"
            )
        by_holder[holder.index] = (name, part)
    lacking = [holder.id for holder in known.holders if holder.index not in by_holder]
    if lacking:
        raise RenewalRefused(f"not signed yet by {', '.join(lacking)}")
    ordered = [by_holder[index] for index in sorted(by_holder)]
    _verify_same(known, ordered)
    document = join([part for _, part in ordered])
    verify_draft(read_payload(ordered[0][1]), known)
    verify_config(document, pins, accepted_origin=known.origin, known=known, now=now)
    return document


def _parse_part(name: str, data: bytes) -> SignedDocument:
    try:
        part = parse_document(SignedDocument, data)
        read_payload(part)
    except ConfigRefused as refusal:
        raise RenewalRefused(f"{name}: {refusal}") from None
    if len(part.signatures) != 1:
        raise RenewalRefused(f"{name}: {len(part.signatures)} signatures, not one")
    return part


def _find_signer_of(part: SignedDocument, known: KeyConfig) -> HolderConfig | None:
    (member,) = part.signatures
    for holder in known.holders:
        if is_signed(part.payload, member, holder.config_key):
            return holder
    return None


def _verify_same(known: KeyConfig, parts: Sequence[tuple[str, SignedDocument]]) -> None:
    """Hold that all signed one text, or say who signed another, and what differs."""
    first = parts[0][1]
    for holder, (name, part) in zip(known.holders, parts, strict=True):
        if part.payload == first.payload:
            continue
        changes = list_changes(read_payload(first), read_payload(part))
        differs = ", ".join(change.where for change in changes) or "its spelling"
        raise RenewalRefused(
            f"{name}: {holder.id} signed another draft than {known.holders[0].id}: "
            f"{differs}"
        )
