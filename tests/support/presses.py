"""How many presses and seconds the tasks of an office take at the console, in a real browser at the real server.

    python -m tests.support.presses ["a task" ...]

Presses are of buttons, links and boxes, and of keys that are a button's; fields are those that are typed into; seconds
are those of the machine: nobody thinks, reads or looks for anything in between, but whoever records reads aloud. The
rules are the line's own, held against every draft in a process apart. The server's clock begins at MOMENT, so that
the same desks are open and the same facts are due whenever this is run.
"""

import io
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyotp
import soundfile
from playwright.sync_api import Browser, Locator, Page, expect
from rich.console import Console
from rich.table import Table

from ivr.editions.reading_order import to_read
from ivr.editions.texts import TextPlace
from ivr.people.accounts import Accounts
from ivr.people.persons import Role
from ivr.voice.sound import Samples, resampled
from ivr.wiring import create_app
from tests.support.any_day import environment
from tests.support.browser import WIDE, chromium, microphone
from tests.support.clock import MACHINE, MOMENT
from tests.support.given import settings_for
from tests.support.server import Server, free_port, server
from tests.support.town import PASSWORD
from tests.support.voices import reading

PEOPLE = {
    "eto": ("江藤", Role.EDITOR),
    "mori": ("森", Role.EDITOR),
    "ebina": ("蛯名", Role.EDITOR),
    "abe": ("安部", Role.APPROVER),
}
NEW_DESK = {
    "読み上げる番号": "03-3212-3456",
    "出典": "全国銀行協会の案内",
    "番号の前の言葉（日本語）": "銀行の窓口は、",
    "相談できること（日本語）": "口座のトラブルの窓口です。",
    "通話料（日本語）": "通話料は、おかけになった方のご負担です。",
    "番号の前の言葉（英語）": "For the bank's advice desk,",
    "相談できること（英語）": "It gives advice on accounts.",
    "通話料（英語）": "You pay for this call.",
}
CITY, GOODBYE, GREETING = "横浜市のマイナンバー担当", "お別れのあいさつ（日本語）", "最初のあいさつ（日本語）"
SITTING = 50
"""Texts that are recorded one after another."""

BREATH = 1.0  # seconds of silence around a text that is read aloud
RATE = 48_000  # Hz
PATIENCE = 60_000  # milliseconds


@dataclass
class Hands:
    """Somebody at the console, whose presses and fields are counted. `aloud`: seconds in which they read aloud."""

    page: Page
    presses: int = 0
    fields: int = 0
    aloud: float = 0.0

    def press(self, name: str, role: str = "button") -> None:
        """A button, or what else of this role has the name."""
        self._click(self.page.locator("main, nav").get_by_role(role, name=name))  # type: ignore[arg-type]

    def follow(self, name: str) -> None:
        """A link."""
        self.press(name, "link")

    def choose(self, label: str, name: str) -> None:
        """An entry of a list."""
        self.presses += 1
        self.page.get_by_label(label).select_option(label=name)

    def write(self, label: str, text: str) -> None:
        """A field, instead of what stands in it."""
        self.fields += 1
        self.page.locator("main").get_by_label(label, exact=True).fill(text)

    def read(self, seconds: float) -> None:
        """Read aloud for so long."""
        self.aloud += seconds
        self.page.wait_for_timeout(1000 * seconds)

    def told(self, words: str) -> None:
        """The page says that it is done."""
        expect(self.page.get_by_role("status").first).to_contain_text(words, timeout=PATIENCE)

    def find(self, words: str, place: str) -> None:
        """What callers hear now, by its words, on the way to changing it."""
        self.follow("探す")
        self.write("言葉や番号", words)
        self.press("探す")
        self.follow(place)

    def _click(self, found: Locator) -> None:
        self.presses += 1
        found.first.click()


