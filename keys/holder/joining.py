"""Take a source's request to join in: an entry in the holder's list, and a receipt.

A request that was taken in before is answered again and changes nothing. Another key
under the same organisation, or another organisation under the same invitation, is
refused: the holder's operator takes the old entry out by hand first.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keys.errors import InvitationUsed
from keys.holder.opening import load_ticket_key, read_sealer
from keys.holder.organisations import SourceOrganisation, read_organisations
from keys.holder.registering import add_organisation
from keys.holder.settings import HolderSettings
from keys.joining import Acceptance, OpenedRequest, sign_acceptance


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What is handed back to the agency, and whether it was new here."""

    document: bytes
    is_new: bool


def take_in(
    settings: HolderSettings, opened: OpenedRequest, *, now: datetime
) -> TakenIn:
    """Register who asks, once, and sign that it was done.

    Raises `InvitationUsed`, or `HolderStartRefused` for a list that cannot be changed.
    """
    key = load_ticket_key(settings, read_sealer(settings))
    entry = _make_entry(opened)
    is_new = not _is_known(settings.organisations, entry)
    if is_new:
        add_organisation(settings.organisations, entry)
    said = Acceptance(
        party="holder",
        name=settings.holder,
        organisation=entry.oin,
        request=opened.digest,
        accepted_at=now.replace(microsecond=0),
    )
    return TakenIn(sign_acceptance(said, key), is_new)


def _make_entry(opened: OpenedRequest) -> SourceOrganisation:
    invitation = opened.invitation
    return SourceOrganisation(
        kind="source",
        oin=invitation.organisation,
        name=invitation.name,
        declared_caseload=invitation.source.declared_caseload,
        request_key=opened.said.request_key,
        notice_keys=(opened.said.notice_key,),
        invitation=invitation.id,
    )


def _is_known(path: Path, entry: SourceOrganisation) -> bool:
    if not path.exists():
        return False
    for known in read_organisations(path).by_kind.values():
        if not isinstance(known, SourceOrganisation):
            continue
        if _is_same(known, entry):
            return True
        if known.invitation == entry.invitation:
            raise InvitationUsed(
                "the invitation was used, with another request; for new keys the index "
                "makes a new invitation"
            )
        if known.oin == entry.oin:
            raise InvitationUsed(
                "this organisation is registered with another key. Did it lose that, "
                "or was it stolen? End it first: signal-keys organisation end "
                f"--organisations {path.name} --oin OIN --kind source --because lost"
            )
    return False


def _is_same(known: SourceOrganisation, entry: SourceOrganisation) -> bool:
    """Tell whether this request was taken in; more may have been said since."""
    joined = {"notice_keys": entry.notice_keys, "partners": entry.partners}
    is_same = known.model_copy(update=joined) == entry
    return is_same and set(entry.notice_keys).issubset(known.notice_keys)
