"""What an index signs with, in its key folder, and which key follows which.

    receipt.key.jwk           signs receipts            Ed25519 JWK, private
    checkpoint.key.jwk        signs the ledger's tree   Ed25519 JWK, private
    receipt.public.jwk        the first one             public
    checkpoint.vkey           the first one             public (C2SP note key)
    receipt-2.key.jwk         the one that follows it   private
    receipt-2.public.jwk      for who pins it anew      public; checkpoint-2.vkey
    receipt-2.said.json       that it follows, signed, before it counts
    receipt-successors.json   what follows on the first public (`keys.pinned_keys`)

- Both uses have the same files and the same steps: make and sign (`make_successor`),
  record it in the ledger, have it count (`put_successor`).
- A process that serves or signs reads these files again when they are replaced; what
  it cannot use changes nothing, and is told (`keys.watching.Followed`).
- Of receipts one key signs at any moment. The tree is signed by all that count: in an
  overlap by two, so that who knows one of them goes on.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from keys.config_document import SignedDocument
from keys.errors import KeysError
from keys.jose import PrivateKey
from keys.pinned_keys import (
    ReadOn,
    find_successors,
    list_files,
    read_chain,
    take_successors,
)
from keys.successor import (
    Chain,
    Dated,
    KeyUse,
    Successor,
    open_successor,
    parse_successor,
    sign_successor,
)
from keys.watching import Followed, Tell
from signal_index.errors import KeyFilesRefused
from signal_index.ledger import (
    CheckpointKey,
    CheckpointKeys,
    CheckpointSigners,
    ReceiptKey,
    ReceiptKeys,
    ReceiptSigners,
    Signers,
)
from signal_index.proof import NoteKey, origin_of, parse_receipt_key
from signal_index.secret_files import read_secret, write_new, write_secret

Signing_co = TypeVar("Signing_co", covariant=True)
PINNED: Final[Mapping[KeyUse, str]] = {
    KeyUse.RECEIPT: "receipt.public.jwk",
    KeyUse.CHECKPOINT: "checkpoint.vkey",
}
"""The public half of the first key of each use: what others pin."""


def name_key(use: KeyUse, number: int = 1) -> str:
    """Name the file of a private key: the first of its use has no number."""
    return f"{use}.key.jwk" if number == 1 else f"{use}-{number}.key.jwk"


def create_signing_keys(folder: Path, origin: str) -> None:
    """Make the first key of each use; `origin`: of the first year's tree."""
    for use in KeyUse:
        _create_private(folder / name_key(use))
        _write_public(folder / PINNED[use], _private(folder, use, 1), use, origin)


def load_receipt_keys(folder: Path, now: datetime) -> ReceiptKeys:
    """Read the receipt keys: the first, and those that followed it.

    The private half of one that signs no more may be gone. Raises `KeyFilesRefused`.
    """
    return _read_receipt_keys(folder, read_own_chain(folder, KeyUse.RECEIPT), now)


def _read_receipt_keys(folder: Path, chain: Chain, now: datetime) -> ReceiptKeys:
    dated: list[tuple[datetime, ReceiptKey]] = []
    former: list[OKPKey] = []
    for number, one in enumerate(chain.keys, 1):
        is_gone = not (folder / name_key(KeyUse.RECEIPT, number)).exists()
        is_over = number < len(chain.keys) and chain.keys[number].begins <= now
        if is_over and is_gone:
            former.append(parse_receipt_key(one.key.jwk))
            continue
        seed, _ = _read_of(folder, KeyUse.RECEIPT, number, one)
        dated.append((one.begins, ReceiptKey(seed, one.key.kid)))
    return ReceiptKeys.join(dated, former)


def load_checkpoint_keys(folder: Path, now: datetime) -> CheckpointKeys:
    """Read what signs the tree from now on, or raise `KeyFilesRefused`.

    The private half of one that counts no more may be gone.
    """
    return _read_checkpoint_keys(folder, read_own_chain(folder, KeyUse.CHECKPOINT), now)


def _read_checkpoint_keys(folder: Path, chain: Chain, now: datetime) -> CheckpointKeys:
    return CheckpointKeys(
        [
            (one.begins, one.ends, _read_checkpoint_key(folder, number, one))
            for number, one in enumerate(chain.keys, 1)
            if now < one.ends
        ]
    )


