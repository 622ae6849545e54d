"""Notices from the real server: several processes, one letter; and one that is killed in the middle loses none."""

import os
import signal
from pathlib import Path

import pytest

from ivr.notices.kinds import Kind, Way
from ivr.notices.outbox import notify
from ivr.notices.wishes import WishBook, Wishes
from ivr.people.accounts import Accounts
from ivr.people.persons import Role
from ivr.people.telling import told
from ivr.store.database import Database
from tests.notices.conftest import MailHouse
from tests.support.clock import MACHINE
from tests.support.server import children, server, wait_for
from tests.support.town import PASSWORD

pytestmark = pytest.mark.slow(8)

MANY = 5


def test_several_processes_send_each_letter_once_and_lose_none_when_killed(
    tmp_path: Path, plain_house: MailHouse
) -> None:
    mail = f"smtp+plain://127.0.0.1:{plain_house.port}"
    secret = "a key of thirty-two characters, or more"
    plain_house.refuses = "421 Not yet"
    folder, sender = tmp_path / "data", "line@city.example.jp"
    with server(folder, WORKERS="3", SECRET_KEY=secret, SMTP_URL=mail, SMTP_SENDER=sender) as started:
        database = Database(f"sqlite:///{folder / 'line.db'}")
        account, _ = Accounts(database, secret).add("abe", "安部", [Role.APPROVER], PASSWORD, MACHINE())
        chosen = frozenset({(Kind.SUBMITTED, Way.MAIL)})
        WishBook(database, secret).choose(account.person, Wishes("abe@city.example.jp", "", "ja", chosen), MACHINE())
        with database.writing() as connection:
            for number in range(MANY):
                notify(connection, Kind.SUBMITTED, told("A draft was approved"), f"/staff/drafts/{number}", MACHINE())
        workers = children(started.process.pid)
        os.kill(workers[0], signal.SIGKILL)
        plain_house.refuses = ""
        wait_for(lambda: len(plain_house.letters) == MANY, 100)
        database.close()
    assert len({letter["Message-ID"] for letter in plain_house.letters}) == MANY == len(plain_house.letters)
