"""A holder's card: who it is in a ceremony, proven by each of its three keys.

- The config key is what clients pin; the ticket key signs tickets; the ceremony key
  opens what the others seal for this holder, and certifies. It serves one ceremony.
- The ceremony key lies sealed; `finish` erases it, and with it the only way to open
  again what was sent by mail or chat.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from keys.base64url import decode_b64u
from keys.ceremony.documents import (
    CardContent,
    CardFile,
    encode,
    parse_file,
    writing,
)
from keys.ceremony.errors import (
    CeremonyForged,
    CeremonyMalformed,
    CeremonyStepRefused,
)
from keys.config_document import Signature
from keys.dkg import schnorr
from keys.errors import (
    InvalidScalar,
    InvalidToken,
    KeyFileExists,
    KeyFileMalformed,
    SignatureInvalid,
)
from keys.files import read_json, read_secret, replace_public, write_secret
from keys.group import (
    Scalar,
    generate_scalar,
    multiply_base,
    parse_point,
    parse_scalar,
)
from keys.jose import (
    PrivateKey,
    PublicKey,
    open_compact,
    parse_private_key,
    sign_compact,
)
from keys.keyring import SHARE, load_share
from keys.sealing import Sealer

CARD: Final = "card.json"
CEREMONY_KEY: Final = "ceremony.key"
CONFIG_KEY: Final = "config-signing.jwk"
TICKET_KEY: Final = "ticket.jwk"
KEY_CONFIG: Final = "key-config.json"
_TYPE: Final = "signal-keys-card+json"
_POSSESSION: Final = b"signal-keys/card/1 "


class _SealedKey(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    format: Literal["signal-keys/ceremony-key/1"] = "signal-keys/ceremony-key/1"
    holder: str
    sealer: str
    seal: dict[str, str | int]


def make_card(folder: Path, id_: str, sealer: Sealer) -> CardFile:
    """Make a holder's three keys and its card in a folder of its own.

    Raises `KeyFileExists` where one lies there already, `CeremonyMalformed` for an id
    that is none. Where a file cannot be written, none of the keys stays.
    """
    config, ticket = PrivateKey.generate(), PrivateKey.generate()
    with ExitStack() as undone:
        for name, key in ((CONFIG_KEY, config), (TICKET_KEY, ticket)):
            _write_key(folder / name, key)
            undone.callback((folder / name).unlink)
        card = _write_card(folder, id_, sealer, config, ticket)
        undone.pop_all()
    return card


def make_card_again(folder: Path, id_: str, sealer: Sealer) -> CardFile:
    """Make the card of a holder's next ceremony: its config key is what clients pin.

    The ceremony key is new; the ticket key too where it was lost. What seals it opens
    the share that lies there: else nobody could take a step with both. Raises
    `KeyFileExists` where a ceremony key lies there whose card has not served yet, or a
    new share that waits; `KeyFileMalformed` where the config key is not there; and what
    opening the share raises. Nothing is made then.
    """
    if (folder / CEREMONY_KEY).exists():
        raise KeyFileExists(f"{CEREMONY_KEY}: the card here has not served yet")
    for waiting in find_waiting(folder):
        raise KeyFileExists(
            f"{waiting.name}: a new share waits there: send your done file to every "
            "holder, and go on with `settle`. Only where no holder settled, and all "
            f"give it up: take {waiting.name} away"
        )
    if (folder / SHARE).exists():
        load_share(folder / SHARE, id_, sealer)
    config = load_config_key(folder)
    if not (folder / TICKET_KEY).exists():
        _write_key(folder / TICKET_KEY, PrivateKey.generate())
    return _write_card(folder, id_, sealer, config, _load_key(folder, TICKET_KEY))


def _write_card(
    folder: Path, id_: str, sealer: Sealer, config: PrivateKey, ticket: PrivateKey
) -> CardFile:
    own = generate_scalar()
    with writing(CARD):
        content = CardContent(
            id=id_,
            config_key=config.public,
            ticket_key=ticket.public,
            ceremony_key=multiply_base(own).encoded,
        )
    card = sign_card(content, config, ticket, own)
    sealed = _SealedKey(
        holder=id_,
        sealer=sealer.name,
        seal=dict(sealer.seal(own.encoded, _bound(id_))),
    )
    # The card first: one whose ceremony key was never written is made again.
    replace_public(folder / CARD, encode(card) + b"\n")
    write_secret(
        folder / CEREMONY_KEY, sealed.model_dump_json(indent=2).encode() + b"\n"
    )
    return card


def sign_card(
    content: CardContent, config: PrivateKey, ticket: PrivateKey, own: Scalar
) -> CardFile:
    """Prove that whoever made a card has its three secrets."""
    claims = json.loads(encode(content))
    parts = [sign_compact(key, _TYPE, claims).split(".") for key in (config, ticket)]
    payload = parts[0][1]
    return CardFile(
        payload=payload,
        signatures=(
            Signature(protected=parts[0][0], signature=parts[0][2]),
            Signature(protected=parts[1][0], signature=parts[1][2]),
        ),
        possession=schnorr.sign(own, _POSSESSION + payload.encode()),
    )


def open_card(card: CardFile, name: str = CARD) -> CardContent:
    """Give what a card says; raises `CeremonyForged` unless its keys signed it."""
    content = parse_file(CardContent, _decode(card.payload, name), name)
    keys = (content.config_key, content.ticket_key)
    try:
        for key, member in zip(keys, card.signatures, strict=True):
            token = f"{member.protected}.{card.payload}.{member.signature}"
            open_compact(token, _TYPE, partial(_signer, key))
        schnorr.verify(
            parse_point(content.ceremony_key),
            _POSSESSION + card.payload.encode(),
            card.possession,
        )
    except (InvalidToken, SignatureInvalid):
        raise CeremonyForged(f"{name}: not signed by each key that it names") from None
    return content


def verify_unserved(folder: Path) -> None:
    """Return while the card here can take part; raises `CeremonyStepRefused`."""
    if (folder / CEREMONY_KEY).exists():
        return
    for waiting in find_waiting(folder):
        raise CeremonyStepRefused(
            f"`finish` was taken here, and a new share waits in {waiting.name}: send "
            "your done file to every holder, and go on with `settle`"
        )
    raise CeremonyStepRefused(
        f"no {CEREMONY_KEY} here: the card has served its ceremony, and that is "
        "finished here; or this is not the folder of the card"
    )


def find_waiting(folder: Path) -> list[Path]:
    """Give the folders in which a new share waits until all have theirs."""
    return sorted(
        each
        for kind in ("epoch", "version")
        for each in folder.glob(f"{kind}-[0-9]*")
        if (each / KEY_CONFIG).exists()
    )


def load_ceremony_key(folder: Path, id_: str, sealer: Sealer) -> Scalar:
    """Open the ceremony key of this holder.

    Raises `KeyFileExposed`, `KeyFileMalformed` or `KeyFileSealed`.
    """
    try:
        file = _SealedKey.model_validate_json(read_secret(folder / CEREMONY_KEY))
    except ValidationError:
        raise KeyFileMalformed(f"{CEREMONY_KEY}: not a sealed key") from None
    if file.holder != id_ or file.sealer != sealer.name:
        raise KeyFileMalformed(f"{CEREMONY_KEY}: another holder's, or another seal")
    try:
        return parse_scalar(sealer.open(file.seal, _bound(id_)))
    except InvalidScalar:
        raise KeyFileMalformed(f"{CEREMONY_KEY}: holds no key") from None


def load_config_key(folder: Path) -> PrivateKey:
    """Read the key with which this holder signs configs and messages, or raise."""
    return _load_key(folder, CONFIG_KEY)


def _write_key(path: Path, key: PrivateKey) -> None:
    write_secret(path, json.dumps(key.jwk, indent=2).encode() + b"\n")


def _load_key(folder: Path, name: str) -> PrivateKey:
    return parse_private_key(read_json(read_secret(folder / name), name))


def _bound(id_: str) -> bytes:
    return b"signal-keys/ceremony-key/1 " + id_.encode()


def _signer(key: PublicKey, _claims: Mapping[str, Any]) -> PublicKey:
    return key


def _decode(payload: str, name: str) -> bytes:
    try:
        return decode_b64u(payload)
    except ValueError:
        raise CeremonyMalformed(f"{name}: not base64url") from None
