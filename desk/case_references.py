"""Case numbers: checked here, seen by the index only as an HMAC under our own key.

Only this organisation can find out which number an HMAC stands for, by trying its own
numbers; its officer searches the ledger that way.
"""

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256

from desk.errors import CaseReferenceInvalid
from keys.base64url import encode_b64u


@dataclass(frozen=True, slots=True)
class CaseReferences:
    """The organisation's form of case numbers and its key."""

    pattern: re.Pattern[str]
    key: bytes = field(repr=False)

    def derive(self, number: str) -> str:
        """Give what the index may see of a case number, or raise.

        A number outside the pattern raises `CaseReferenceInvalid`: the field must never
        become a place to type a name or a citizen's number.
        """
        if not self.pattern.fullmatch(number):
            raise CaseReferenceInvalid
        return encode_b64u(hmac.digest(self.key, number.encode("utf-8"), sha256))