@dataclass
class CityHall:
    """A server, and the people at it. `apart`: how far its clock is from the machine's; `texts`: what is read aloud
    first, as long as the microphone hears it, in seconds."""

    running: Server
    browser: Browser
    secrets: dict[str, str]
    apart: timedelta
    texts: Sequence[float]
    at_work: dict[str, Hands] = field(default_factory=dict)

    def at(self, login: str) -> Hands:
        """Somebody at the first page, whose presses are counted."""
        if login not in self.at_work:
            self.at_work[login] = self._signed_in(login)
        self.at_work[login].page.goto(f"{self.running.origin}/staff")
        return self.at_work[login]

    def count(self) -> tuple[int, int, float]:
        """Presses, fields and seconds of reading of all since this was asked last."""
        hands = self.at_work.values()
        found = sum(h.presses for h in hands), sum(h.fields for h in hands), sum(h.aloud for h in hands)
        for each in hands:
            each.presses = each.fields = 0
            each.aloud = 0.0
        return found

    def _signed_in(self, login: str) -> Hands:
        context = self.browser.new_context(viewport=WIDE, locale="ja-JP", reduced_motion="reduce")  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{self.running.origin}/staff")
        page.get_by_label("サインイン名").fill(login)
        page.get_by_label("パスワード", exact=True).fill(PASSWORD)
        code = pyotp.TOTP(self.secrets[login]).at(MACHINE() + self.apart)
        page.get_by_label("認証アプリのコード").fill(code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("いま、電話で聞こえること")
        return Hands(page)


def sentence(hall: CityHall) -> None:
    """One finds, writes and submits it, another approves and publishes it at once."""
    editor = hall.at("eto")
    editor.find("お電話ありがとうございました", GOODBYE)
    editor.press("下書きを始めて進む")
    written = editor.page.get_by_label("日本語の文").input_value()
    editor.write("日本語の文", written.replace("失礼いたします。", "では、失礼いたします。"))
    editor.press("下書きに保存")
    editor.told("保存しました")
    editor.follow("承認を申請する")
    _submitted(editor)
    _approved(hall, GOODBYE)


def alert(hall: CityHall) -> None:
    """A prepared one, until the end of the day."""
    clerk = hall.at("eto")
    clerk.follow("偽の電話")
    clerk.press("今日の終わりまで")
    clerk.told("電話に流しました")


def closed_today(hall: CityHall) -> None:
    """An open desk is closed by hand until the end of the day."""
    clerk = hall.at("eto")
    clerk.follow("窓口を休みにする")
    clerk.press(CITY, "checkbox")
    clerk.press("今日の終わりまで")
    clerk.press("はい、休みにします")
    clerk.told("休みにしました")


def fact(hall: CityHall) -> None:
    """Confirmed as it stands, and approved and published by another."""
    clerk = hall.at("eto")
    clerk.press("確認済み・変更なし")
    clerk.told("確認済みにしました")
    _approved(hall, "確認した日の記入")


def hours(hall: CityHall) -> None:
    """The latest change of the hours of a desk, in the trail."""
    clerk = hall.at("eto")
    clerk.follow("操作の記録")
    clerk.write("言葉", "受付時間")
    clerk.press("探す")
    expect(clerk.page.locator("main tbody")).to_contain_text("森")


def desk(hall: CityHall) -> None:
    """Named, written in two languages, given its hours, submitted, approved and published."""
    clerk = hall.at("eto")
    clerk.follow("下書き")
    clerk.write("何についての変更ですか", "銀行の窓口を加える")
    clerk.press("始める")
    clerk.told("下書きを始めました")
    clerk.follow("電話案内の構成")
    clerk.follow("メニュー、案内の文、窓口を加える")
    clerk.press("窓口", "radio")
    clerk.write("名前（日本語）", "銀行の相談窓口")
    clerk.write("名前（英語）", "the bank's advice desk")
    clerk.choose("どこに置くか", "もれた番号")
    clerk.press("どう変わるかを見る")
    clerk.press("はい、下書きに入れます")
    for label, words in NEW_DESK.items():
        clerk.write(label, words)
    clerk.press("下書きに保存")
    clerk.follow("受付時間")
    for end, time_of_day in (("open", "9:00"), ("close", "17:00")):
        clerk.fields += 1
        clerk.page.locator(f"#hours-week-{end}").fill(time_of_day)
    clerk.press("下書きに保存")
    clerk.told("保存しました")
    clerk.follow("銀行の窓口を加える")
    clerk.follow("承認を申請する")
    _submitted(clerk)
    _approved(hall, "銀行の窓口を加える")


def recording(hall: CityHall) -> None:
    """One text, found by its words, read aloud and put into a draft."""
    clerk = hall.at("ebina")
    clerk.find("マイナンバー案内です", GREETING)
    clerk.press("下書きを始めて進む")
    clerk.follow("4つの速さで聞く、録音する")
    clerk.press("録音する")
    clerk.read(hall.texts[0])
    clerk.press("止める")
    clerk.press("下書きに入れる")
    clerk.told("入れました")


def sitting(hall: CityHall) -> None:
    """The texts of a language in the order of the call, a key for each, heard in a row and put into the draft."""
    clerk = hall.at("ebina")
    clerk.follow("下書き")
    clerk.write("何についての変更ですか", "録音")
    clerk.press("始める")
    clerk.follow("続けて録音する：日本語")
    clerk.press("始める")
    for seconds in hall.texts:
        clerk.read(seconds)
        clerk.presses += 1
        clerk.page.keyboard.press("1")
    clerk.presses += 1
    clerk.page.keyboard.press("4")
    clerk.follow("聞いて確かめ、下書きに入れる")
    clerk.press("チェックした録音を下書きに入れる")
    clerk.told(f"下書きに{SITTING}件入れました")


def _submitted(editor: Hands) -> None:
    editor.write("変更の理由", "分かりやすくするため")
    editor.press("承認を申請する")
    editor.told("承認を申請しました")


def _approved(hall: CityHall, title: str) -> None:
    """By the way that the first page leads."""
    approver = hall.at("abe")
    approver.follow(title)
    approve = approver.page.get_by_role("button", name="承認して、すぐに公開する")
    if not approve.count():
        approver.follow("確かめて、承認または差し戻す")
    approver.press("承認して、すぐに公開する")
    approver.told("公開しました")


TASKS: dict[str, Callable[[CityHall], None]] = {
    "a sentence changed and live (two people), the first on a machine": sentence,
    "the same, a second one": sentence,
    "an alert": alert,
    "a desk closed today": closed_today,
    "who changed the hours": hours,
    "a fact confirmed and live (two people)": fact,
    "a new desk added and live (two people)": desk,
    "one recording": recording,
    f"{SITTING} recordings in a sitting": sitting,
}


def main(names: Sequence[str]) -> None:
    """Print the table."""
    table = Table(title="At the console")
    for column in ("task", "presses", "fields", "seconds", "reading aloud"):
        table.add_column(column, justify="left" if column == "task" else "right")
    with tempfile.TemporaryDirectory() as folder, open_hall(Path(folder)) as hall:
        for name, task in TASKS.items():
            if names and not any(each in name for each in names):
                continue
            hall.at("eto"), hall.at("abe"), hall.at("ebina")
            hall.count()
            began = time.monotonic()
            task(hall)
            spent = time.monotonic() - began
            presses, fields, aloud = hall.count()
            table.add_row(name, str(presses), str(fields), f"{spent - aloud:.1f}", f"{aloud:.0f}" if aloud else "")
    Console(width=120).print(table)


@contextmanager
def open_hall(folder: Path) -> Iterator[CityHall]:
    """A new server with its people, where somebody has changed the hours of a desk in a draft; a microphone that hears
    the first texts of the call read aloud."""
    port, apart = free_port(), MOMENT - MACHINE()
    app = create_app(settings_for(folder / "data", PUBLIC_URL=f"http://127.0.0.1:{port}"))
    rooms = app.extensions["ivr.office"]
    people = Accounts(rooms.database, app.extensions["ivr.settings"].secret_key)
    secrets = {
        login: pyotp.parse_uri(people.add(login, name, [role], PASSWORD, MOMENT)[1]).secret
        for login, (name, role) in PEOPLE.items()
    }
    mori = people.get("mori").person
    draft = rooms.drafts.start("受付時間", mori, MOMENT).id
    place = TextPlace("line.toml", "desk.city.hours")
    rooms.drafts.save(draft, place, '"Mo-Fr 09:00-17:00"', 0, mori, MOMENT)
    line = rooms.library.shipped.line
    first = [each.chunk.spoken for each in to_read(line, rooms.recordings.chunks(draft), {}, "ja")[:SITTING]]
    rooms.database.close()
    sounds = [reading(words) for words in first]
    (folder / "read.wav").write_bytes(_in_a_row(sounds))
    clock = environment(FAKETIME=f"{apart.total_seconds():+.0f}")
    heard = microphone(folder / "read.wav")
    with server(folder / "data", port=port, **clock) as running, chromium(*heard) as browser:
        yield CityHall(running, browser, secrets, apart, [each.seconds + BREATH for each in sounds])


def _in_a_row(sounds: Sequence[Samples]) -> bytes:
    """A file in which they are read one after another, each with half a breath before and after it."""
    half = np.zeros(round(RATE * BREATH / 2))
    wave = np.concatenate([part for each in sounds for part in (half, resampled(each, RATE).pcm * 0.8, half)])
    file = io.BytesIO()
    soundfile.write(file, wave, RATE, format="WAV")
    return file.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
