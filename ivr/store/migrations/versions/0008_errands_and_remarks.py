"""What was asked for by a press and is carried out beside the request; what is said of a text of a draft."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the column, in the transaction of Database.upgrade."""
    op.create_table(
        "errand",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        *_actor(),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("told", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_errand_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_errand_draft"), "errand", ["draft"], unique=False)
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_actor(),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["answers"], ["remark.id"], name=op.f("fk_remark_answers")),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_remark_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_remark_draft"), "remark", ["draft"], unique=False)
    op.add_column("checked", sa.Column("step", sa.String(length=20), nullable=True))


def _actor() -> tuple[sa.Column[str], ...]:
    """Who did it: an opaque id and the name at that time."""
    return (
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
    )
