"""What a holder knows of the source that asks: that it is here, and how.

It costs no budget of persons and evaluates nothing; it is recorded like any signed
question, so that one that was used, or overheard, opens nothing a second time, and one
organisation cannot fill the holder's memory with them.
"""

from keys.holder.admission import admit_registration
from keys.holder.evaluations import Holder
from keys.wire import OwnRegistration


def answer_registration(holder: Holder, authorization: str) -> OwnRegistration:
    """Answer one `GET /v1/own-registration`, or raise a leaf of `RequestRefused`."""
    now = holder.now()
    asked = admit_registration(
        authorization, holder.keys.identity, holder.organisations, now=now
    )
    holder.meter.record_asked(asked.claims, asked.claims.act, now=now)
    known = asked.organisation
    return OwnRegistration(
        holder=holder.keys.identity.id,
        organisation=known.oin,
        name=known.name,
        declaredCaseload=known.declared_caseload,
    )
