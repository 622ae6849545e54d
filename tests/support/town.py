"""What the tests of the console share: the application with its console, people with accounts,
and a visitor who fills in forms as they are on the page. There are no tests in here."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr.clock import NOW
from ivr.editions.checks import at_once
from ivr.editions.office import Office
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.people import passwords
from ivr.people.accounts import Accounts
from ivr.people.persons import Role
from ivr.staff.wording import cut_here
from ivr.store.leased_work import once
from ivr.voice.booth import Booth
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import SIGNER, settings_for

PASSWORD = "長い言葉は覚えやすい12"
ORIGIN = "http://localhost"
"""Where Flask's test client is; over http its cookies need not be secure."""

GREETING = "say.greeting"
PEOPLE = {
    "eto": ("江藤", (Role.EDITOR,)),
    "ebina": ("蛯名", (Role.EDITOR,)),
    "abe": ("安部", (Role.APPROVER,)),
    "baba": ("馬場", (Role.EDITOR, Role.APPROVER)),
}


# Argon2 is slow on purpose; hundreds of sign-ins of tests need not be. test_staff_sessions has the real one.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Client(FlaskClient):
    """Flask's, which puts a large file that was sent away with its answer, not whenever Python finds it."""

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """As FlaskClient."""
        answer = super().open(*args, **more)
        answer.request.environ["wsgi.input"].close()
        return answer


def console_app(data_dir: Path, **environ: str) -> Flask:
    """The application with its console; requests are not counted, and the rules of the whole line, which
    take long, find nothing, at once."""
    app = create_app(settings_for(data_dir, **{"PUBLIC_URL": ORIGIN, **environ}))
    app.test_client_class = Client
    rooms = app.extensions["ivr.office"]
    rooms.checks.rules, rooms.checks.begin, rooms.checks.leases = (lambda _asked: ()), at_once, None
    rooms.errands.work.begin, rooms.errands.work.leases = once, None
    papers = app.extensions["ivr.console"].papers
    papers.work.begin, papers.work.leases = once, None
    app.extensions["ivr.console"].wording.cut = cut_here
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    return app


def accounts_of(app: Flask) -> Accounts:
    """Who may sign in there."""
    return Accounts(app.extensions["ivr.office"].database, app.extensions["ivr.settings"].secret_key)


def secrets_of(app: Flask) -> dict[str, str]:
    """Accounts for everybody: sign-in name -> secret of the second factor."""
    people = accounts_of(app)
    found = {}
    for login, (name, roles) in PEOPLE.items():
        _, address = people.add(login, name, roles, PASSWORD, MOMENT)
        found[login] = pyotp.parse_uri(address).secret
    return found


