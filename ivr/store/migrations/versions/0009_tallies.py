"""Figures of the calls, for each day, and the seconds of a transfer."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column, in the transaction of Database.upgrade. The figures of days before are
    counted by `flask records recount`."""
    op.add_column("record", sa.Column("talked", sa.Integer(), nullable=True))
    op.create_table(
        "tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("edition", sa.String(length=10), nullable=False),
        sa.Column("alert", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("figure", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=220), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("squares", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "edition", "alert", "language", "figure", "item", name=op.f("pk_tally")),
    )
