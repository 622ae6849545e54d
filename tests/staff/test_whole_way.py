"""A change from the first word to the last, in Japanese, in a real browser, by the keyboard alone:
written, recorded in all three ways, submitted, heard, rung, approved, scheduled, rolled back."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from ivr.editions.texts import TextPlace
from ivr.handset.handset import Handset
from ivr.handset.transport import Wsgi
from ivr.line.loading import read
from ivr.line.values import Kind
from ivr.staff.home_pages import name_of
from ivr.wiring import create_app
from tests.support.browser import NARROW, WIDE, axe, chromium, microphone, told
from tests.support.clock import MOMENT, WALL, Clock
from tests.support.given import ACCOUNT, PROMPTS, SIGNER, greeting, settings_for
from tests.support.recording_line import STAFF, Carrier
from tests.support.running import running
from tests.support.town import PASSWORD, Town, console_app, secrets_of
from tests.support.voices import microphone_recording, telephone_recording

pytestmark = [pytest.mark.slow(8), pytest.mark.xdist_group("whole way")]

OLD = greeting(read(PROMPTS))
NEW = f"{OLD}ご用件を、順にお伺いします。"
FRIENDLY = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo", "reduced_motion": "reduce", "viewport": WIDE}
MINUTE = datetime(2026, 11, 25, 9, 30, tzinfo=MOMENT.tzinfo)
PLAYED = re.compile(r"<Play>/audio/[0-9a-f]{64}-normal\.wav</Play>")
PATIENCE = 20_000  # milliseconds: a recording is converted, a voice speaks for the first time


@dataclass
class Served:
    """A console on a port, the people behind it, and its clock."""

    origin: str
    town: Town
    clock: Clock


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    heard = tmp_path_factory.mktemp("microphone") / "new.wav"
    heard.write_bytes(microphone_recording(NEW))
    with chromium(*microphone(heard)) as found:
        yield found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The console on a free port; the rules of the whole line find nothing."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    origin = f"http://127.0.0.1:{server.port}"
    app = console_app(tmp_path, PUBLIC_URL=origin, STAFF_NUMBER=STAFF)
    server.app = app
    with running(server):
        yield Served(origin, Town(app, secrets_of(app)), WALL)


class Clerk:
    """Somebody at a keyboard, without a mouse."""

    def __init__(self, browser: Browser, served: Served, login: str, **screen: object):
        self.origin, self.town, self.clock = served.origin, served.town, served.clock
        self.context: BrowserContext = browser.new_context(**{**FRIENDLY, **screen})  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(f"{self.origin}/staff")
        for label, text in (
            ("サインイン名", login),
            ("パスワード", PASSWORD),
            ("認証アプリのコード", self.code(login)),
        ):
            self.write(label, text)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("いま、電話で聞こえること")

    def code(self, login: str) -> str:
        step = max(self.town.used.get(login, 0) + 1, int(self.clock.now.timestamp()) // 30 - 1)
        self.town.used[login] = step
        return pyotp.TOTP(self.town.secrets[login]).generate_otp(step)

    def reach(self, *wanted: str) -> None:
        """Press Tab until something that is so called has the focus, seen and named. The page says when it has, and
        takes no Tab from then on: to ask it after each takes as long as all else that a clerk does."""
        self.page.evaluate(WATCH, wanted)
        for _ in range(400 // AT_ONCE):
            for _ in range(AT_ONCE):
                self.page.keyboard.press("Tab")
            if found := self.page.evaluate(REACHED):
                assert found["width"] > 0, found["name"]
                return
        raise AssertionError(f"the keyboard does not reach {wanted} on {self.page.url}")

    def press(self, *wanted: str) -> None:
        """Reach a button of the page itself, and press Enter."""
        self.reach(*wanted)
        self.page.keyboard.press("Enter")

    def follow(self, *wanted: str) -> None:
        """Reach a link or the button of a form, press Enter, and be on another page."""
        self.reach(*wanted)
        self.enter()

    def enter(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Reach a field, and write into it instead of what stands there."""
        self.reach(label)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def write_moment(self, label: str, keys: str, value: str) -> None:
        """Reach a field for date and time, and type it as one does: month, day, year, time."""
        self.reach(label)
        month, day, year, clock = keys.split(" ")
        self.page.keyboard.type(month + day + year)
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.type(clock)
        assert self.page.evaluate("() => document.activeElement.value") == value

    def told(self, words: str) -> None:
        """The page says so, and axe-core finds nothing on it."""
        expect(self.page.get_by_role("status").first).to_contain_text(words)
        self.clean()

    def clean(self) -> None:
        assert told(axe(self.page)["violations"]) == [], self.page.url
        assert self.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), self.page.url

    def hear(self, sound: int = 0) -> float:
        """Play a sound of the page: how long it is, in seconds."""
        seconds = self.page.evaluate(PLAY, sound)
        assert isinstance(seconds, float | int)
        return float(seconds)


