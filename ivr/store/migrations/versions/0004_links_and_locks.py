"""One-time links for new accounts, sealed secrets, locks by account and address, alerts that lapse."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables, in the transaction of Database.upgrade. Secrets are sealed when the
    program starts, since only it knows the key. SQLite changes no column in place: there the
    table is copied."""
    with op.batch_alter_table("account") as account:
        account.alter_column("secret", existing_type=sa.String(64), type_=sa.String(255), existing_nullable=False)
        account.drop_column("tries")
        account.drop_column("locked_until")
        account.add_column(sa.Column("set_up_at", Moment(), nullable=True))
        account.add_column(sa.Column("link", sa.String(64), nullable=True))
        account.add_column(sa.Column("link_until", Moment(), nullable=True))
        account.create_unique_constraint(op.f("uq_account_link"), ["link"])
    op.create_table(
        "attempt",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("account", "origin", name=op.f("pk_attempt")),
    )
    op.add_column("alert", sa.Column("lapses", Moment(), nullable=True))
