"""A profile that goes on under another name takes its signals along."""

from sources.errors import DeliveryUnderWay, RenameRefused
from sources.outbox.deliveries import find_unfinished
from sources.outbox.registrations import is_registered
from sources.outbox.store import Outbox
from sources.outbox.unchanged import forget_known


def rename_profile(outbox: Outbox, old: str, new: str) -> int:
    """Let a profile go on under another name; gives how many signals go with it.

    Raises `DeliveryUnderWay`, or `RenameRefused` where the old name never delivered
    here or the new one did.
    """
    if find_unfinished(outbox):
        raise DeliveryUnderWay
    if not is_registered(outbox, old):
        raise RenameRefused(
            "Onder die oude naam is hier nooit aangeleverd. `signal-source deliveries "
            "show` noemt de namen waaronder dat wel is gedaan."
        )
    if is_registered(outbox, new):
        raise RenameRefused("Onder die nieuwe naam is hier al aangeleverd.")
    with outbox.transaction("mend") as connection:
        connection.execute(
            "UPDATE registration SET profile = ? WHERE profile = ?", (new, old)
        )
        moved = connection.execute(
            "UPDATE signal SET profile = ? WHERE profile = ?", (new, old)
        ).rowcount
        for table in ("delivery", "owed_case", "awaited", "turnover", "brp_answer"):
            connection.execute(
                f"UPDATE {table} SET profile = ? WHERE profile = ?",  # noqa: S608 - a closed list
                (new, old),
            )
        connection.execute(
            "UPDATE OR REPLACE meta SET name = ? WHERE name = ?",
            (f"changed/{new}", f"changed/{old}"),
        )
        forget_known(connection)
    return moved
