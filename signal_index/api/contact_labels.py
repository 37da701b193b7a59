"""Words for the contact holders of an agency, approved by a second person on a page.

Whoever asks and whoever approves are officers of the municipality that registered the
agency; the word counts from the decision on (`store.contact_label_requests`), and each
step is an entry of kind `approval` with its SHA-256. What an administrator registers by
command stands beside it.
"""

from __future__ import annotations

from dataclasses import replace

from signal_index.api.acting import acting
from signal_index.api.approvals import record_approval
from signal_index.api.callers import MunicipalApprover
from signal_index.api.context import TheIndex
from signal_index.api.routing import Routes
from signal_index.api.transactions import looking
from signal_index.errors import ApprovalAlreadyOpen, AssuranceTooLow
from signal_index.identifiers import new_uuid7
from signal_index.labels import Labels
from signal_index.ledger import Kind
from signal_index.store import contact_label_requests as store
from signal_index.store.approvals import State, request_approval
from signal_index.store.contact_label_requests import AskedLabel, matter_of
from signal_index.store.standing import Standing
from signal_index.wire import contact_labels as wire
from signal_index.wire.choices import OrganisationName
from signal_index.wire.errors import InvalidField

routes = Routes("goedkeuren")


@routes.get("/contact-labels", "Woorden voor contactpersonen die gevraagd zijn")
async def list_contact_labels(
    index: TheIndex, caller: MunicipalApprover
) -> wire.ContactLabels:
    """List which words were asked for, for whom, and where each stands."""
    place, now = str(caller.scope.municipality), index.clock()
    labels = await index.labels_in(caller.scope.municipality)
    standing = await index.standing.get(now)
    async with looking(index.engine) as conn:
        found, older = await store.list_asked_labels(conn, place, index.receipt_key)
    expired = [
        replace(one, approval=replace(one.approval, state=State.EXPIRED))
        if one.approval.state is State.OPEN and one.approval.expires_at <= now
        else one
        for one in found
    ]
    return wire.ContactLabels(
        items=[_show(one, labels) for one in expired],
        organisations=_find_agencies(standing, place),
        leftOff=older,
    )


@routes.post(
    "/contact-labels",
    "Een woord voor contactpersonen vragen; een tweede persoon keurt goed",
    status=201,
    raises=(AssuranceTooLow, ApprovalAlreadyOpen),
)
async def ask_contact_label(
    body: wire.NewContactLabel, index: TheIndex, caller: MunicipalApprover
) -> wire.AskedContactLabel:
    """Ask that an agency may call its contact holders so: the first of two persons."""
    place = str(caller.scope.municipality)
    labels = await index.labels_in(caller.scope.municipality)
    standing = await index.standing.get(index.clock())
    named = {one.oin for one in _find_agencies(standing, place)}
    if body.organisation not in named:
        raise InvalidField("organisation", "not-registered")
    async with acting(index, caller.caller, Kind.APPROVAL) as act:
        id_ = new_uuid7(act.now)
        matter = matter_of(id_, place, str(body.organisation), str(body.label))
        waiting = await request_approval(
            act.conn, matter, caller.caller, index.receipt_key, now=act.now
        )
        asked = AskedLabel(
            id=id_,
            municipality=place,
            organisation=str(body.organisation),
            label=str(body.label),
            approval=waiting,
            is_over=False,
        )
        await store.store_asked_label(act.conn, asked, now=act.now)
        await record_approval(act, "requested", waiting)
    return _show(asked, labels)


def _find_agencies(standing: Standing, place: str) -> list[OrganisationName]:
    own = [
        OrganisationName(oin=one.oin, name=one.name)
        for oin, one in standing.organisations.items()
        if oin in standing.sources and one.municipality == place
    ]
    return sorted(own, key=lambda one: one.name)


def _show(one: AskedLabel, labels: Labels) -> wire.AskedContactLabel:
    return wire.AskedContactLabel.model_validate(
        {
            "id": one.id,
            "organisation": one.organisation,
            "organisationName": labels.organisation(one.organisation),
            "label": one.label,
            "approvalId": one.approval.id,
            "askedAt": one.approval.requested_at,
            "state": "over" if one.is_over else one.approval.state.value,
        }
    )