AT_ONCE = 8
"""Tabs until the page is asked."""

WATCH = """(wanted) => {
  const named = (at) => {
    const labels = [...(at.labels ?? [])].map((label) => label.textContent);
    const name = at.getAttribute("aria-label") ?? (labels.length ? labels.join(" ") : at.textContent) ?? "";
    return name.replace(/\\s+/g, " ").trim();
  };
  const look = () => {
    const at = document.activeElement, name = named(at);
    if (!wanted.some((each) => name === each || (each.length > 8 && name.startsWith(each)))) return;
    window.reached ??= { name, width: at.getBoundingClientRect().width };
  };
  const stay = (event) => {
    if (!window.reached || event.key !== "Tab") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.reached = null;
  window.addEventListener("focusin", look);
  window.addEventListener("keydown", stay, true);
  window.unwatched = () => {
    window.removeEventListener("focusin", look);
    window.removeEventListener("keydown", stay, true);
  };
}"""

REACHED = "() => { if (window.reached) window.unwatched(); return window.reached; }"

PLAY = """async (number) => {
  const sound = document.querySelectorAll("audio")[number];
  await new Promise((resolve, reject) => {
    sound.addEventListener("loadedmetadata", resolve);
    sound.addEventListener("error", () => reject(new Error(`not played: ${sound.currentSrc}`)));
    sound.muted = true;
    sound.play();
  });
  return sound.duration;
}"""


ONLY = """(() => {
  const can = MediaRecorder.isTypeSupported;
  MediaRecorder.isTypeSupported = (kind) => kind.includes("%s") && can(kind);
})()"""
"""A browser that records in one kind of file alone."""


def test_the_whole_way_by_keyboard(
    browser: Browser,
    served: Served,
    carrier: Carrier,
    tmp_path: Path,
) -> None:
    town = served.town
    editor = Clerk(browser, served, "eto")
    draft = _begun(editor)
    _write_the_greeting(editor)
    _record_in_the_browser(editor)
    _upload(editor, draft, tmp_path)
    _record_by_telephone(editor, town, carrier, draft)
    editor.page.goto(draft)
    editor.clean()
    editor.follow("承認を申請する")
    editor.write("変更の理由", "ご用件を先に伺うため")
    editor.follow("承認を申請する")
    editor.told("承認を申請しました")

    _same_person_cannot_approve(editor, town, draft)
    approver = Clerk(browser, served, "abe", viewport=NARROW)
    approver.follow("あいさつ")
    _hear_and_ring(approver)
    approver.follow("確かめて、承認または差し戻す")
    approver.follow("このとおりに承認する")
    approver.told("承認しました")
    under_way = _scheduled(approver, town)
    approver.context.close()
    served.clock.now = MINUTE + timedelta(minutes=5)
    _rolled_back(Clerk(browser, served, "abe"), town, under_way)
    editor.context.close()


def _begun(editor: Clerk) -> str:
    editor.follow("下書き")
    editor.write("何についての変更ですか", "あいさつ")
    editor.follow("始める")
    editor.told("下書きを始めました")
    return editor.page.url


