"""Notices to staff: what each wishes to hear, the outbox, and whose turn it is to send."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, in the transaction of Database.upgrade."""
    op.create_table(
        "notice_address",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("chat", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_notice_address_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_notice_address")),
    )
    op.create_table(
        "notice_wish",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_notice_wish_account")),
        sa.PrimaryKeyConstraint("account", "kind", "way", name=op.f("pk_notice_wish")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("next", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_notice_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", "account", "way", name=op.f("uq_notice_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_notice_next"), "notice", ["next"], unique=False)
    op.create_table(
        "notice_turn",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=16), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_turn")),
    )
    op.execute(sa.text("INSERT INTO notice_turn (id, holder, until) VALUES (1, '', '2026-01-01 00:00:00.000000')"))
