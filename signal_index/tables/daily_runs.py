"""Which day's work of the leader is done to its end, by job and municipality.

Noted by the last transaction of that work: what broke off is not done.
"""

from sqlalchemy import CHAR, Column, Date, Table

from signal_index.tables.metadata import LABEL, metadata

daily_run = Table(
    "daily_run",
    metadata,
    Column("job", LABEL, primary_key=True),
    Column("municipality", CHAR(4), primary_key=True),
    Column("day", Date, primary_key=True),
    sqlite_with_rowid=False,
)
