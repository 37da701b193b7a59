"""What a record has of a person instead of a number: name, birth date, address.

Pure. A part that is missing or cannot be read is a reject, as any field is: who is
sought by half a name is found by chance. Nothing is corrected and nothing guessed.
"""

import re
from typing import Final, Literal

from sources.connectors.fields import FieldReader
from sources.reasons import Reason
from sources.values import Sought

AddressRole = Literal["postcode", "house_number"]
_POSTCODE: Final = re.compile(r"[1-9][0-9]{3} ?[A-Za-z]{2}", re.ASCII)
_HOUSE_NUMBER: Final = re.compile(r"([1-9][0-9]{0,4})([^0-9].{0,9})?", re.ASCII)
_LONGEST_NAME: Final = 200


def read_sought(reader: FieldReader) -> Sought | None:
    """Give whom to look for, or note each part that cannot be used."""
    surname = _read_name(reader)
    born = reader.past_day("birth", required=True)
    postcode = _read_form(reader, "postcode", _POSTCODE)
    number = _read_form(reader, "house_number", _HOUSE_NUMBER)
    if not (surname and born and postcode and number):
        return None
    return Sought(
        surname,
        born,
        postcode[0].replace(" ", "").upper(),
        int(number[1]),
        reader.text("initials"),
    )


def _read_name(reader: FieldReader) -> str | None:
    text = reader.text("surname")
    if not text:
        reader.fault(reader.name("surname"), Reason.FIELD_MISSING)
        return None
    if len(text) > _LONGEST_NAME or not any(each.isalpha() for each in text):
        reader.fault(reader.name("surname"), Reason.PERSON_UNREADABLE)
        return None
    return text


def _read_form(
    reader: FieldReader,
    role: AddressRole,
    form: re.Pattern[str],
) -> re.Match[str] | None:
    text = reader.text(role)
    found = form.fullmatch(text)
    if found is None:
        missing = Reason.PERSON_UNREADABLE if text else Reason.FIELD_MISSING
        reader.fault(reader.name(role), missing)
    return found
