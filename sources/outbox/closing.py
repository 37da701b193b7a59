"""The end of a delivery: the index knows that it is complete."""

from signal_index.wire.deliveries import DeliveryKind
from sources.outbox.deliveries import OpenDelivery
from sources.outbox.store import Outbox
from sources.outbox.unchanged import forget_known, keep_known, mark_profile
from sources.profile import Profile


def close_delivery(
    outbox: Outbox, done: OpenDelivery, profile: Profile | None = None
) -> None:
    """Note that the index knows the delivery is complete.

    With its profile at hand a full delivery is known again by its bytes; any other
    delivery makes what was known of that profile's file worthless.
    """
    with outbox.transaction("close-delivery") as connection:
        connection.execute(
            "UPDATE delivery SET state = 'closed' WHERE id = ?", (str(done.id),)
        )
        if profile is not None and done.kind is DeliveryKind.FULL:
            keep_known(connection, done, mark_profile(outbox, profile))
        else:
            forget_known(connection, done.profile)
