"""Whose files a draft is written into; and of which release an edition has all, where nothing had to be brought."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column, in the transaction of Database.upgrade. No foreign key: SQLite
    would copy all drafts for one, and no edition ever goes."""
    op.create_table(
        "taken_in",
        sa.Column("edition", sa.String(length=10), nullable=False),
        sa.Column("shipped", sa.String(length=10), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name=op.f("fk_taken_in_edition")),
        sa.ForeignKeyConstraint(["shipped"], ["edition.id"], name=op.f("fk_taken_in_shipped")),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_taken_in")),
    )
    op.add_column("draft", sa.Column("files_of", sa.String(length=10), nullable=True))
