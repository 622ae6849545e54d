"""Room in records and figures for as many alerts as a call can hear."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lengthen the columns, in the transaction of Database.upgrade; SQLite needs nothing (`tables.py`)."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in ("record", "record_count", "tally"):
        op.alter_column(
            table, "alert", existing_type=sa.String(length=200), type_=sa.String(length=1000), existing_nullable=False
        )