def _write_the_greeting(editor: Clerk) -> None:
    editor.write("ことばで文を探す", OLD)
    editor.enter()
    editor.follow("最初のあいさつ（日本語）")
    editor.write("日本語の文", NEW)
    expect(editor.page.locator(".kept").first).to_have_text("入力を残しました。まだ保存していません。")
    editor.page.reload()
    expect(editor.page.get_by_label("日本語の文")).to_have_value(NEW)
    editor.follow("下書きに保存")
    editor.told("下書きに保存しました。")


def _record_in_the_browser(editor: Clerk) -> None:
    page = editor.page
    editor.follow("4つの速さで聞く、録音する: 日本語")
    expect(page.get_by_role("button", name="録音する")).to_be_visible()
    editor.clean()
    assert 4 < editor.hear() < 9, "the new words by the line's own voice, made just now"
    page.reload()
    editor.press("録音する")
    expect(page.locator("#recorder-state")).to_contain_text("録音しています")
    page.wait_for_function("() => document.getElementById('level').value > 0.05")
    page.wait_for_timeout(6_000)  # the words take five seconds
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="まだ下書きに入れていない、あなたの録音")).to_be_visible(timeout=PATIENCE)
    editor.clean()
    assert 5 < editor.hear() < 8
    editor.follow("下書きに入れる")
    editor.told("録音を、下書きに入れました。")


def _upload(editor: Clerk, draft: str, folder: Path) -> None:
    page = editor.page
    page.on("filechooser", lambda _: None)  # asked for one at the key, the browser may be late
    page.goto(f"{draft}/voice/ja/say.no_match")
    file = folder / "words.ogg"
    words = page.locator(".words-to-read").inner_text()
    file.write_bytes(microphone_recording(words, kind="OGG"))
    page.wait_for_load_state("networkidle")  # a browser busy with a page opens no chooser for it
    editor.reach("音のファイル")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(file)
    editor.follow("取り込んで聞く")
    editor.told("電話で聞こえるとおりの録音です")
    editor.follow("下書きに入れる")
    editor.told("録音を、下書きに入れました。")


def _record_by_telephone(editor: Clerk, town: Town, carrier: Carrier, draft: str) -> None:
    page = editor.page
    page.goto(f"{draft}/voice/ja/say.goodbye")
    words = page.locator(".words-to-read").inner_text()
    editor.follow("番号を出す")
    code = page.locator("#code").inner_text().replace(" ", "")
    editor.clean()
    carrier.content = telephone_recording(words)
    clerk = Handset(Wsgi(town.app, SIGNER, editor.origin), to=STAFF, at=MOMENT, account_sid=ACCOUNT, status_url=None)
    clerk.dial("/voice/staff")
    clerk.press(code)
    assert clerk.heard(words)
    clerk.wait()
    clerk.record(3.0, "#")
    clerk.press("1")
    assert clerk.heard("録音を、下書きに入れました")
    editor.follow("終わったら、このページを読み込み直す")
    expect(page.get_by_text("電話で録音").first).to_be_visible()
    editor.clean()


def _same_person_cannot_approve(editor: Clerk, town: Town, draft: str) -> None:
    expect(editor.page.get_by_role("link", name="確かめて、承認または差し戻す")).to_have_count(0)
    editor.page.goto(f"{draft}/approve")
    editor.follow("このとおりに承認する")
    expect(editor.page.get_by_role("alert")).to_contain_text("承認者だけができます")
    editor.clean()
    assert not town.ring().heard(NEW)


