"""A call of holders that make a key: each with its folder, and what lies on the table.

The table is the coordinator: whoever may change, withhold or swap files there. A holder
of a test seals its ceremony key without scrypt, so that a whole call takes little.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from keys.ceremony import steps
from keys.ceremony.cards import (
    CARD,
    load_config_key,
    make_card,
    make_card_again,
    open_card,
)
from keys.ceremony.documents import (
    CardFile,
    CertificateFile,
    CommitFile,
    DoneFile,
    MessageFile,
    encode,
    parse_file,
)
from keys.ceremony.exchange import write_commit, write_message
from keys.ceremony.holder import Holder, draw, open_holder
from keys.ceremony.plan import Plan, draw_up, draw_up_succession, open_plan
from keys.ceremony.results import erase_traces, settle, write_results
from keys.ceremony.rotation import RotatedFile
from keys.ceremony.steps import Finished
from keys.config_document import SignedDocument
from keys.dkg import Contribution, contribute, draw_polynomial
from keys.errors import KeyFileSealed
from keys.group import generate_scalar
from keys.jose import PrivateKey
from keys.sealing import Seal

NOW = datetime(2026, 11, 30, 10, 0, 0, tzinfo=UTC)
VALID = timedelta(days=730)


class QuickSealer:
    """Binds a secret to what stands beside it, and hides nothing."""

    name = "quick"

    def seal(self, secret: bytes, associated: bytes) -> Seal:
        return {
            "secret": urlsafe_b64encode(secret).decode(),
            "associated": urlsafe_b64encode(associated).decode(),
        }

    def open(self, seal: Seal, associated: bytes) -> bytes:
        if urlsafe_b64decode(str(seal["associated"])) != associated:
            raise KeyFileSealed
        return urlsafe_b64decode(str(seal["secret"]))


SEALER = QuickSealer()


def read_config_key(folder: Path) -> PrivateKey:
    """Open the key with which the holder of this folder signs."""
    card = open_card(parse_file(CardFile, (folder / CARD).read_bytes(), CARD))
    return load_config_key(folder, card.id, SEALER)


class Call:
    """Holders, their folders, and the files that go round."""

    def __init__(self, place: Path, holders: int = 3, threshold: int = 2) -> None:
        self.folders = {at: place / f"holder-{at}" for at in range(1, holders + 1)}
        self.cards: list[CardFile] = []
        for at, folder in self.folders.items():
            folder.mkdir(parents=True)
            self.cards.append(make_card(folder, f"holder-{at}", SEALER))
        self.threshold = threshold
        self.clocks: dict[int, datetime] = {}
        self.table: dict[str, bytes] = {}
        self.plan = self.open()

    def follow(
        self,
        lost: Collection[int] = (),
        nonce: bytes = b"3" * 32,
        rotation: str | None = None,
    ) -> None:
        """Begin a ceremony on the key that all have; who is lost begins with nothing.

        The place of a lost holder is taken by one that was never there.
        """
        gone = [self.folders[at].name for at in lost]
        current = (self.folders[1] / "key-config.json").read_bytes()
        for at, folder in self.folders.items():
            if at in lost:
                self.folders[at] = folder.with_name(f"new-{at}")
                self.folders[at].mkdir()
                self.cards[at - 1] = make_card(self.folders[at], f"new-{at}", SEALER)
            else:
                self.cards[at - 1] = make_card_again(folder, folder.name, SEALER)
        file = draw_up_succession(
            parse_file(SignedDocument, current, "key-config.json"),
            tuple(self.cards),
            lost=gone,
            rotation=rotation,
            valid=VALID,
            nonce=nonce,
            now=NOW,
        )
        self.plan = open_plan(file)
        self.table = {}

    def settle(self, at: int, rotated: RotatedFile | None = None) -> None:
        folder, files = self.folders[at], self.done_files()
        settle(folder, self.plan, files, SEALER, rotated=rotated)

    def done_files(self) -> list[tuple[str, DoneFile]]:
        return [(n, parse_file(DoneFile, d, n)) for n, d in self._lying("done")]

    def open(self, nonce: bytes = b"1" * 32) -> Plan:
        """What ceremony.json says of these holders, in a try with this nonce."""
        file = draw_up(
            tuple(self.cards),
            threshold=self.threshold,
            valid=VALID,
            nonce=nonce,
            now=NOW,
        )
        return open_plan(file)

    def begin_anew(self) -> None:
        """Give this try up and begin another, with an empty table."""
        self.plan = self.open(b"2" * 32)
        self.table = {}

    def holder(self, at: int) -> Holder:
        return open_holder(self.folders[at], self.plan, SEALER)

    def commit(self, at: int) -> None:
        holder = self.holder(at)
        self._put(steps.commit(holder, draw(holder), self.clocks.get(at, NOW)))

    def share(self, at: int) -> None:
        self._put(steps.share(self.holder(at), self.commits()))

    def accept(self, at: int) -> bytes:
        """Certify, and give the transcript."""
        path, transcript = steps.accept(self.holder(at), self.messages())
        self._put(path)
        return transcript

    def conclude(self, at: int) -> Finished:
        return steps.finish(self.holder(at), self.certificates())

    def finish(self, at: int) -> Finished:
        """Take the last step with all that it writes and erases."""
        holder = self.holder(at)
        finished = steps.finish(holder, self.certificates())
        write_results(holder, finished, SEALER)
        erase_traces(holder.folder)
        for kind in ("done", "hand-over"):
            if (holder.folder / f"{kind}-{at}.json").exists():
                self._put(holder.folder / f"{kind}-{at}.json")
        return finished

    def all(self, *taken: Callable[[int], object]) -> None:
        """Have every holder take these steps."""
        for step in taken:
            for at in self.folders:
                step(at)

    def commits(self) -> list[tuple[str, CommitFile]]:
        return [(n, parse_file(CommitFile, d, n)) for n, d in self._lying("commit")]

    def messages(self) -> list[tuple[str, MessageFile]]:
        return [(n, parse_file(MessageFile, d, n)) for n, d in self._lying("message")]

    def certificates(self) -> list[tuple[str, CertificateFile]]:
        return [
            (n, parse_file(CertificateFile, d, n))
            for n, d in self._lying("certificate")
        ]

    def contribution(self, at: int, threshold: int | None = None) -> Contribution:
        """An honest contribution of a holder, or one of another degree."""
        holder = self.holder(at)
        polynomial = draw_polynomial(threshold or self.threshold)
        return contribute(
            self.plan.session, at, holder.own, polynomial, generate_scalar()
        )

    def cheat(self, at: int, *contributions: Contribution) -> None:
        """Put a commit and a message on the table that this holder made by hand."""
        key = read_config_key(self.folders[at])
        message = write_message(self.plan, at, key, contributions)
        self.lay(f"message-{at}.json", message)
        self.lay(f"commit-{at}.json", write_commit(self.plan, at, key, message, NOW))

    def lay(self, name: str, document: CommitFile | MessageFile) -> None:
        self.table[name] = encode(document) + b"\n"

    def usable(self) -> list[int]:
        """The holders that have a share they can serve with."""
        return [at for at, f in self.folders.items() if (f / "share.json").exists()]

    def collect(self, at: int) -> None:
        """Carry off all that lies in a holder's folder for the others."""
        for path in self.folders[at].glob(f"*-{at}.json"):
            self._put(path)

    def _put(self, path: Path) -> None:
        self.table[path.name] = path.read_bytes()

    def _lying(self, kind: str) -> list[tuple[str, bytes]]:
        return [
            (name, data)
            for name, data in sorted(self.table.items())
            if name.startswith(f"{kind}-")
        ]
