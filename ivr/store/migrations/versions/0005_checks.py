"""What the rules said of an edition on a day; and what makes one doubt a recording that is held."""

import sqlalchemy as sa
from alembic import op

from ivr.store.tables import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column, in the transaction of Database.upgrade."""
    op.create_table(
        "checked",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("problems", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", "day", name=op.f("pk_checked")),
    )
    op.add_column("held", sa.Column("doubts", sa.JSON(none_as_null=True), nullable=True))