def _hear_and_ring(approver: Clerk) -> None:
    """The differences are heard, and the draft is rung at an hour of the approver's choice."""
    page = approver.page
    sounds = page.locator("audio").count()
    assert sounds >= 4, "the changed greeting, and three recordings"
    assert all(approver.hear(sound) > 0.5 for sound in range(sounds))
    approver.follow("この下書きに電話してみる")
    expect(page.get_by_role("heading", level=1)).to_have_text("この下書きに電話してみる")
    approver.clean()
    approver.write_moment("かける日時（Asia/Tokyo）", "11 29 2026 0300AM", "2026-11-29T03:00")
    approver.press("電話をかける")
    expect(page.locator("#log")).to_contain_text(NEW)
    expect(page.locator("#clock")).to_contain_text("2026-11-29 03:00")
    page.keyboard.press("0")
    expect(page.locator("#log")).to_contain_text("受け付けていません", timeout=PATIENCE)
    expect(page.locator("#outcomes")).to_be_hidden()
    approver.clean()
    approver.press("電話を切る")
    approver.follow("あいさつ")


def _scheduled(approver: Clerk, town: Town) -> Handset:
    """Publish at a set time: from that minute on new calls hear the new words, and the call that
    began before it stays on the old ones."""
    approver.follow("日時を決めて公開")
    approver.write_moment("いつから公開しますか", "11 25 2026 0930AM", "2026-11-25T09:30")
    approver.follow("確かめる")
    approver.clean()
    approver.follow("はい、この日時に公開します")
    approver.told("予約しました")
    before = town.ring(MINUTE - timedelta(seconds=20))
    assert before.heard(OLD)
    after = town.ring(MINUTE)
    assert PLAYED.search(after.documents[0].xml) and not after.heard(OLD)
    while before.now and before.now < MINUTE + timedelta(minutes=1):
        before.press("5")
    before.press("*")
    assert not PLAYED.search(before.documents[-1].xml), "no recording of the new edition"
    return before


def _rolled_back(approver: Clerk, town: Town, under_way: Handset) -> None:
    assert PLAYED.search(town.ring(approver.clock.now).documents[0].xml)
    approver.follow("版")
    approver.clean()
    approver.follow("一つ前の版に戻す")
    approver.clean()
    approver.follow("はい、戻します")
    approver.told("一つ前の版に戻しました")
    assert town.ring(approver.clock.now).heard(OLD)
    under_way.press("9")
    assert under_way.listening
    approver.context.close()


@pytest.mark.parametrize("kind", ["webm", "mp4"])
def test_a_recording_survives_a_reload_and_an_expired_session(browser: Browser, served: Served, kind: str) -> None:
    clerk = Clerk(browser, served, "eto")
    page = clerk.page
    page.add_init_script(ONLY % kind)
    person = next(each.person for each in served.town.accounts.all() if each.login == "eto")
    draft = served.town.office.drafts.start("あいさつ", person, MOMENT).id
    served.town.office.drafts.save(draft, TextPlace("ja.toml", "say.greeting"), NEW, 0, person, MOMENT)
    voice = f"{served.origin}/staff/drafts/{draft}/voice/ja/say.greeting"
    page.goto(voice)
    page.get_by_role("button", name="録音する").click()
    page.wait_for_timeout(5_000)
    page.reload()
    expect(page.locator("#recorder-state")).to_contain_text("送っていない録音が、このブラウザに残っています")
    served.clock.now += timedelta(minutes=31)
    page.get_by_role("button", name="送る").click()
    expect(page.locator("#recorder-state")).to_contain_text("サインインの時間が切れました")
    clerk.clean()
    other = clerk.context.new_page()
    other.goto(f"{served.origin}/staff")
    for label, text in (("サインイン名", "eto"), ("パスワード", PASSWORD), ("認証アプリのコード", clerk.code("eto"))):
        other.get_by_label(label).fill(text)
    other.keyboard.press("Enter")
    other.wait_for_url(f"{served.origin}/staff")
    other.close()
    page.reload()
    page.get_by_role("button", name="送る").click()
    expect(page.get_by_role("heading", name="まだ下書きに入れていない、あなたの録音")).to_be_visible()
    assert clerk.hear() > 3
    page.reload()
    expect(page.locator("#recorder-state")).to_contain_text("準備ができました")
    clerk.context.close()


