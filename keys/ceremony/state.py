"""What a holder keeps between two steps: one sealed file, spent once.

    state-commit-….sealed    the own message, which nobody may see before all committed
    state-share-….sealed     that, and the commits that were seen
    state-accept-….sealed    that, all messages and the own certificate

- Sealed under the ceremony key, bound to ceremony, holder and step; mode 0600.
- No polynomial, no key of the session and no share is ever written: the first two are
  forgotten, the share is computed anew from what the others sealed for this holder.
- What a step makes stands in the next state before it leaves the house; a step that is
  taken again gives the same file again. A state is renamed before anything new is
  signed with it, so that two runs cannot sign two things with one.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.ceremony.documents import CertificateFile, MessageFile, Token, parse_file
from keys.ceremony.documents import encode as encode_document
from keys.ceremony.errors import CeremonyStepRefused
from keys.config_document import Document, Instant
from keys.errors import KeyFileMalformed, KeysError
from keys.files import read_secret, write_secret
from keys.group import Scalar

_NONCE_BYTES: Final = 12
_SPENT: Final = ".spent"


class Step(StrEnum):
    """The steps that leave a state, in their order."""

    COMMIT = "commit"
    SHARE = "share"
    ACCEPT = "accept"


_NEXT: Final = {Step.SHARE: "accept", Step.ACCEPT: "finish"}


class Progress(Document):
    """What a holder knows so far."""

    message: MessageFile
    made_at: Instant
    commits: tuple[Token, ...] = ()
    messages: tuple[MessageFile, ...] = ()
    certificate: CertificateFile | None = None


@dataclass(frozen=True, slots=True, repr=False)
class StateFolder:
    """The states of one holder in one ceremony; `own` seals them."""

    folder: Path
    ceremony: bytes
    own: Scalar

    def __repr__(self) -> str:
        """Show the type, never the key."""
        return "<StateFolder>"

    def exists(self, step: Step) -> bool:
        """Tell whether a step was taken and not yet followed by another."""
        return self._path(step).exists()

    def begin(self, progress: Progress) -> None:
        """Write the first state; raises `CeremonyStepRefused` where any lies."""
        self._verify_not_past(Step.COMMIT)
        left = find_states(self.folder)
        if left:
            raise CeremonyStepRefused(
                f"{left[0].name} lies here, of this try or one before; "
                "`--anew` gives it up"
            )
        self._write(Step.COMMIT, progress)

    def give_up(self) -> None:
        """Remove what an earlier try left, or raise `CeremonyStepRefused`.

        Never of this very ceremony: what went out in it holds in it, beside another.
        """
        left = find_states(self.folder)
        if any(self._name in path.name for path in left):
            raise CeremonyStepRefused(
                "this try began with this very ceremony.json; a new one is needed"
            )
        erase_states(self.folder)

    def read(self, step: Step) -> Progress:
        """Give a state, or raise `CeremonyStepRefused`, `KeyFileMalformed`."""
        if self._path(step).with_suffix(_SPENT).exists():
            raise CeremonyStepRefused(
                "another run takes this step, or it was broken off halfway: in that "
                "case this try is over, begin anew"
            )
        if not self.exists(step):
            self._verify_not_past(step)
            raise CeremonyStepRefused(
                f"this step follows on `{step}`, which was not taken here, or is over"
            )
        data = read_secret(self._path(step))
        try:
            plain = self._cipher().decrypt(
                data[:_NONCE_BYTES], data[_NONCE_BYTES:], self._bound(step)
            )
        except (InvalidTag, ValueError):
            raise KeyFileMalformed(f"{self._path(step).name}: changed") from None
        return parse_file(Progress, plain, self._path(step).name)

    def follow(self, after: Step, step: Step, make: Callable[[], Progress]) -> Progress:
        """Take the state `after` away from every other run, and write that of `step`.

        Raises `CeremonyStepRefused` where another run was first. What is refused in
        between, as by a full disk, gives the state back. What dies there leaves
        neither: nothing left the house, and this try is over.
        """
        path = self._path(after)
        spent = path.with_suffix(_SPENT)
        try:
            path.rename(spent)
        except FileNotFoundError:
            raise CeremonyStepRefused("another run takes this step") from None
        try:
            progress = make()
            self._write(step, progress)
        except KeysError:
            spent.rename(path)
            raise
        spent.unlink()
        return progress

    def _verify_not_past(self, step: Step) -> None:
        """Refuse a step that was followed by another, and say which is the next."""
        order = list(Step)
        for later in order[order.index(step) + 1 :]:
            if self.exists(later):
                raise CeremonyStepRefused(
                    f"this step was taken here already: go on with `{_NEXT[later]}`; "
                    "what you sent round still lies here"
                )

    @property
    def _name(self) -> str:
        return self.ceremony.hex()[:16]

    def _path(self, step: Step) -> Path:
        return self.folder / f"state-{step}-{self._name}.sealed"

    def _write(self, step: Step, progress: Progress) -> None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = encode_document(progress)
        sealed = self._cipher().encrypt(nonce, plain, self._bound(step))
        write_secret(self._path(step), nonce + sealed)

    def _cipher(self) -> AESGCM:
        kdf = HKDF(SHA256(), 32, salt=self.ceremony, info=b"signal-keys/state/1")
        return AESGCM(kdf.derive(self.own.encoded))

    def _bound(self, step: Step) -> bytes:
        return self.ceremony + step.encode()


def find_states(folder: Path) -> list[Path]:
    """Give what a try left in a folder, spent or not."""
    return sorted(
        path
        for pattern in ("state-*.sealed", f"state-*{_SPENT}")
        for path in folder.glob(pattern)
    )


def erase_states(folder: Path) -> None:
    """Remove what a try left; nothing of it opens anything afterwards."""
    for path in find_states(folder):
        path.unlink(missing_ok=True)
