"""Recordings that somebody has made and not kept in the draft yet."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, in the transaction of Database.upgrade."""
    op.create_table(
        "held",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("chunk", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("audio", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["audio"], ["blob.hash"], name=op.f("fk_held_audio")),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_held_draft")),
        sa.PrimaryKeyConstraint("person", "draft", "language", "chunk", name=op.f("pk_held")),
    )
