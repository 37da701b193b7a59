"""The first statement of gathered lookups on PostgreSQL: one CTE for all of it.

    ticket, spent    spend, in sorted order, whoever of the tickets is unspent
    fresh            the lookups of which both were
    repeated         remember a fresh lookup, to recognise its repeat
    person           raise the numbers of the persons in fresh lookups, sorted
    followed         the rows of persons under which the organisation's follows stand
    (last)           the permitted rows of fresh lookups, and of no other: those of
                     sources that are live; which sources are in trial; open follows;
                     under which row keys rows stood at that very moment

It also has the rest of its transaction planned once, not each time: what entries are
recorded with takes as long to plan as to do.

All parts see one snapshot; a ticket that another transaction is spending is waited for
and then found spent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    Integer,
    LargeBinary,
    String,
    Uuid,
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from signal_index.tables.metadata import Instant


class RowKind(IntEnum):
    """What a row of the statement's result is."""

    FRESH = 0
    PERSON = 1
    SIGNAL = 2
    IN_TRIAL = 3
    FOLLOW = 4
    PLANNED = 5
    ROW_KEY = 6


_ARRAYS: Final[Mapping[str, Sequence[tuple[str, TypeEngine[Any]]]]] = {
    "tickets": (("t_place", Integer()), ("t_jti", Uuid()), ("t_until", Instant())),
    "repeats": (
        ("r_place", Integer()),
        ("r_req", LargeBinary()),
        ("r_municipality", String()),
        ("r_organisation", String()),
        ("r_subject", String()),
        ("r_body", LargeBinary()),
        ("r_until", Instant()),
    ),
    "persons": (
        ("p_place", Integer()),
        ("p_year", Integer()),
        ("p_name", LargeBinary()),
    ),
    "keys": (("k_place", Integer()), ("k_key", LargeBinary())),
    "follows": (("f_place", Integer()), ("f_row", LargeBinary())),
}

LOOKUP: Final = (
    text(
        """
    WITH ticket AS (
      SELECT * FROM unnest(:t_place, :t_jti, :t_until) AS g (place, jti, until)
    ), spent AS (
      INSERT INTO spent_ticket (jti, until)
      SELECT jti, until FROM ticket ORDER BY jti
      ON CONFLICT DO NOTHING RETURNING jti
    ), fresh AS (
      SELECT place FROM ticket JOIN spent USING (jti)
      GROUP BY place HAVING count(*) = 2
    ), repeated AS (
      INSERT INTO lookup_repeat
        (req, municipality, organisation, subject, body_digest, until)
      SELECT req, municipality, organisation, subject, body, until
      FROM unnest(:r_place, :r_req, :r_municipality, :r_organisation, :r_subject,
                  :r_body, :r_until)
        AS g (place, req, municipality, organisation, subject, body, until)
      JOIN fresh USING (place) ORDER BY req
      ON CONFLICT DO NOTHING
    ), person AS (
      INSERT INTO ledger_person (year, find_person, number)
      SELECT year, name, count(*)
      FROM unnest(:p_place, :p_year, :p_name) AS g (place, year, name)
      JOIN fresh USING (place)
      GROUP BY year, name ORDER BY year, name
      ON CONFLICT (year, find_person)
      DO UPDATE SET number = ledger_person.number + excluded.number
      RETURNING year, find_person, number
    ), asked AS (
      SELECT DISTINCT key FROM unnest(:k_place, :k_key) AS g (place, key)
      JOIN fresh USING (place)
    ), followed AS (
      SELECT DISTINCT person_row FROM unnest(:f_place, :f_row) AS g (place, person_row)
      JOIN fresh USING (place)
    )
    SELECT 2 AS kind, 0 AS place, s.row_key, s.id, 0 AS number, s.category, s.source,
      s.municipality, s.state, s.valid_from, s.valid_until, s.ended_on,
      s.confirmed_on, c.details, c.last_verified, NULL::bytea AS sealed,
      c.id AS contact_id, NULL::timestamptz AS live_until, s.reference
    FROM asked JOIN signal s ON s.row_key = asked.key
    JOIN source o ON o.oin = s.source AND o.state = 'live'
    JOIN contact_holder c ON c.id = s.contact_holder
    UNION ALL
    SELECT 3, 0, NULL, NULL, 0, NULL, oin, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL, CASE state WHEN 'trial' THEN live_until END, NULL
    FROM source WHERE state <> 'live'
    UNION ALL
    SELECT 1, year, find_person, NULL, number, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM person
    UNION ALL
    SELECT 0, place, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL, NULL, NULL, NULL
    FROM fresh
    UNION ALL
    SELECT 4, f.year, f.person_row, f.id, 0, NULL, NULL, NULL, NULL, NULL, f.until,
      NULL, NULL, NULL, NULL, f.sealed, NULL, NULL, NULL
    FROM followed JOIN follow f USING (person_row)
    UNION ALL
    SELECT 5, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL, NULL, NULL
    FROM set_config('plan_cache_mode', 'force_generic_plan', true)
    UNION ALL
    SELECT 6, number, NULL, NULL, 0, NULL, NULL, NULL, state, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL, NULL, NULL, NULL
    FROM row_key_use
    """
    )
    .bindparams(
        *(
            bindparam(name, type_=ARRAY(kind))
            for columns in _ARRAYS.values()
            for name, kind in columns
        )
    )
    .columns(
        kind=Integer(),
        place=Integer(),
        row_key=LargeBinary(),
        id=Uuid(),
        number=BigInteger(),
        category=String(),
        source=String(),
        municipality=String(),
        state=String(),
        valid_from=Date(),
        valid_until=Date(),
        ended_on=Date(),
        confirmed_on=Date(),
        details=JSON(),
        last_verified=Date(),
        sealed=LargeBinary(),
        contact_id=Uuid(),
        live_until=Instant(),
    )
)


def lookup_columns(**rows: Sequence[tuple[object, ...]]) -> dict[str, object]:
    """Turn rows per table into the statement's arrays, one per column."""
    return {
        name: [row[place] for row in rows[table]]
        for table, columns in _ARRAYS.items()
        for place, (name, _) in enumerate(columns)
    }
