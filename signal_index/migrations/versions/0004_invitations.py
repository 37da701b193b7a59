"""Invitations to join are remembered, so that each is taken in once.

Revision 0004.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INSTANT = {"sqlite": "DATETIME", "postgresql": "TIMESTAMPTZ"}
_ID = {"sqlite": "CHAR(32)", "postgresql": "UUID"}


def upgrade() -> None:
    """Make the table."""
    connection = op.get_bind()
    instant, key = _INSTANT[connection.dialect.name], _ID[connection.dialect.name]
    connection.exec_driver_sql(
        "CREATE TABLE invitation ("
        f"id {key} NOT NULL, "
        "organisation CHAR(20) NOT NULL, "
        "municipality CHAR(4) NOT NULL, "
        f"made_at {instant} NOT NULL, "
        f"expires_at {instant} NOT NULL, "
        "request VARCHAR(43), "
        f"accepted_at {instant}, "
        "CONSTRAINT pk_invitation PRIMARY KEY (id))"
    )


def downgrade() -> None:
    """Drop it: invitations that are out can then not be taken in."""
    op.get_bind().exec_driver_sql("DROP TABLE invitation")
