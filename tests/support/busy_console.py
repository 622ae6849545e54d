"""A console that is used hard, by real requests of people who have signed in: uploads and publications."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import pyotp
import requests

from ivr.people.accounts import Accounts
from ivr.people.persons import Role
from ivr.wiring import create_app
from tests.support.clock import MOMENT
from tests.support.given import settings_for
from tests.support.town import PASSWORD, form_in, text_of
from tests.support.voices import noise

UPLOADS, PUBLICATIONS = 10, 3
PATIENCE = 180.0
"""Seconds that a page, or what was asked for there, may take [own value]."""


def two_people(data: Path, url: str) -> dict[str, str]:
    """Accounts of an editor and an approver of the line with its data there and this database: sign-in name -> secret
    of the second factor."""
    app = create_app(settings_for(data, DATABASE_URL=url))
    people = Accounts(app.extensions["ivr.office"].database, app.extensions["ivr.settings"].secret_key)
    found = {}
    for login, role in (("eto", Role.EDITOR), ("abe", Role.APPROVER)):
        _, address = people.add(login, login, [role], PASSWORD, MOMENT)
        found[login] = pyotp.parse_uri(address).secret
    app.extensions["ivr.office"].database.close()
    return found


@dataclass
class Colleague:
    """Somebody with a browser, who fills in forms as they are on the page."""

    origin: str
    session: requests.Session = field(default_factory=requests.Session)
    page: requests.Response = field(init=False)

    def sign_in(self, login: str, secret: str) -> None:
        self.get("/staff/sign-in")
        self.send("/sign-in", {"login": login, "password": PASSWORD, "code": pyotp.TOTP(secret).now()})

    def get(self, path: str) -> None:
        """Go to a page."""
        self._went(self.session.get(self.origin + path, timeout=PATIENCE))

    def send(self, action: str, values: Mapping[str, str], file: tuple[str, str, bytes] | None = None) -> None:
        """Fill in the form of the page that leads to `action`; a `file` is (field, name, content)."""
        target, fields = form_in(self.page.text, self.page.url, action)
        self._went(
            self.session.post(
                urljoin(self.page.url, target),
                data={**fields, **values},
                files={file[0]: (file[1], file[2])} if file else None,
                headers={"Origin": self.origin},
                timeout=PATIENCE,
            )
        )

    def wait(self, for_words: str) -> None:
        """Until what was asked for is done, and says so."""
        until = time.monotonic() + PATIENCE
        while self.page.url.endswith("/going-on") and self.page.ok:
            assert time.monotonic() < until, "it was not done in time"
            time.sleep(0.5)
            self._went(self.session.get(self.page.url, timeout=PATIENCE))
        assert for_words in self.page.text, text_of(self.page.text)

    def _went(self, page: requests.Response) -> None:
        assert page.status_code in (200, 400, 409), (page.url, page.status_code, text_of(page.text))
        self.page = page


@dataclass(frozen=True)
class Used:
    """What they did, in so many `seconds`."""

    uploads: int
    publications: int
    seconds: float

    def told(self) -> str:
        """A line of figures."""
        return f"{self.uploads} uploads and {self.publications} publications in {self.seconds:.0f} s"


def use_it_hard(
    origin: str, secrets: Mapping[str, str], uploads: int = UPLOADS, publications: int = PUBLICATIONS
) -> Used:
    """Publish a change of the greeting so many times, and upload one file after another meanwhile."""
    began = time.monotonic()
    editor, approver = Colleague(origin), Colleague(origin)
    editor.sign_in("eto", secrets["eto"])
    approver.sign_in("abe", secrets["abe"])
    other = Colleague(origin)
    other.session.cookies.update(editor.session.cookies)
    with ThreadPoolExecutor(1) as hands:
        uploading = hands.submit(_upload, other, uploads)
        for number in range(publications):
            _publish(editor, approver, number)
        uploading.result()
    return Used(uploads, publications, time.monotonic() - began)


def _publish(editor: Colleague, approver: Colleague, number: int) -> None:
    """The whole way of a change to the greeting."""
    draft = _begun(editor, f"あいさつ {number}")
    editor.get(f"{draft}/prompts/say.greeting")
    editor.send("/say.greeting", {"text-ja": f"案内の{'いろはにほへと'[number]}です。"})
    editor.get(f"{draft}/submit")
    editor.send("/submit", {"reason": "聞き取りやすくするため"})
    editor.wait("承認を申請しました")
    for act, done in (("approve", "承認しました"), ("publish", "公開しました")):
        approver.get(f"{draft}/{act}")
        approver.send(f"/{act}", {})
        approver.wait(done)


def _upload(editor: Colleague, times: int) -> None:
    """Recordings of a minute, and all texts as a spreadsheet, by turns."""
    draft = _begun(editor, "録音と表")
    sheet = editor.session.get(f"{editor.origin}{draft}/texts.xlsx", timeout=PATIENCE).content
    for number in range(times):
        if number % 2:
            editor.get(f"{draft}/exchange")
            editor.send("/import/look", {}, ("file", "texts.xlsx", sheet))
        else:
            editor.get(f"{draft}/voice/ja/say.goodbye")
            editor.send("/take/ja/say.goodbye", {}, ("sound", "noise.wav", noise()))


def _begun(editor: Colleague, title: str) -> str:
    """A draft: its address."""
    editor.get("/staff/drafts")
    editor.send("/drafts", {"title": title})
    return editor.page.url.removeprefix(editor.origin)
