"""What people of this desk are called, as their login said: for pages that name one.

- Sealed under the desk's notes key, at one length, beside a keyed hash of the account;
  a year after somebody's last login it goes.
- Who is of another organisation, or never logged in here, is shown by account: so are
  two of one name, beside it. A page never says of somebody that it was another.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from desk.database import Database
from desk.errors import DatabaseRefused
from desk.own_seal import OwnSeal
from desk.tables import known_names
from desk.texts import Names
from desk.tokens import Person

KEPT: Final = timedelta(days=366)
_LENGTH: Final = 255
_A_DAY: Final = 86_400


class KnownNames:
    """The names that this desk knows."""

    def __init__(
        self,
        database: Database,
        seal: OwnSeal,
        clock: Callable[[], datetime],
        organisation: str,
    ) -> None:
        self._database = database
        self._seal = seal
        self._clock = clock
        self._organisation = organisation

    async def note(self, person: Person) -> None:
        """Remember what somebody is called who logged in just now."""
        today = int(self._clock().timestamp()) // _A_DAY
        owner = self._seal.name_user(person.sub)
        said = {
            "sub": person.sub[:_LENGTH].ljust(_LENGTH),
            "name": person.name[:_LENGTH].ljust(_LENGTH),
        }
        sealed = self._seal.seal(said, owner)
        is_old = known_names.c.seen_on < today - KEPT.days
        async with self._database.transaction() as connection:
            await connection.execute(
                delete(known_names).where(is_old | (known_names.c.owner == owner))
            )
            if person.name:
                row = {"owner": owner, "seen_on": today, "sealed": sealed}
                await connection.execute(insert(known_names).values(row))

    async def list_all(self) -> Names:
        """Give what each is called, by organisation (this desk's) and account.

        One that does not open is left out.
        """
        async with self._database.transaction() as connection:
            rows = (await connection.execute(select(known_names))).all()
        names: dict[str, str] = {}
        for row in rows:
            try:
                said = self._seal.open(row.sealed, row.owner)
            except DatabaseRefused:
                continue
            names[str(said["sub"]).rstrip()] = str(said["name"]).rstrip()
        often = Counter(names.values())
        return {
            (self._organisation, sub): name if often[name] == 1 else f"{name} ({sub})"
            for sub, name in names.items()
        }
