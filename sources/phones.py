"""Telephone numbers, as a person can dial them from anywhere.

A flag exists so that somebody calls. A contact holder without a number that can work
is therefore a reject, never a flag without a number.
"""

from functools import lru_cache

import phonenumbers

from signal_index.wire.values import Phone

HOME = "NL"
LONGEST = 32


@lru_cache(maxsize=4096)
def parse_phone(text: str) -> Phone:
    """Normalise a Dutch or international number to E.164; raises ValueError.

    A number must be possible and assigned to a range that exists; special numbers
    such as 112 are refused, since they reach no contact holder.
    """
    if len(text) > LONGEST:
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise ValueError("not a telephone number")
    return Phone(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    )