def test_what_is_typed_into_a_form_survives_a_reload_and_a_lost_connection(browser: Browser, served: Served) -> None:
    clerk = Clerk(browser, served, "eto")
    page = clerk.page
    page.goto(f"{served.origin}/staff/alerts?from=0")
    page.get_by_label("日本語の文").fill("書きかけのお知らせです。")
    page.reload()
    expect(page.get_by_label("日本語の文")).to_have_value("書きかけのお知らせです。")
    expect(page.get_by_text("元に戻す")).to_be_visible()
    clerk.clean()
    page.get_by_text("始まりや終わりの日時を決める").click()
    page.get_by_label("終わり").fill("2026-11-24T14:00")
    clerk.context.set_offline(True)
    page.get_by_role("button", name="確かめる").click()
    page.wait_for_timeout(300)
    clerk.context.set_offline(False)
    page.goto(f"{served.origin}/staff/alerts")
    expect(page.get_by_label("日本語の文")).to_have_value("書きかけのお知らせです。")
    expect(page.get_by_label("終わり")).to_have_value("2026-11-24T14:00")
    page.get_by_role("button", name="確かめる").click()
    page.locator("button[name=until][value=set]").click()
    expect(page.get_by_role("status").first).to_contain_text("電話に流しました")
    page.goto(f"{served.origin}/staff/alerts")
    expect(page.get_by_label("日本語の文")).to_have_value("")
    clerk.context.close()


def test_an_alert_is_heard_by_other_workers_within_five_seconds_and_ends_by_itself(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    origin, town = served.origin, served.town
    database = town.app.extensions["ivr.settings"].database_url
    other = create_app(settings_for(tmp_path / "other", PUBLIC_URL=origin, DATABASE_URL=database))
    clerk = Clerk(browser, served, "eto")
    clerk.follow("緊急のお知らせ")
    clerk.follow("偽の電話")
    clerk.clean()
    clerk.follow("今日の終わりまで 2026年11月25日")
    began = time.monotonic()
    clerk.told("電話に流しました")
    words = "お金の話が出たら、すぐに電話を切ってください"
    while not (heard := _rung(other, origin).heard(words)) and time.monotonic() - began < 60:
        time.sleep(0.2)
    assert heard
    assert town.ring(MOMENT + timedelta(minutes=119)).heard(words)
    assert not town.ring(MOMENT + timedelta(minutes=120)).heard(words)  # nobody approved it
    approver = Clerk(browser, served, "abe")
    approver.follow("緊急のお知らせ")
    approver.page.get_by_role("button", name="承認").first.click()
    assert town.ring(MOMENT + timedelta(hours=12, minutes=59)).heard(words)
    assert not town.ring(MOMENT + timedelta(hours=13)).heard(words)
    clerk.context.close()
    approver.context.close()


def _rung(app: object, origin: str) -> Handset:
    caller = Handset(Wsgi(app, SIGNER, origin), at=MOMENT + timedelta(seconds=1), status_url=None)  # type: ignore[arg-type]
    caller.dial()
    return caller


def test_a_desk_closed_for_today_is_not_dialled(browser: Browser, served: Served) -> None:
    town = served.town

    def dialled(at: datetime = MOMENT) -> str | None:
        caller = town.ring(at)
        caller.press("0")
        while caller.listening and not caller.ringing and not caller.hung_up and len(caller.documents) < 6:
            caller.wait()
        return caller.dialled[0].number if caller.dialled else None

    usual = dialled()
    assert usual
    clerk = Clerk(browser, served, "eto")
    clerk.follow("窓口")
    line = town.office.shelf.line("", MOMENT)
    desk = next(key for key, each in line.desks.items() if each.dial == usual)
    clerk.reach(f"受付中 {name_of(line, Kind.DESK, desk)}")
    clerk.page.keyboard.press("Space")
    clerk.follow("今日の終わりまで")
    clerk.clean()
    clerk.follow("はい、休みにします")
    clerk.told("休みにしました")
    assert dialled() != usual
    assert dialled(MOMENT + timedelta(days=1)) == usual, "it ends by itself"
    clerk.context.close()
