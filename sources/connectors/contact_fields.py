"""Whom to call about a case: from the record where it names somebody, else the profile.

The first contact person with a working number counts. Where a profile lists the same
function under the same number, it adds what a record cannot say: hours, and who stands
in. Where a record names people and
none of them can be reached, it is a reject: a flag that nobody can act on is worse
than none, and quietly naming somebody else would be wrong.
"""

from signal_index.wire.contact_holders import ContactHolder
from signal_index.wire.values import Label, Phone
from sources.connectors.fields import FieldReader, RawCase, RawPerson
from sources.labels import parse_label
from sources.phones import find_phone_fault, parse_phone
from sources.profile import Profile
from sources.reasons import Reason
from sources.values import Contact


def read_contact(reader: FieldReader, profile: Profile, raw: RawCase) -> Contact | None:
    """Give the contact holder of a case, or note why there is none."""
    if raw.persons:
        return _read_person(reader, profile, raw)
    chosen = _read_listed(reader, profile)
    text = reader.text("phone")
    if chosen is None or not text:
        return chosen
    try:
        phone = parse_phone(text)
    except ValueError:
        reader.fault(reader.name("phone"), find_phone_fault(text))
        return None
    holder = chosen.holder.model_copy(update={"phone": phone})
    return Contact(f"{chosen.key}|{phone}", holder)


def _read_listed(reader: FieldReader, profile: Profile) -> Contact | None:
    key = reader.text("contact") or profile.default_contact or ""
    if key in profile.contacts:
        return profile.get_contact(key)
    reader.fault(reader.name("contact"), Reason.CONTACT_UNKNOWN)
    return None


def _read_person(reader: FieldReader, profile: Profile, raw: RawCase) -> Contact | None:
    for person in raw.persons:
        try:
            phone = parse_phone(person.phone.strip())
        except ValueError:
            continue
        return _name_person(reader, profile, raw, (person, phone))
    reader.fault(f"{raw.persons[0].path}.telefoonnummer", Reason.PHONE_INVALID)
    return None


def _name_person(
    reader: FieldReader,
    profile: Profile,
    raw: RawCase,
    reached: tuple[RawPerson, Phone],
) -> Contact | None:
    person, phone = reached
    label = Reason.CONTACT_LABEL
    function = reader.attempt(
        f"{person.path}.functietitel", label, parse_label, person.function
    )
    name: Label | None = None
    if profile.ddas.contact_names and person.name.strip():
        name = reader.attempt(f"{person.path}.naam", label, parse_label, person.name)
    if function is None or raw.persons_verified is None:
        return None
    holder = ContactHolder(
        function=function, phone=phone, name=name, lastVerified=raw.persons_verified
    )
    for listed in (row.holder for row in profile.contacts.values()):
        if (listed.function, listed.phone) == (function, phone):
            verified = max(listed.lastVerified, raw.persons_verified)
            own = {"name": name, "lastVerified": verified}
            holder = listed.model_copy(update=own)
    return Contact(f"{function}|{name or ''}|{phone}", holder)