def load_signing_key(folder: Path, now: datetime) -> PrivateKey:
    """Read the receipt key as it signs now for agencies and holders, or raise."""
    key = load_receipt_keys(folder, now).at(now)
    return PrivateKey(key.kid, key.jose)


class FollowedKeys(Generic[Signing_co]):
    """The keys of one use as a process holds them: read again when replaced.

    Of a fork in this very folder `tell` hears too.
    """

    def __init__(
        self,
        folder: Path,
        use: KeyUse,
        read: Callable[[Path, Chain, datetime], Signers[Signing_co]],
        tell: Tell,
        clock: Callable[[], datetime],
        *,
        seen: Path,
    ) -> None:
        """Read them, or raise `KeyFilesRefused`; `seen` as for `ReadOn`."""
        read_on = ReadOn(folder / PINNED[use], use, tell, seen)

        def read_all() -> Signers[Signing_co]:
            return read(folder, read_on(), clock())

        def find_private() -> Sequence[Path]:
            return sorted(folder.glob(f"{use}*.key.jwk"))

        files = list_files(folder / PINNED[use])
        with _as_own(use):
            self._followed = Followed(files, read_all, tell, find=find_private)

    def at(self, now: datetime) -> Signing_co:
        """Give what signs at this moment."""
        return self._followed.get().at(now)


def follow_receipt_keys(
    folder: Path, tell: Tell, clock: Callable[[], datetime], seen: Path
) -> ReceiptSigners:
    """Read the receipt keys, and again when replaced; or raise `KeyFilesRefused`."""
    use, read = KeyUse.RECEIPT, _read_receipt_keys
    return FollowedKeys(folder, use, read, tell, clock, seen=seen)


def follow_checkpoint_keys(
    folder: Path, tell: Tell, clock: Callable[[], datetime], seen: Path
) -> CheckpointSigners:
    """Read the keys that sign the tree, as `follow_receipt_keys` does."""
    use, read = KeyUse.CHECKPOINT, _read_checkpoint_keys
    return FollowedKeys(folder, use, read, tell, clock, seen=seen)


def read_own_chain(folder: Path, use: KeyUse) -> Chain:
    """Read which keys of a use this index has, or raise `KeyFilesRefused`."""
    with _as_own(use):
        return read_chain(folder / PINNED[use], use)


@contextmanager
def _as_own(use: KeyUse) -> Iterator[None]:
    try:
        yield
    except KeysError as refusal:
        raise KeyFilesRefused(f"{PINNED[use]}: {refusal}") from None


def read_public_checkpoint_key(folder: Path, origin_base: str, now: datetime) -> str:
    """Give the newest key that signs the tree now, under the ledger's name of now."""
    accepted = read_own_chain(folder, KeyUse.CHECKPOINT).list_accepted(now)
    return NoteKey(origin_of(origin_base, now.year), accepted[0].raw).encode()


def write_renamed_key(folder: Path, origin: str, generation: int, at: datetime) -> Path:
    """Write the public checkpoint key under the name of a ledger that succeeded.

    The key pair stays: what the old ledger signed is still verified with the old file.
    """
    path = folder / f"checkpoint-ledger-{generation + 1}.vkey"
    accepted = read_own_chain(folder, KeyUse.CHECKPOINT).list_accepted(at)
    write_new(path, f"{NoteKey(origin, accepted[0].raw).encode()}\n".encode())
    return path


def make_successor(
    folder: Path,
    use: KeyUse,
    *,
    now: datetime,
    begins: datetime,
    ends: datetime,
    origin: str,
) -> SignedDocument:
    """Make the key that follows the last one of its use, and sign that it does.

    Nothing counts on it before `put_successor`. What an earlier run signed, and that
    counts nowhere yet, is given again as it was: a key has one successor. `origin`: the
    ledger's name now. Raises `KeyFilesRefused` while the succession before it is not
    over, and where what an earlier run signed was to begin before now: nobody would
    have the new key when the former one stops.
    """
    chain = read_own_chain(folder, use)
    number = len(chain.keys) + 1
    said = _find_said(folder, use, number)
    if said.exists():
        return _read_in_time(said, now)
    if chain.taken and begins < chain.taken[-1].ends:
        raise KeyFilesRefused("the succession before it is not over then")
    path = folder / name_key(use, number)
    if not path.exists():
        _create_private(path)
    made, former = _private(folder, use, number), _private(folder, use, number - 1)
    public = folder / PINNED[use].replace(".", f"-{number}.", 1)
    if not public.exists():
        _write_public(public, made, use, origin)
    successor = Successor(
        use=use.value,
        number=number,
        former=former.public,
        key=made.public,
        made=now,
        begins=begins,
        ends=ends,
    )
    document = sign_successor(successor, former, made)
    write_new(said, document.model_dump_json().encode() + b"\n")
    return document


