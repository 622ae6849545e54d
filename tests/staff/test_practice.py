"""Practice: the whole way on a line of one's own, and nothing of it reaches the real one, whatever is tried."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from ivr.apart import Queue
from ivr.carrier.wire import BUILT_IN_ACCOUNT
from ivr.handset.handset import Handset
from ivr.handset.line_faults import LineFault
from ivr.handset.transport import Wsgi
from ivr.practising import Practising
from ivr.staff.practice_pages import HOME
from ivr.staff.practices import LASTS, Practices
from ivr.store.leased_work import once
from ivr.voice.booth import Booth
from tests.staff.test_browser import FILES
from tests.support.clock import MOMENT
from tests.support.given import SIGNER, greeting
from tests.support.town import GREETING, ORIGIN, Town, Visitor, open_town

NEW, WARNING = "これは練習のあいさつです。", "これは練習のお知らせです。"
CITY = "横浜市のマイナンバー担当に、おつなぎします"
MARK = "練習中。電話をかける人には聞こえません"
ADDRESS = re.compile(r'(?:href|action|src|formaction|data-[a-z]+)="(/[^"]*)"')


def at_once(_queue: Queue, work: Callable[[], None]) -> bool:
    work()
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@pytest.fixture(scope="module")
def city(folder: Path) -> Iterator[Town]:
    """A city hall; the rules of the whole line find nothing in its practices either."""
    rules = patch("ivr.wiring.Apart", lambda *_of: lambda _asked: ())
    errands, leases = patch("ivr.wiring.beside", once), patch("ivr.wiring.Leases", lambda _now: None)
    with rules, errands, leases, patch.object(Queue, "add", at_once), open_town(folder) as town:
        yield town
        for app in practising(town)._made.values():
            app.extensions["ivr.office"].database.close()


def practising(town: Town) -> Practising:
    found = town.app.wsgi_app
    assert isinstance(found, Practising)
    return found


def begun(visitor: Visitor) -> str:
    """A practice, and where it is."""
    visitor.get(HOME)
    visitor.send("/practice")
    assert visitor.status == 200 and MARK in visitor.html, visitor.text
    return "/".join(visitor.path.split("/")[:4])


def become(visitor: Visitor, root: str, who: str) -> None:
    """A press on the mark."""
    page = visitor.client.get(f"{root}/staff").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert token
    answer = visitor.client.post(f"{root}/staff/practice/be/{who}", data={"csrf_token": token[1]})
    assert answer.status_code == 303 and answer.location == f"{root}/staff"


def go_the_whole_way(visitor: Visitor, root: str) -> None:
    """Edit, hear, record, submit, approve as the second person, publish; and warn."""
    visitor.get(f"{root}/staff/drafts")
    assert "下書きを始めました" in visitor.send("/drafts", title="練習の変更")
    draft = f"{root}/staff/drafts/1"
    visitor.get(f"{draft}/prompts/{GREETING}")
    assert "下書きに保存しました" in visitor.send("", **{"text-ja": NEW})
    visitor.get(f"{draft}/voice/ja/{GREETING}")
    with patch.object(Booth, "take", lambda *_all: (b"a take", ())):
        assert "まだ下書きに入れていない" in visitor.send(f"/take/ja/{GREETING}", file=(io.BytesIO(b"x"), "x.wav"))
    visitor.send(f"/keep/ja/{GREETING}")
    visitor.get(f"{draft}/submit")
    assert "承認を申請しました" in visitor.send("/submit", reason="練習のため"), visitor.text
    become(visitor, root, "approver")
    visitor.get(f"{draft}/approve")
    visitor.send("/approve")
    visitor.get(f"{draft}/publish")
    assert "公開しました" in visitor.send("/publish"), visitor.text
    visitor.get(f"{root}/staff/alerts")
    visitor.send("/alerts/look", **{"words-ja": WARNING, "words-en": "A practice.", "end": "2026-11-24T18:00"})
    visitor.send("/alerts")


def ringing(town: Town, root: str) -> Handset:
    """A call to the line of a practice."""
    app = practising(town)._made[root.rpartition("/")[2]]
    caller = Handset(Wsgi(app, app.extensions["ivr.carrier"].signer, ORIGIN), at=MOMENT + timedelta(minutes=1))
    caller.dial()
    return caller


def heard(town: Town, root: str) -> str:
    """What a call to the line of a practice hears first."""
    return "".join(sound.text for sound in ringing(town, root).latest)


def joined(town: Town, root: str) -> str:
    """What a call to the line of a practice hears that asks for a person."""
    caller = ringing(town, root)
    caller.press("0")
    return "".join(sound.text for sound in caller.latest)


def go_back(town: Town, visitor: Visitor, root: str) -> None:
    """Close a desk and open it again, end the alert, and roll back: callers of the practice hear of each."""
    assert CITY in joined(town, root)
    visitor.get(f"{root}/staff/desks")
    assert "臨時に休んでいます" in visitor.send("/desks/look", **{"desk-city": "on", "until": "today"})
    visitor.send("/desks")
    assert CITY not in joined(town, root), "its desk is closed"
    visitor.get(f"{root}/staff")
    assert "ふだんの時間どおり" in visitor.send("/desks/reopen/1") and visitor.path == f"{root}/staff"
    assert CITY in joined(town, root)
    visitor.get(f"{root}/staff/alerts/1/end")
    visitor.send("/end")
    visitor.get(f"{root}/staff/editions/roll-back")
    assert "一つ前の版に戻しました" in visitor.send("/roll-back"), visitor.text
    first = heard(town, root)
    assert NEW not in first and WARNING not in first and greeting(town.office.shelf.line("", MOMENT)) in first


def state(town: Town, folder: Path) -> dict[str, object]:
    """All that the real line is: each row, each file, each answer to callers and readers."""
    with town.office.database.reading() as connection:
        tables = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
        found: dict[str, object] = {
            f"table {name}": sorted(map(str, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in tables
        }
    files = (each for each in folder.rglob("*") if each.is_file() and "practice" not in each.parts)
    ours = [each for each in files if not each.name.startswith("line.db")]
    found["files"] = {str(each): hashlib.sha256(each.read_bytes()).hexdigest() for each in ours}
    client = town.app.test_client()
    for path in ("/", "/en", "/phone", "/healthz"):
        found[path] = client.get(path).get_data()
    for keys in ("", "1", "12", "110", "2", "9", "0"):
        caller = Handset(Wsgi(town.app, SIGNER, ORIGIN), at=MOMENT, account_sid=BUILT_IN_ACCOUNT)  # who is nobody
        caller.dial()
        for key in keys:
            caller.press(key)
        found[f"call {keys}"] = [str(each) for each in caller.latest]
    return found


@contextmanager
def untouched(town: Town, folder: Path) -> Iterator[None]:
    """Whatever is done meanwhile, the real line is what it was."""
    before = state(town, folder)
    yield
    after = state(town, folder)
    for what in before.keys() | after.keys():
        assert after.get(what) == before.get(what), what


@pytest.mark.slow
def test_the_whole_way_is_gone_and_nothing_of_the_real_line_is_changed(city: Town, folder: Path) -> None:
    editor, other = city.who("eto"), city.who("abe")
    with untouched(city, folder):
        root = begun(editor)
        assert "江藤(練習・編集)" in editor.html
        go_the_whole_way(editor, root)
        first = heard(city, root)
        assert NEW in first and WARNING in first, "on the practice's line"
        go_back(city, editor, root)
        trail = editor.get(f"{root}/staff/audit")
        assert "江藤(練習・承認)" in trail and "江藤(練習・編集)" in trail, "it has a trail of its own"
        attack(city, editor, other, root)
        every_page_bears_the_mark(city, editor, root)
        editor.get(HOME)
        assert "練習を続ける" in editor.text and "練習を片付けました" in editor.send("/practice/end")
        assert editor.client.get(f"{root}/staff").location == HOME
        again = begun(editor)
        assert again != root and "練習の変更" not in editor.get(f"{again}/staff/drafts")
    assert greeting(city.office.shelf.line("", MOMENT)) in "".join(each.text for each in city.ring().latest)
    assert "練習" not in other.get("/staff/audit")


def attack(city: Town, owner: Visitor, other: Visitor, root: str) -> None:
    """What a practice signs and keeps opens nothing of the real line, and nobody but its owner comes in."""
    inner = practising(city)._made[root.rpartition("/")[2]]
    assert inner.extensions["ivr.settings"].secrets.isdisjoint(city.app.extensions["ivr.settings"].secrets)
    caller = Handset(Wsgi(city.app, inner.extensions["ivr.carrier"].signer, ORIGIN), at=MOMENT)
    with pytest.raises(LineFault):
        caller.dial()
    owner.get(f"{root}/staff/drafts/1/voice/ja/{GREETING}")
    take = re.search(rf"{root}/audio/([0-9a-f]{{64}})-normal", owner.html)
    assert take and owner.client.get(f"/audio/{take[1]}-normal.wav").status_code == 404
    cookie = owner.client.get_cookie("practice", path=HOME)
    assert cookie
    thief = city.app.test_client()
    thief.set_cookie("staff", cookie.value, path="/staff")
    assert "/sign-in" in thief.get("/staff").location, "its session is none of the real console"
    thief.set_cookie("practice", cookie.value, path=HOME)
    assert thief.get(f"{root}/staff").location == HOME, "and opens no practice by itself"
    for address in ("/staff", "/staff/drafts/1", "/voice", "/../../staff", "/healthz", "/staff/practice/be/approver"):
        for client in (other.client, city.app.test_client()):
            for answer in (client.get(root + address), client.post(root + address)):
                assert MARK.encode() not in answer.data and NEW.encode() not in answer.data, address
    signed = SIGNER.headers(f"{ORIGIN}{root}/voice", {"CallSid": "CA1"}, b"CallSid=CA1")
    assert owner.client.post(f"{root}/voice", data={"CallSid": "CA1"}, headers=signed).location == f"{root}/staff"
    assert owner.client.get(f"{root}/staff/nothing").location == f"{root}/staff"
    assert owner.client.get(f"{root}/").location == f"{root}/staff", "there are no pages for everybody in it"


def every_page_bears_the_mark(town: Town, visitor: Visitor, root: str) -> None:
    """And leads nowhere but to where one ends it: one page of each kind is looked at."""
    pages = practising(town)._made[root.rpartition("/")[2]].url_map.bind("localhost")
    waiting, seen = {"staff.home": f"{root}/staff"}, {*FILES, "staff.practice"}
    while waiting:
        kind, path = waiting.popitem()
        seen.add(kind)
        page = visitor.client.get(path).get_data(as_text=True)
        assert MARK in page and "<title>練習" in page, path
        for address in ADDRESS.findall(page):
            assert address == HOME or address.startswith(f"{root}/"), f"{address} on {path} leads out of the practice"
            kind = endpoint(pages, address.removeprefix(root))
            if kind.startswith("staff.") and kind not in seen:
                waiting[kind] = unescape(address)
    assert len(seen - FILES) > 25, seen


def endpoint(pages: MapAdapter, address: str) -> str:
    """Which page is at an address; "" where there is none to look at."""
    try:
        return str(pages.match(re.sub(r"[?#].*", "", address), "GET")[0])
    except HTTPException:
        return ""


def test_old_ones_are_thrown_away_and_what_is_no_name_is_none(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "a.wav").write_bytes(b"sound")
    practices = Practices(tmp_path / "practice", tmp_path / "audio")
    names = {"editor": "A", "approver": "B"}
    mine = practices.begin("me", names, {"line.toml": b"x"}, MOMENT)
    assert practices.find(mine.name) == practices.of("me") == mine
    (mine.folder / "audio" / "a.wav").unlink()
    assert (tmp_path / "audio" / "a.wav").read_bytes() == b"sound", "the real sounds stay"
    for name in ("..", "../audio", "", "0" * 16, mine.name.upper() + "x"):
        assert practices.find(name) is None, name
    again = practices.begin("me", names, {}, MOMENT)
    assert practices.find(mine.name) is None and practices.of("me") == again
    practices.begin("you", names, {}, MOMENT + LASTS + timedelta(days=1))
    assert practices.of("me") is None and not again.folder.exists()
    (practices.of("you").folder / "who.json").write_text("{")  # type: ignore[union-attr]
    assert practices.of("you") is None
