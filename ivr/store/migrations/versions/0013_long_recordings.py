"""Long recordings of many texts, and what was cut out of them and is not decided on."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, in the transaction of Database.upgrade."""
    op.create_table(
        "long_recording",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_long_recording_draft")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_long_recording")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_long_recording_draft"), "long_recording", ["draft"], unique=False)
    op.create_table(
        "cut",
        sa.Column("recording", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("chunk", sa.String(length=200), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("audio", sa.String(length=64), nullable=True),
        sa.Column("doubts", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["recording"], ["long_recording.id"], name=op.f("fk_cut_recording")),
        sa.ForeignKeyConstraint(["audio"], ["blob.hash"], name=op.f("fk_cut_audio")),
        sa.PrimaryKeyConstraint("recording", "seq", name=op.f("pk_cut")),
    )