def put_successor(folder: Path, use: KeyUse, document: SignedDocument) -> Path:
    """Have it count, here and wherever the file is taken; give that file."""
    number = len(read_own_chain(folder, use).keys) + 1
    try:
        take_successors(folder / PINNED[use], [document])
    except KeysError as refusal:
        raise KeyFilesRefused(str(refusal)) from None
    _find_said(folder, use, number).unlink(missing_ok=True)
    return find_successors(folder / PINNED[use])


def _find_said(folder: Path, use: KeyUse, number: int) -> Path:
    return folder / f"{use}-{number}.said.json"


def _read_said(path: Path) -> SignedDocument:
    try:
        return parse_successor(path.read_text("utf-8"))
    except (OSError, ValueError, KeysError):
        raise KeyFilesRefused(f"{path.name}: not a statement") from None


def _read_in_time(path: Path, now: datetime) -> SignedDocument:
    document = _read_said(path)
    begins = open_successor(document).begins
    if begins <= now:
        raise KeyFilesRefused(
            f"{path.name}: it was to begin at {begins:%Y-%m-%d %H:%M} UTC, and counts "
            "nowhere; it is not put to use any more"
        )
    return document


def find_standing(
    folder: Path, use: KeyUse, now: datetime
) -> tuple[Path, SignedDocument] | None:
    """Give what was put last, and its file, while the key before it still counts."""
    chain = read_own_chain(folder, use)
    if not chain.taken or chain.taken[-1].ends <= now:
        return None
    return find_successors(folder / PINNED[use]), chain.said[-1]


def find_said(folder: Path, use: KeyUse) -> SignedDocument | None:
    """Give what an earlier run signed, and that does not count yet."""
    path = _find_said(folder, use, len(read_own_chain(folder, use).keys) + 1)
    return _read_said(path) if path.exists() else None


def _read_checkpoint_key(folder: Path, number: int, one: Dated) -> CheckpointKey:
    seed, _ = _read_of(folder, KeyUse.CHECKPOINT, number, one)
    return CheckpointKey(seed)


def _read_of(folder: Path, use: KeyUse, number: int, one: Dated) -> tuple[bytes, str]:
    path = folder / name_key(use, number)
    seed, kid = read_signing_key(path)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    if public.public_bytes_raw() != one.raw:
        raise KeyFilesRefused(f"{path.name}: not the key of its public half")
    return seed, kid


def _private(folder: Path, use: KeyUse, number: int) -> PrivateKey:
    seed, kid = read_signing_key(folder / name_key(use, number))
    return PrivateKey(kid, ReceiptKey(seed, kid).jose)


def read_signing_key(path: Path) -> tuple[bytes, str]:
    """Read the seed of a private key and its `kid`, or raise `KeyFilesRefused`."""
    try:
        key = OKPKey.import_key(json.loads(read_secret(path)))
    except (ValueError, TypeError, AttributeError, JoseError):
        raise KeyFilesRefused(f"{path.name}: not a key") from None
    private = key.private_key
    if not isinstance(private, Ed25519PrivateKey) or not key.kid:
        raise KeyFilesRefused(f"{path.name}: not a private Ed25519 key with a name")
    return private.private_bytes_raw(), key.kid


def _create_private(path: Path) -> None:
    made = OKPKey.generate_key("Ed25519", private=True)
    members = {"kid": made.thumbprint(), **made.as_dict(private=True)}
    write_secret(path, _encode_json(members))


def _write_public(path: Path, key: PrivateKey, use: KeyUse, origin: str) -> None:
    if use is KeyUse.RECEIPT:
        write_new(path, _encode_json(key.public.jwk))
    else:
        write_new(path, f"{NoteKey(origin, key.public.raw).encode()}\n".encode())


def _encode_json(members: Mapping[str, object]) -> bytes:
    return json.dumps(members, sort_keys=True).encode() + b"\n"
