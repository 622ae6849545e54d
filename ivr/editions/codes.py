"""One-time codes, by which somebody at a telephone is known to the console.

A code has eight digits, lives ten minutes and is used once. Only its keyed hash is stored.
Wrong codes are counted for each call and over all calls, so that guessing leads nowhere: of
ten thousand guesses, CALL_GUESSES in a call and GUESSES in a window are looked at.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from ivr.editions.edition import Piece
from ivr.people.persons import Person
from ivr.people.refusals import Refused
from ivr.people.rights import Right, require
from ivr.people.trail import note
from ivr.store.database import Database
from ivr.store.tables import code as code_table
from ivr.store.tables import guess

DIGITS = 8
LIFE = timedelta(minutes=10)
CALL_GUESSES = 3
GUESSES = 20
WINDOW = timedelta(minutes=10)

_KEPT = timedelta(days=1)  # guesses and spent codes are cleared after that


class WrongCode(Refused):
    """No code that holds. `final`: this call may try no more. A code that is wrong, old or used
    is answered alike, so that nobody learns which."""

    def __init__(self, message: str, final: bool):
        self.final = final
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Errand:
    """What a code was given for: who is to record which piece of which draft. The person has
    the id and name of then; ask for their roles again."""

    person: str
    name: str
    draft: int
    piece: Piece


class Codes:
    """All codes. `key` is secret and the same in all workers."""

    def __init__(self, database: Database, key: bytes):
        self.database = database
        self._key = key

    def give(self, draft: int, piece: Piece, person: Person, now: datetime) -> str:
        """A new code for this person to record this piece. It replaces their earlier ones."""
        require(person, Right.RECORD)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        with self.database.writing() as connection:
            _clear(connection, now)
            connection.execute(delete(code_table).where(code_table.c.person == person.id))
            kept = {"hash": self._hash(code), "person": person.id, "person_name": person.name, "expires": now + LIFE}
            place = {"draft": draft, "language": piece.language, "chunk": piece.chunk}
            # a code that somebody else holds is taken over: one in a hundred million
            connection.execute(delete(code_table).where(code_table.c.hash == kept["hash"]))
            connection.execute(insert(code_table).values(**kept, **place))
            note(connection, person, now, "code.give", f"draft {draft}: {piece.language} {piece.chunk}")
        return code

    def redeem(self, code: str, call: str, now: datetime) -> Errand:
        """What the code keyed in this call (any key of it) is for; it holds no more after that.
        WrongCode."""
        with self.database.writing() as connection:
            refused = _refused(connection, call, now)
            errand = None if refused else self._spend(connection, code, now)
            if errand is None and not refused:
                connection.execute(insert(guess).values(call=call, at=now))
                refused = _refused(connection, call, now)
        if errand is not None:
            return errand
        raise refused or WrongCode("This code is not right, or too old.", final=False)

    def _spend(self, connection: Connection, code: str, now: datetime) -> Errand | None:
        holds = (code_table.c.hash == self._hash(code), code_table.c.expires > now, code_table.c.used_at.is_(None))
        row = connection.execute(select(code_table).where(*holds)).first()
        if row is None:
            return None
        connection.execute(update(code_table).where(*holds).values(used_at=now))
        person = Person(row.person, row.person_name, frozenset())
        note(connection, person, now, "code.use", f"draft {row.draft}: {row.language} {row.chunk}")
        return Errand(row.person, row.person_name, row.draft, Piece(row.language, row.chunk))

    def _hash(self, code: str) -> str:
        return hmac.new(self._key, f"code:{code}".encode(), hashlib.sha256).hexdigest()


def _refused(connection: Connection, call: str, now: datetime) -> WrongCode | None:
    """Why no code of this call is looked at now, be it right or wrong."""
    count = select(func.count()).select_from(guess)
    if connection.execute(count.where(guess.c.call == call)).scalar_one() >= CALL_GUESSES:
        return WrongCode("Too many wrong codes in this call.", final=True)
    if connection.execute(count.where(guess.c.at > now - WINDOW)).scalar_one() >= GUESSES:
        return WrongCode("Too many wrong codes were tried. Wait ten minutes.", final=True)
    return None


def _clear(connection: Connection, now: datetime) -> None:
    connection.execute(delete(code_table).where(code_table.c.expires < now - _KEPT))
    connection.execute(delete(guess).where(guess.c.at < now - _KEPT))
