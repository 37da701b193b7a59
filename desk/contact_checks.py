"""Whom to call: held against the key of the source, before anybody can call.

Who runs the index, or writes in its database, can put any number in an answer. What a
source says of whom to call is therefore signed by it, and its keys come from the key
holders: `keys.notice_keys`. Details that do not hold are taken out of the answer; the
page says so, and whom to ask. What is looked at:

- they are signed by a key that two holders state of this source, or of who signs for
  it, as these details of this contact holder, for a flag of this source;
- of what stands now this desk saw, since it started, none of the same contact holder
  signed later; what was signed for one lookup is as old as that lookup, and no older;
- whether they were confirmed in the last half year is as the answer says.

Nothing of it is written down: which contact holders a desk met tells of flags.

Proven by tests/attack/test_nobody_changes_whom_to_call.py.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from pydantic import BaseModel

from desk.errors import HolderUnreachable
from desk.holders import Holders
from desk.moments import day_here
from keys.jose import PublicKey
from keys.notice_keys import STATED_FOR, KeyName
from keys.security.events import SecurityEvent, SecurityLog
from keys.security.rules import Account, Counted
from signal_index.notice import (
    ContactFault,
    NamedContact,
    find_contact_fault,
    find_contacts,
    without_contacts,
)
from signal_index.wire.lookups import Answer, FlagContact, Part
from signal_index.wire.model import parse_body

RENEW_AFTER: Final = timedelta(seconds=60)
"""How old the keys may be; one that ended counts for as long, and where too few holders
answer for as long as a statement says what is (`STATED_FOR`)."""
NO_HOLDERS: Final = "no-holders"
"""No fault of the details, and no alarm: nobody could say whose key it is."""
ASK_AGAIN_AFTER: Final = timedelta(seconds=10)
"""For a key that is not known: its source may have joined just now."""
_Model = TypeVar("_Model", bound=BaseModel)


class ContactChecks:
    """What one desk knows of sources' keys, and of how new their details were."""

    def __init__(
        self,
        holders: Holders,
        log: SecurityLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._holders = holders
        self._log = log
        self._clock = clock
        self._keys: Mapping[KeyName, PublicKey] = {}
        self._asked_at = datetime.min.replace(tzinfo=UTC)
        self._stated_at = self._asked_at
        self._asking = asyncio.Lock()
        self._newest: dict[UUID, int] = {}

    async def hold_answer(self, body: bytes) -> bytes:
        """Give an answer without the contact details that do not hold.

        As long as it was: who sees the length only learns nothing of it.
        """
        said = parse_body(Answer, body)
        held = await self.hold(said)
        if held is said:
            return body
        *others, last = held.answers
        missing = len(body) - len(_encode(held.answers))
        padding = last.padding + " " * missing
        return _encode([*others, last.model_copy(update={"padding": padding})])

    async def hold(self, said: _Model) -> _Model:
        """Give what the index said without the contact details that do not hold.

        The very same where all do; else null stands in their place, and the security
        stream tells why.
        """
        judged: dict[tuple[str, datetime | None], bool] = {}
        false = set()
        for named in find_contacts(said):
            seen = named.contact.model_dump_json(), named.asked_at
            if seen not in judged:  # an organisation's own number stands often
                judged[seen] = await self._holds(named)
            if not judged[seen]:
                false.add(id(named.contact))
        held: _Model = without_contacts(said, false) if false else said
        return held

    async def _holds(self, named: NamedContact) -> bool:
        fault = await self._find_fault(named)
        if fault is None:
            return True
        source = Account(organisation=named.contact.source)
        event = SecurityEvent.CONTACT_REFUSED
        if fault is ContactFault.KEY_UNKNOWN and self._is_unheard():
            self._log.write(event, source, reason=NO_HOLDERS)
            return False
        self._log.write(event, source, reason=fault.value)
        self._log.count(Counted.CONTACTS, source)
        return False

    def _is_unheard(self) -> bool:
        """Tell whether too few holders say by which keys sources sign now."""
        return self._clock() - self._stated_at >= STATED_FOR

    async def find_fault(self, contact: FlagContact) -> ContactFault | None:
        """Say why nobody may call by details that stand now; None where they hold."""
        return await self._find_fault(NamedContact(contact, None))

    async def _find_fault(self, named: NamedContact) -> ContactFault | None:
        contact, asked_at = named
        signature = contact.signature
        jwk = None
        if signature is not None:
            name = (str(contact.source), str(signature.by), str(signature.kid))
            jwk = await self._find_key(name)
        today = day_here(self._clock())
        fault = find_contact_fault(named, jwk, today=today)
        if fault is not None or signature is None or asked_at is not None:
            return fault
        if signature.at < self._newest.get(contact.id, 0):
            return ContactFault.OLDER
        self._newest[contact.id] = signature.at
        return None

    async def _find_key(self, name: KeyName) -> dict[str, str] | None:
        await self._renew(RENEW_AFTER)
        if name not in self._keys:
            await self._renew(ASK_AGAIN_AFTER)
        found = self._keys.get(name)
        return None if found is None else found.jwk

    async def _renew(self, after: timedelta) -> None:
        async with self._asking:
            now = self._clock()
            if now - self._asked_at < after:
                return
            self._asked_at = now
            try:
                self._keys = await self._holders.fetch_notice_keys()
                self._stated_at = now
            except HolderUnreachable:
                if self._is_unheard():
                    self._keys = {}


def _encode(parts: list[Part]) -> bytes:
    return Answer(answers=parts).model_dump_json().encode()
