"""A city hall that stands for all tests of a module, as if nothing had happened in it before."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from ivr.people.persons import Role
from ivr.store.tables import account, attempt, identity, passkey, recovery_code, spent, stash
from tests.support.clock import MOMENT, WALL
from tests.support.town import PASSWORD, Town, open_town


@pytest.fixture(scope="module")
def standing_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """With an administrator; no voice is made beside it."""
    WALL.now = MOMENT
    with open_town(tmp_path_factory.mktemp("hall")) as town:
        with_administrator(town)
        yield town


@pytest.fixture
def hall(standing_hall: Town) -> Town:
    """The same, where nobody has done anything yet."""
    return as_before(standing_hall)


def with_administrator(town: Town) -> Town:
    """A city hall with somebody who looks after the accounts."""
    _, address = town.accounts.add("kanri", "管理", [Role.ADMINISTRATOR], PASSWORD, MOMENT)
    town.secrets["kanri"] = secret_of(address)
    return town


def secret_of(address: str) -> str:
    """The secret in the address of a second factor."""
    return address.partition("secret=")[2].partition("&")[0]


def as_before(town: Town) -> Town:
    """Forget ways in, tries and used codes; whoever was stopped may sign in again."""
    with town.office.database.writing() as connection:
        for table in (attempt, identity, passkey, recovery_code, spent, stash):
            connection.execute(delete(table))
        connection.execute(update(account).values(step=0, invited_as=None, stopped_at=None))
    town.used.clear()
    return town
