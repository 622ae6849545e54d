"""The program by the machine's own clock: whatever instant it is, and it is another at each date of
tests/support/any_day.py, a call is answered, pages are read, and staff warn callers of something."""

from datetime import timedelta

import pytest
from flask import Flask

from ivr import clock
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from tests.support.clock import MACHINE
from tests.support.given import ORIGIN, SIGNER
from tests.support.town import Town

pytestmark = pytest.mark.clock


@pytest.fixture(autouse=True)
def machine_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_machine", MACHINE)


def ring(app: Flask, origin: str = ORIGIN) -> Handset:
    """A call that brings no time of its own."""
    caller = Handset(Wsgi(app, SIGNER, origin), status_url=None)
    caller.dial()
    return caller


@pytest.mark.parametrize("keys", ["5", "0", "11", "331", "332", "333", "3341", "3342", "40"])
def test_a_call_comes_to_its_words(app: Flask, keys: str) -> None:
    caller = ring(app)
    caller.press(keys)
    assert caller.listening or caller.ringing
    assert not caller.hung_up


@pytest.mark.parametrize("path", ["/", "/en", "/phone", "/en/phone", "/healthz", "/metrics", "/staff/sign-in"])
def test_a_page_is_read(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 200


def test_staff_sign_in_and_warn_callers_for_an_hour(town: Town) -> None:
    editor = town.visitor()
    editor.now = clock.utc_now()
    assert "いま、電話で聞こえること" in editor.sign_in("eto")
    words = "区役所を名乗る、偽の電話が増えています。"
    end = (editor.now + timedelta(hours=1)).astimezone(town.office.shelf.line("", editor.now).zone)
    editor.get("/staff/alerts?from=0")
    said = editor.send("/alerts/look", **{"words-ja": words, "words-en": "Beware.", "end": f"{end:%Y-%m-%dT%H:%M}"})
    assert "このお知らせを、電話に流しますか" in said
    editor.send("/alerts")
    assert "電話に流しました" in editor.text
    assert ring(town.app, town.app.extensions["ivr.settings"].public_url).heard(words)
    assert town.ring(editor.now + timedelta(minutes=58)).heard(words)
    assert not town.ring(editor.now + timedelta(minutes=61)).heard(words)
