"""A holder's card: who it is in a ceremony, proven by each of its three keys.

- The config key is what clients pin; the ticket key signs tickets; the ceremony key
  opens what the others seal for this holder, and certifies. It serves one ceremony.
- All three lie sealed; `finish` erases the ceremony key, and with it the only way to
  open again what was sent by mail or chat.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

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
from keys.files import replace_public
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
    sign_compact,
)
from keys.keyring import (
    SHARE,
    SealedUse,
    load_key,
    load_share,
    load_signing_key,
    write_key,
    write_signing_key,
)
from keys.sealing import Sealer

CARD: Final = "card.json"
CEREMONY_KEY: Final = "ceremony.key"
CONFIG_KEY: Final = "config-signing.key"
TICKET_KEY: Final = "ticket.key"
KEY_CONFIG: Final = "key-config.json"
_TYPE: Final = "signal-keys-card+json"
_POSSESSION: Final = b"signal-keys/card/1 "


def make_card(folder: Path, id_: str, sealer: Sealer) -> CardFile:
    """Make a holder's three keys and its card in a folder of its own.

    Raises `KeyFileExists` where one lies there already, `CeremonyMalformed` for an id
    that is none. Where a file cannot be written, none of the keys stays.
    """
    config, ticket = PrivateKey.generate(), PrivateKey.generate()
    with ExitStack() as undone:
        for name, use, key in (
            (CONFIG_KEY, SealedUse.CONFIG, config),
            (TICKET_KEY, SealedUse.TICKET, ticket),
        ):
            write_signing_key(folder / name, key, use, id_, sealer)
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
    config, path = load_config_key(folder, id_, sealer), folder / TICKET_KEY
    if not path.exists():
        fresh = PrivateKey.generate()
        write_signing_key(path, fresh, SealedUse.TICKET, id_, sealer)
    ticket = load_signing_key(path, SealedUse.TICKET, id_, sealer)
    return _write_card(folder, id_, sealer, config, ticket)


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
    # The card first: one whose ceremony key was never written is made again.
    replace_public(folder / CARD, encode(card) + b"\n")
    write_key(folder / CEREMONY_KEY, own.encoded, SealedUse.CEREMONY, id_, sealer)
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
    path = folder / CEREMONY_KEY
    try:
        return parse_scalar(load_key(path, SealedUse.CEREMONY, id_, sealer))
    except InvalidScalar:
        raise KeyFileMalformed(f"{CEREMONY_KEY}: holds no key") from None


def load_config_key(folder: Path, id_: str, sealer: Sealer) -> PrivateKey:
    """Open the key with which this holder signs configs and messages, or raise."""
    return load_signing_key(folder / CONFIG_KEY, SealedUse.CONFIG, id_, sealer)


def _signer(key: PublicKey, _claims: Mapping[str, Any]) -> PublicKey:
    return key


def _decode(payload: str, name: str) -> bytes:
    try:
        return decode_b64u(payload)
    except ValueError:
        raise CeremonyMalformed(f"{name}: not base64url") from None
