"""What a desk needs to signal by hand; made at the start where the settings ask it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desk.database import Database
from desk.errors import SettingsRefused
from desk.involved.keeping import HandSignals
from desk.involved.signing import NoticeSigner
from desk.own_seal import OwnSeal
from desk.settings import DeskSettings
from signal_index.notice import NoticeKey
from signal_index.wire.values import Oin


@dataclass(frozen=True, slots=True)
class Signalling:
    """The signer of an organisation's notices, and its own notes of them."""

    signer: NoticeSigner
    kept: HandSignals


def build_signalling(
    settings: DeskSettings,
    key: NoticeKey | None,
    database: Database,
    seal: OwnSeal,
    clock: Callable[[], datetime],
) -> Signalling | None:
    """Make it, or None where this organisation does not signal by hand.

    Raises `SettingsRefused` where it does and has no notice key.
    """
    if settings.hand_signals is None:
        return None
    if key is None:
        raise SettingsRefused("hand_signals: needs a notice_key")
    signer = NoticeSigner(Oin(settings.organisation), key, clock)
    return Signalling(signer, HandSignals(database, seal, clock))