@dataclass
class Visitor:
    """Somebody with a browser that runs no scripts. `now` is what the console's clock shows."""

    town: "Town"
    _client: FlaskClient
    now: datetime = MOMENT
    page: TestResponse | None = None

    @property
    def client(self) -> FlaskClient:
        """The browser: each of its requests comes at this visitor's time."""
        environ: dict[str, object] = self._client.environ_base  # type: ignore[assignment]
        environ[NOW] = self.now
        return self._client

    def get(self, path: str) -> str:
        """Go to a page: what it says, without its marks."""
        self.page = self.client.get(path)
        return self._follow()

    def send(self, action: str = "", **values: str | tuple[object, str]) -> str:
        """Fill in the form of the page that leads to `action` (any if left out), and send it."""
        target, fields = self.form(action)
        self.page = self.client.post(target, data={**fields, **values})
        return self._follow()

    def _follow(self) -> str:
        """Where the answer leads."""
        while self.page is not None and self.page.location:
            self.page = self.client.get(self.page.location)
        return self.text

    def form(self, action: str = "") -> tuple[str, dict[str, str]]:
        """Where a form leads, and what stands in it."""
        return form_in(self.html, self.path, action)

    def sign_in(self, login: str, password: str = PASSWORD, code: str | None = None) -> str:
        """Sign in; with a right code if none is given."""
        self.get("/staff/sign-in")
        return self.send("/sign-in", login=login, password=password, code=code or self.code(login))

    def enter(self, login: str) -> None:
        """Sign in, and do not wait for the first page: it takes as long as all else about it."""
        self.get("/staff/sign-in")
        target, fields = self.form("/sign-in")
        fields |= {"login": login, "password": PASSWORD, "code": self.code(login)}
        self.page = self.client.post(target, data=fields)
        assert self.page.location, self.text

    def code(self, login: str) -> str:
        """The next code of the second factor that was not used yet: its clock runs on."""
        step = max(int(self.now.timestamp()) // 30 - 1, self.town.used.get(login, 0) + 1)
        self.town.used[login] = step
        return pyotp.TOTP(self.town.secrets[login]).generate_otp(step)

    @property
    def path(self) -> str:
        """Where the page is."""
        assert self.page is not None
        return urlsplit(self.page.request.path).path

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.get_data(as_text=True)

    @property
    def text(self) -> str:
        """What the page's main part says."""
        return text_of(self.html)

    @property
    def status(self) -> int:
        assert self.page is not None
        return self.page.status_code

    def later(self, **delta: float) -> "Visitor":
        """The same visitor, some time on."""
        return replace(self, now=self.now + timedelta(**delta))


@dataclass
class Town:
    """A city hall with people in it."""

    app: Flask
    secrets: dict[str, str]
    used: dict[str, int] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        found: Office = self.app.extensions["ivr.office"]
        return found

    @property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return accounts_of(self.app)

    def visitor(self) -> Visitor:
        """Somebody who has not signed in."""
        return Visitor(self, self.app.test_client())

    def who(self, login: str) -> Visitor:
        """Somebody who has."""
        found = self.visitor()
        found.enter(login)
        return found

    def ring(self, at: datetime = MOMENT) -> Handset:
        """A new call."""
        caller = Handset(Wsgi(self.app, SIGNER, self.app.extensions["ivr.settings"].public_url), at=at)
        caller.dial()
        return caller


@contextmanager
def open_town(data_dir: Path, **environ: str) -> Iterator[Town]:
    """A city hall, until it is closed; no voice is made beside the tests."""
    with patch.object(Booth, "begin"):
        app = console_app(data_dir, **environ)
        yield Town(app, secrets_of(app))
        app.extensions["ivr.office"].database.close()


@contextmanager
def shared_town(data_dir: Path) -> Iterator[Town]:
    """One for several tests, each of which begins a draft of its own: everybody has signed in once, since a code of
    the second factor is good once."""
    with open_town(data_dir) as made:
        made.who = cache(made.who)  # type: ignore[method-assign]
        yield made


def number(draft: str) -> int:
    """The number of a draft, by its address."""
    return int(draft.rpartition("/")[2])


def begun(visitor: Visitor, title: str = "あいさつを変える") -> str:
    """A draft begun at the console: its address."""
    visitor.get("/staff/drafts")
    assert "下書きを始めました" in visitor.send("/drafts", title=title)
    assert visitor.page is not None
    return visitor.page.request.path


def published(town: Town, editor: Visitor, draft: str) -> Handset:
    """The draft on its way to callers, and one of them."""
    editor.get(f"{draft}/submit")
    assert "承認を申請しました" in editor.send("/submit", reason="聞き取りやすくするため"), editor.text
    approver = town.who("abe")
    approver.get(f"{draft}/approve")
    approver.send("/approve")
    approver.get(f"{draft}/publish")
    assert "公開しました" in approver.send("/publish")
    return town.ring()


def form_in(html: str, path: str, action: str = "") -> tuple[str, dict[str, str]]:
    """Where the form of a page (at `path`) that leads to `action` leads, and what stands in it."""
    main = html.partition("<main")[2]
    for opening, inside in re.findall(r"<form([^>]*)>(.*?)</form>", main, re.DOTALL):
        found = re.search(r'action="([^"]*)"', opening)
        target = unescape(found.group(1)) if found else path
        if 'method="post"' in opening and target.endswith(action):
            return target, _fields(inside)
    raise AssertionError(f"no form leads to {action!r}: {text_of(html)}")


def text_of(html: str) -> str:
    """What the main part of a page says."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main.partition(">")[2])).split())


def _fields(inside: str) -> dict[str, str]:
    """The fields of a form by name, as a browser would send them."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", inside):
        kind, name, value = (_attribute(tag, each) for each in ("type", "name", "value"))
        if name and kind != "file" and (kind not in ("checkbox", "radio") or " checked" in tag):
            found[name] = value or ""
    for tag, words in re.findall(r"(<textarea[^>]*>)(.*?)</textarea>", inside, re.DOTALL):
        found[_attribute(tag, "name") or ""] = unescape(words)
    for tag, options in re.findall(r"(<select[^>]*>)(.*?)</select>", inside, re.DOTALL):
        values = re.findall(r'<option value="([^"]*)"[^>]*selected', options) or re.findall(r'value="([^"]*)"', options)
        found[_attribute(tag, "name") or ""] = unescape(values[0])
    return found


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else None
