"""What is kept of calls: single records, the journals that they came from, counts, and the keys of days."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, in the transaction of Database.upgrade."""
    op.create_table(
        "call_key",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_call_key")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    op.create_table(
        "record",
        sa.Column("journal", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("call", sa.String(length=32), nullable=False),
        sa.Column("before", sa.String(length=32), nullable=True),
        sa.Column("asked", sa.String(length=16), nullable=True),
        *_told(),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["journal"], ["journal.id"], name=op.f("fk_record_journal")),
        sa.PrimaryKeyConstraint("journal", "seq", name=op.f("pk_record")),
        sa.UniqueConstraint("call", "asked", name=op.f("uq_record_call")),
    )
    for column in ("at", "before"):
        op.create_index(op.f(f"ix_record_{column}"), "record", [column], unique=False)
    op.create_table(
        "record_count",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hour", Moment(), nullable=False),
        *_told(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_record_count")),
    )
    op.create_index(op.f("ix_record_count_hour"), "record_count", ["hour"], unique=False)
    op.create_table(
        "upkeep",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upkeep")),
    )
    op.execute(sa.text("INSERT INTO upkeep (id, at) VALUES (1, '2026-01-01 00:00:00.000000')"))


def _told() -> tuple[sa.Column[str], ...]:
    """What a record tells of a step, and a count of many."""
    lengths = {"edition": 10, "alert": 200, "language": 16, "place": 200, "heard": 100, "desk": 64, "outcome": 20}
    return tuple(sa.Column(name, sa.String(length=length), nullable=False) for name, length in lengths.items())
