"""The tables. Migrations make them; a test holds the two against each other.

Every moment is kept in UTC. `audit`, `publication`, `edition` and `revision` are only ever
appended to: triggers refuse UPDATE and DELETE.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

APPEND_ONLY = ("audit", "publication", "edition", "revision")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


_ALERTS = String(1000).with_variant(String(200), "sqlite")
"""Numbers of alerts. SQLite holds nothing to a length, and to change one it would copy all that is there."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _serial(name: str = "seq") -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=True)


def _actor(prefix: str = "by", nullable: bool = False) -> tuple[Column[str], Column[str]]:
    """Who did it: an opaque id and the name at that time."""
    return Column(prefix, String(64), nullable=nullable), Column(f"{prefix}_name", String(200), nullable=nullable)


def _told() -> tuple[Column[str], ...]:
    """What a record tells of a step, and a count of many."""
    types = {
        "edition": String(10),
        "alert": _ALERTS,
        "language": String(16),
        "place": String(200),
        "heard": String(100),
        "desk": String(64),
        "outcome": String(20),
    }
    return tuple(Column(name, kind, nullable=False) for name, kind in types.items())


blob = Table(
    "blob",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("files", JSON, nullable=False),
    Column("origin", String(10), nullable=False),
    Column("at", Moment, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    _serial("id"),
    Column("title", String(200), nullable=False),
    Column("base", String(10), ForeignKey("edition.id"), nullable=False),
    Column("status", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    *_actor(),
    Column("at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", String(64)),
    *_actor("submitted_by", nullable=True),
    Column("submitted_at", Moment),
    *_actor("approved_by", nullable=True),
    Column("approved_at", Moment),
    Column("sent_back", Text, nullable=False),
    Column("files_of", String(10)),
    sqlite_autoincrement=True,
)

revision = Table(
    "revision",
    metadata,
    _serial(),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False),
    Column("file", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("act", String(20), nullable=False),
    *_actor(),
    Column("at", Moment, nullable=False),
    Unique("draft", "file", "key", "version"),
    sqlite_autoincrement=True,
)

lagging = Table(
    "lagging",
    metadata,
    Column("draft", Integer, ForeignKey("draft.id"), primary_key=True),
    Column("file", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
)

unsaved = Table(
    "unsaved",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("draft", Integer, ForeignKey("draft.id"), primary_key=True),
    Column("file", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

take = Table(
    "take",
    metadata,
    _serial(),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False, index=True),
    Column("language", String(16), nullable=False),
    Column("chunk", String(200), nullable=False),
    Column("words", Text, nullable=False),
    Column("audio", String(64), ForeignKey("blob.hash")),
    Column("source", String(40), nullable=False),
    *_actor(),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

held = Table(
    "held",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("draft", Integer, ForeignKey("draft.id"), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("chunk", String(200), primary_key=True),
    Column("words", Text, nullable=False),
    Column("audio", String(64), ForeignKey("blob.hash"), nullable=False),
    Column("source", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("doubts", JSON(none_as_null=True)),
)

long_recording = Table(
    "long_recording",
    metadata,
    _serial("id"),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False, index=True),
    Column("language", String(16), nullable=False),
    Column("person", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("problem", JSON(none_as_null=True)),
    sqlite_autoincrement=True,
)

cut = Table(
    "cut",
    metadata,
    Column("recording", Integer, ForeignKey("long_recording.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("start", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("chunk", String(200)),
    Column("words", Text, nullable=False),
    Column("heard", Text, nullable=False),
    Column("audio", String(64), ForeignKey("blob.hash")),
    Column("doubts", JSON(none_as_null=True)),
)

checked = Table(
    "checked",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("problems", JSON(none_as_null=True)),
    Column("step", String(20)),
)

errand = Table(
    "errand",
    metadata,
    _serial("id"),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False, index=True),
    Column("acts", JSON, nullable=False),
    Column("asked", JSON, nullable=False),
    *_actor(),
    Column("roles", JSON, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("ended_at", Moment),
    Column("outcome", String(10)),
    Column("told", JSON(none_as_null=True)),
    sqlite_autoincrement=True,
)

paper = Table(
    "paper",
    metadata,
    _serial("id"),
    Column("digest", String(64), nullable=False, index=True),
    Column("title", String(300), nullable=False),
    Column("file", String(100), nullable=False),
    Column("needs", String(40), nullable=False),
    Column("back", String(300), nullable=False),
    Column("html", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),
    Column("ended_at", Moment),
    Column("told", JSON(none_as_null=True)),
    Column("content", LargeBinary),
    sqlite_autoincrement=True,
)

remark = Table(
    "remark",
    metadata,
    _serial("id"),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False, index=True),
    Column("file", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("answers", Integer, ForeignKey("remark.id")),
    Column("words", Text, nullable=False),
    Column("text", Text, nullable=False),
    *_actor(),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

taken_in = Table(
    "taken_in",
    metadata,
    Column("edition", String(10), ForeignKey("edition.id"), primary_key=True),
    Column("shipped", String(10), ForeignKey("edition.id"), nullable=False),
    Column("at", Moment, nullable=False),
)

publication = Table(
    "publication",
    metadata,
    _serial(),
    Column("kind", String(10), nullable=False),
    Column("at", Moment, nullable=False),
    Column("edition", String(10), ForeignKey("edition.id")),
    Column("target", Integer, ForeignKey("publication.seq")),
    Column("draft", Integer, ForeignKey("draft.id")),
    *_actor(),
    Column("done", Moment, nullable=False),
    sqlite_autoincrement=True,
)

alert = Table(
    "alert",
    metadata,
    _serial("id"),
    Column("words", JSON, nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    *_actor(),
    Column("at", Moment, nullable=False),
    *_actor("approved_by", nullable=True),
    Column("approved_at", Moment),
    *_actor("ended_by", nullable=True),
    Column("ended_at", Moment),
    Column("lapses", Moment),
    Column("practice", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

closure = Table(
    "closure",
    metadata,
    _serial("id"),
    Column("desk", String(64), nullable=False),
    Column("start", Moment, nullable=False),
    Column("end", Moment, nullable=False),
    *_actor(),
    Column("at", Moment, nullable=False),
    *_actor("ended_by", nullable=True),
    Column("ended_at", Moment),
    sqlite_autoincrement=True,
)

duty = Table(
    "duty",
    metadata,
    Column("family", String(16), primary_key=True),
    Column("name", String(64), primary_key=True),
    *_actor("person"),
    *_actor(),
    Column("at", Moment, nullable=False),
)

pulse = Table(
    "pulse",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stamp", String(32), nullable=False),
)

code = Table(
    "code",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("person_name", String(200), nullable=False),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False),
    Column("language", String(16), nullable=False),
    Column("chunk", String(200), nullable=False),
    Column("expires", Moment, nullable=False),
    Column("used_at", Moment),
)

guess = Table(
    "guess",
    metadata,
    _serial(),
    Column("call", String(64), nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
    sqlite_autoincrement=True,
)

account = Table(
    "account",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("password", String(200), nullable=False),
    Column("secret", String(255), nullable=False),
    Column("stamp", String(32), nullable=False),
    Column("step", Integer, nullable=False),
    Column("stopped_at", Moment),
    Column("at", Moment, nullable=False),
    Column("set_up_at", Moment),
    Column("link", String(64), unique=True),
    Column("link_until", Moment),
    Column("invited_as", String(254), index=True, unique=True),
)

passkey = Table(
    "passkey",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.id"), nullable=False, index=True),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("signatures", BigInteger, nullable=False),
    Column("name", String(100), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account", String(64), ForeignKey("account.id"), nullable=False, index=True),
    Column("used_at", Moment),
)

identity = Table(
    "identity",
    metadata,
    Column("issuer", String(500), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("account", String(64), ForeignKey("account.id"), nullable=False, unique=True),
    Column("at", Moment, nullable=False),
)

spent = Table(
    "spent",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("until", Moment, nullable=False),
)

stash = Table(
    "stash",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("origin", String(80), primary_key=True),
    Column("known", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("act", String(40), nullable=False),
    Column("what", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

call_key = Table(
    "call_key",
    metadata,
    Column("day", Date, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("taken", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("journal", String(16), ForeignKey("journal.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, index=True),
    Column("call", String(32), nullable=False),
    Column("before", String(32), index=True),
    Column("asked", String(16)),
    *_told(),
    Column("seconds", Integer),
    Column("talked", Integer),
    Unique("call", "asked"),
)

record_count = Table(
    "record_count",
    metadata,
    _serial(),
    Column("hour", Moment, nullable=False, index=True),
    *_told(),
    Column("number", Integer, nullable=False),
    Column("seconds", BigInteger, nullable=False),
)

tally = Table(
    "tally",
    metadata,
    Column("day", Date, primary_key=True),
    Column("edition", String(10), primary_key=True),
    Column("alert", _ALERTS, primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("figure", String(20), primary_key=True),
    Column("item", String(220), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("seconds", BigInteger, nullable=False),
    Column("squares", BigInteger, nullable=False),
)

upkeep = Table(
    "upkeep",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
)

notice_address = Table(
    "notice_address",
    metadata,
    Column("account", String(64), ForeignKey("account.id"), primary_key=True),
    Column("mail", String(254), nullable=False),
    Column("chat", Text, nullable=False),
    Column("language", String(16), nullable=False),
)

notice_wish = Table(
    "notice_wish",
    metadata,
    Column("account", String(64), ForeignKey("account.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("way", String(10), primary_key=True),
)

notice = Table(
    "notice",
    metadata,
    _serial("id"),
    Column("key", String(200), nullable=False),
    Column("account", String(64), ForeignKey("account.id"), nullable=False),
    Column("way", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("message", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("path", String(300), nullable=False),
    Column("at", Moment, nullable=False),
    Column("next", Moment, index=True),
    Column("tries", Integer, nullable=False),
    Column("sent_at", Moment),
    Column("problem", JSON(none_as_null=True)),
    Unique("key", "account", "way"),
    sqlite_autoincrement=True,
)

notice_turn = Table(
    "notice_turn",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(16), nullable=False),
    Column("until", Moment, nullable=False),
)
