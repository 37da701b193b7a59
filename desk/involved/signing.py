"""Sign, as the organisation, what one of its people says of a citizen.

A notice by hand is a notice as any other: what is signed names nobody, N and salt
travel beside it (`signal_index.wire.signals`). The desk has a notice key of its own, so
that the index can let go of it without touching the key of the agency's agent.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from desk.errors import SettingsRefused
from desk.relay_wire import RelayedHandSignal
from keys.errors import KeysError
from keys.files import read_secret
from signal_index.notice import (
    SALT_BYTES,
    InvalidField,
    NoticeKey,
    commit_encoded,
    parse_notice_key,
    sign_notice,
    sign_withdrawal,
)
from signal_index.wire.hand_signals import HandNoticeBody
from signal_index.wire.signals import (
    Notice,
    Withdrawal,
    WithdrawalBody,
    WithdrawalReason,
)
from signal_index.wire.values import Oin


@dataclass(frozen=True, slots=True)
class NoticeSigner:
    """Signs for one organisation, about its own clients."""

    organisation: Oin
    key: NoticeKey
    clock: Callable[[], datetime]

    def sign(
        self, said: RelayedHandSignal, *, begun: date, version: int
    ) -> HandNoticeBody:
        """Make the notice of what was filled in, under a salt that nobody keeps.

        `begun` and `version` are kept with the reference: told again it is the same.
        Contact began on the day that was said, or else on the day that it was begun.
        """
        salt = secrets.token_bytes(SALT_BYTES)
        notice = Notice(
            reference=said.reference,
            version=version,
            source=self.organisation,
            subject=commit_encoded(salt, said.pseudonym),
            category=said.category,
            contactHolder=said.contactHolder,
            validFrom=said.since or begun,
            validUntil=said.validUntil,
            municipality=said.municipality,
            informed=said.informed,
        )
        token = sign_notice(self.key, notice, iss=self.organisation, now=self.clock())
        return HandNoticeBody(
            keyVersion=said.keyVersion,
            notice=token,
            pseudonym=said.pseudonym,
            salt=salt,
            beside=said.beside,
        )

    def sign_end(
        self, reference: UUID, version: int, reason: WithdrawalReason, on: date
    ) -> WithdrawalBody:
        """Take a signal back, by its reference alone."""
        said = Withdrawal(
            reference=reference,
            version=version,
            source=self.organisation,
            reason=reason,
            on=on,
        )
        token = sign_withdrawal(self.key, said, iss=self.organisation, now=self.clock())
        return WithdrawalBody(withdrawal=token)


def read_notice_key(path: Path) -> NoticeKey:
    """Read the key by which the index knows the organisation's notices, or refuse."""
    try:
        return parse_notice_key(read_secret(path))
    except (KeysError, InvalidField) as error:
        raise SettingsRefused(f"{path.name}: {error}") from None
