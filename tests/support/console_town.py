"""A console on a port, with people at work in it: what axe-core and the pictures look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import insert
from werkzeug.serving import make_server

from ivr.editions.bench import Bench
from ivr.editions.draft import Draft, Status
from ivr.editions.edition import Edition, Piece
from ivr.editions.errand import Act
from ivr.editions.facts import FactKey
from ivr.editions.library import Library
from ivr.editions.long_recordings import CutOut
from ivr.editions.prepared_alerts import written
from ivr.editions.releases import is_of_program, take_in
from ivr.editions.structure import added, moved, taken_away
from ivr.editions.texts import TextPlace, change
from ivr.notices import outbox
from ivr.notices.kinds import Kind, Way
from ivr.people import recovery
from ivr.people.entrance import Entrance
from ivr.people.passkeys import ADD, Answer
from ivr.people.persons import Person, Role
from ivr.people.rights import Right
from ivr.people.telling import told
from ivr.records.steps import Step
from ivr.store.tables import checked, paper
from ivr.voice.booth import Booth
from ivr.voice.pace import estimated_seconds
from tests.support.authenticator import Authenticator
from tests.support.brought import MENU_TEXT_AND_DESK
from tests.support.clock import MOMENT, WALL, Clock
from tests.support.languages import JA
from tests.support.running import running
from tests.support.synthetic_calls import ring
from tests.support.town import PASSWORD, Town, Visitor, console_app, secrets_of
from tests.support.voices import telephone_recording

PROVIDER = {"OIDC_ISSUER": "http://127.0.0.1:1", "OIDC_CLIENT_ID": "line", "OIDC_CLIENT_SECRET": "secret"}
"""The city's own sign-in, which does not answer."""

STAFF_NUMBER = "+815011112222"
MORE_PEOPLE = {
    "ueda": ("上田", Role.ADMINISTRATOR),
    "sato": ("佐藤", Role.EDITOR),
    "mori": ("森", Role.EDITOR),
    "ito": ("伊藤", Role.EDITOR),
}

MAIL = "text.mail.passages.1"
MAIL_WORDS = (
    "リンクは開かないでください。名前も暗証番号も、入れないでください。返事をせずに、そのメールを消してください。"
)
RECORDED, HELD, TYPED = "say.goodbye", "say.greeting", "say.no_match"
HOURS = TextPlace("line.toml", "desk.city.hours")
QUARTER = timedelta(minutes=15)


def day(text: str) -> datetime:
    """A time of that autumn: "11-24 09:40"."""
    return datetime.fromisoformat(f"{MOMENT.year}-{text}").replace(tzinfo=MOMENT.tzinfo)


@dataclass
class Scene:
    """A console on a port and what is going on in it. `drafts`: each by what it stands for;
    `link`: by which somebody new sets their account up; `passkey`: one of the administrator's."""

    origin: str
    town: Town
    clock: Clock
    drafts: dict[str, int] = field(default_factory=dict)
    link: str = ""
    passkey: str = ""

    def person(self, login: str) -> Person:
        """Who acts, past the pages."""
        return self.town.accounts.get(login).person

    def cookie(self, login: str, language: str) -> dict[str, Any]:
        """The session of somebody signed in, as browsers take it."""
        if login not in self._visitors:
            self._visitors[login] = self.town.who(login)
        client = self._visitors[login].client
        with client.session_transaction("/staff/") as session:
            session["language"] = language
        found = client.get_cookie("staff", path="/staff")
        assert found
        return {"name": "staff", "value": found.value, "domain": "127.0.0.1", "path": "/staff"}

    def meanwhile(self, place: TextPlace, *texts: str) -> None:
        """Somebody else saves one of these in the draft that is being written: one that is new."""
        drafts, draft = self.town.office.drafts, self.drafts["open"]
        standing = drafts.word(draft, place)
        text = next(each for each in texts if each != standing.text)
        drafts.save(draft, place, text, standing.version, self.person("ebina"), MOMENT)

    _visitors: dict[str, Visitor] = field(default_factory=dict)


@contextmanager
def on_a_port(folder: Path, **environ: str) -> Iterator[Scene]:
    """An empty console, whose clock one can set."""
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True)
    origin = f"http://127.0.0.1:{server.port}"
    app = console_app(folder, PUBLIC_URL=origin, **environ)
    server.app = app
    with running(server):
        yield Scene(origin, Town(app, secrets_of(app)), WALL)


@contextmanager
def at_work(folder: Path) -> Iterator[Scene]:
    """A console in the middle of a working week. No voice is made beside it."""
    with on_a_port(folder, STAFF_NUMBER=STAFF_NUMBER, **PROVIDER) as scene, patch.object(Booth, "begin"):
        people = scene.town.accounts
        for login, (name, role) in MORE_PEOPLE.items():
            _, address = people.add(login, name, [role], PASSWORD, MOMENT - timedelta(days=30))
            scene.town.secrets[login] = address.partition("secret=")[2].partition("&")[0]
        people.stop("ito", MOMENT - timedelta(days=3))
        _, link = people.invite("oka", "岡", [Role.APPROVER], MOMENT - timedelta(days=1), scene.person("ueda"))
        scene.link = link.token
        _ways_in(scene)
        _fill(scene)
        yield scene


def _ways_in(scene: Scene) -> None:
    """A passkey of the administrator, few recovery codes left, somebody invited, and notices that did not get there."""
    accounts, before = scene.town.app.extensions["ivr.accounts"], MOMENT - timedelta(days=9)
    entrance, ueda = Entrance(accounts), accounts.get("ueda")
    challenge = entrance.accounts.site.challenge(ADD, before)
    made = Authenticator(scene.origin).create(entrance.options_to_add(ueda, challenge))
    scene.passkey = entrance.add_passkey(ueda, "庁舎のパソコン", Answer(made, challenge), before).id
    codes = entrance.new_codes(ueda, before)
    entrance.invite_as("sato", "sato@city.example.jp", before)
    with scene.town.office.database.writing() as connection:
        for code in codes[2:]:
            recovery.use(connection, ueda.id, code, before)
        for login, path in (("abe", "/staff/drafts/1"), ("eto", "/staff/drafts/2")):
            sentence = told("A draft was sent back")
            outbox.add(connection, accounts.get(login).id, Way.MAIL, Kind.SUBMITTED, sentence, path, MOMENT)
    problem = told("The mail server refuses: %(reply)s", reply="550 5.1.1 No such person here")
    for notice in outbox.waiting(scene.town.office.database, MOMENT, 9):
        with scene.town.office.database.writing() as connection:
            outbox.try_begins(connection, notice, MOMENT)
            outbox.failed(connection, notice, problem, for_good=notice.path.endswith("1"))


def _fill(scene: Scene) -> None:
    """Drafts in every state, a recording, an alert, a closed desk."""
    week = _Week(scene)
    week.begun("outdated", "ebina", "11-13 14:00", "市の窓口の受付時間", {HOURS: '"Mo-Fr 09:00-17:00"'})
    week.published("first", "11-16 09:30", "あいさつを変える", {_ja(HELD): "横浜市の、マイナンバーのご案内です。"})
    thanks = "お電話、ありがとうございました。失礼いたします。"
    week.published("wrong", "11-17 13:30", "お別れのことば", {_ja(RECORDED): thanks})
    week.office.publishing.roll_back(week.abe, day("11-17 16:20"))
    week.published("coming", "11-18 10:00", "年末のお知らせ", _year_end(), at=day("12-01 09:00"))
    week.begun("discarded", "ebina", "11-18 15:00", "使わなくなった下書き", {})
    week.office.drafts.discard(scene.drafts["discarded"], scene.person("ebina"), day("11-18 15:10"))
    week.submitted("back", "eto", "11-19 09:10", "カードをなくしたとき", _lost())
    why = "「落ち着いて」は、なくてもよいと思います。もう少し短くしてください。"
    week.office.approval.send_back(scene.drafts["back"], why, week.abe, day("11-19 14:00"))
    week.submitted("approved", "eto", "11-20 10:30", "電話の案内を分かりやすく", _call())
    week.approved("approved", day("11-20 13:15"))
    week.submitted("checking", "eto", "11-20 14:00", "ゆっくり話すとき", _slow())
    _still_checked(week)
    week.submitted("waiting", "ebina", "11-20 15:40", "聞き取れなかったとき", _unheard())
    _remarked(week)
    _still_written(week)
    _cut(week)
    _reshaped(week)
    _brought(week)
    week.begun("broken", "eto", "11-24 09:20", "案内の数", {_ja("say.choose"): "案内は{kazu}あります。"})
    _beside(week)
    _printed(week)
    _confirmed(week)
    _rung(week)


def _ja(key: str) -> TextPlace:
    return TextPlace("ja.toml", key)


def _en(key: str) -> TextPlace:
    return TextPlace("en.toml", key)


def _year_end() -> dict[TextPlace, str]:
    return {
        _ja("say.goodbye"): "お電話ありがとうございました。どうぞ、よいお年をお迎えください。失礼いたします。",
        _en("say.goodbye"): "Thank you for calling. We wish you a happy New Year. Goodbye.",
    }


def _lost() -> dict[TextPlace, str]:
    return {
        _ja(
            "text.lost.passages.1"
        ): "落ち着いて、まず、カードを止めましょう。マイナンバー総合フリーダイヤルに、電話してください。",
        _en("text.lost.passages.1"): "Stay calm. First, have the card stopped. Please call the My Number helpline.",
    }


def _call() -> dict[TextPlace, str]:
    return {
        _ja("text.call.passages.5"): "横浜市のマイナンバー電話案内から、皆さまに電話をかけることは、ありません。",
        _en("text.call.passages.5"): "Yokohama City's My Number line never calls you.",
    }


def _unheard() -> dict[TextPlace, str]:
    return {
        _ja(
            "say.not_understood"
        ): "すみません、聞き取れませんでした。ゆっくり、もう一度お話しください。番号でも、選べます。",
        _en("say.not_understood"): "Sorry, I could not hear that. Please say it again slowly, or press a key.",
    }


def _slow() -> dict[TextPlace, str]:
    return {_ja("speed.slow"): "ゆっくりお話しします。", _en("speed.slow"): "Speaking slowly."}


def _still_checked(week: "_Week") -> None:
    """The rules are at this draft all day long."""
    edition = week.office.drafts.edition(week.scene.drafts["checking"])
    claim = {"digest": edition.digest, "day": MOMENT.date(), "at": MOMENT, "until": MOMENT + timedelta(days=1)}
    claim |= {"step": "states"}
    with week.office.database.writing() as connection:
        connection.execute(insert(checked).values(claim))
    asked = {"digest": edition.digest}
    week.office.errands.ask(week.scene.drafts["checking"], (Act.APPROVE, Act.PUBLISH), asked, week.abe, MOMENT)


def _remarked(week: "_Week") -> None:
    """A passage put in, hours of a desk and a remark on it that was answered; and a submission that was refused."""
    week.begun("remarked", "eto", "11-23 09:00", "窓口の時間と、偽のメール", {HOURS: '"Mo-Fr 08:45-17:00"'})
    draft, office, eto = week.scene.drafts["remarked"], week.office, week.scene.person("eto")
    words = {"ja": "まず、落ち着いてください。", "en": "First of all, stay calm."}
    office.passages.insert(draft, "mail", 1, words, eto, day("11-23 09:10"))
    place, abe = TextPlace("ja.toml", MAIL), week.abe
    office.remarks.say(draft, place, "「まず」は、なくても伝わると思います。", abe, day("11-23 13:00"))
    [said] = office.remarks.of(draft)[place]
    office.remarks.say(
        draft, place, "声に出すと、あるほうが聞きやすいので、残します。", eto, day("11-23 14:20"), said.id
    )
    week.begun("outdone", "eto", "11-24 09:10", "まだ何も変えていない下書き", {})
    office.errands.ask(week.scene.drafts["outdone"], (Act.SUBMIT,), {"reason": "準備のため"}, eto, MOMENT)


def _still_written(week: "_Week") -> None:
    """The draft that is being written just now: a text whose translation lags behind, a recording
    in it, one that is not in it yet, words not saved, and somebody else at work."""
    scene, office = week.scene, week.office
    week.begun("open", "eto", "11-24 09:40", "偽のメールの案内を直す", {_ja(MAIL): MAIL_WORDS})
    draft, eto = scene.drafts["open"], scene.person("eto")
    for key, source in ((RECORDED, "browser"), (HELD, "telephone")):
        piece = Piece("ja", key)
        chunk = office.recordings.chunks(draft)[piece]
        expected = estimated_seconds(chunk.spans, JA.pace)
        take, _ = Booth().take(telephone_recording(chunk.spoken), JA.pace, expected)
        office.recordings.hold(draft, piece, chunk.spoken, take, source, eto, day("11-24 10:20"))
    office.recordings.keep_held(draft, Piece("ja", RECORDED), eto, day("11-24 10:25"))
    office.typing.keep(draft, _ja(TYPED), "その番号は、ここでは使えません。", 0, eto, day("11-24 10:50"))
    office.typing.keep(draft, _en(MAIL), "Never open the link", 0, scene.person("ebina"), day("11-24 10:58"))


def _cut(week: "_Week") -> None:
    """A long recording that was cut, and one that is being cut."""
    scene, rooms = week.scene, week.office.long_recordings
    draft, eto = scene.drafts["open"], scene.person("eto")
    words = week.office.recordings.chunks(draft)[Piece("ja", HELD)].spoken
    take, _ = Booth().take(telephone_recording(words), JA.pace, 3.0)
    doubt: tuple[str, dict[str, str]] = ("No voice was heard in the recording, only a noise or a tone.", {})
    found = (
        CutOut(1, 1.0, 3.1, HELD, words, words, None, ()),
        CutOut(2, 62.5, 2.2, None, "", "もういちど", None, [doubt]),
        CutOut(3, 67.0, 0.4, None, "", "", None, [doubt]),
    )
    scene.drafts["cut"] = rooms.begin(draft, "ja", "録音1124.m4a", eto, day("11-24 10:30"))
    rooms.finish(scene.drafts["cut"], [(found[0], take), (found[1], take), (found[2], b"")])
    scene.drafts["cutting"] = rooms.begin(draft, "ja", "録音1124の2.m4a", eto, day("11-24 10:58"))


def _reshaped(week: "_Week") -> None:
    """A draft in which a desk is new and not yet written, and a text has moved."""
    draft, eto = week.begun("tree", "eto", "11-24 09:10", "図書館の窓口を加える", {}).id, week.scene.person("eto")
    names = {"ja": "中央図書館の相談窓口", "en": "the central library"}
    reshaping = week.office.reshaping
    reshaping.do(draft, added("desk", "library", names, "card", 3), "add", eto, day("11-24 09:12"))
    reshaping.do(draft, moved("portal", "about", "card", 1), "move", eto, day("11-24 09:14"))
    words = {("title", "ja"): "機器の点検", ("words", "ja"): "ただいま、機器の点検をしています。"}
    reshaping.do(draft, written("", {}, words, {}), "alert", eto, day("11-24 09:15"))
    reshaping.do(draft, taken_away("system"), "take away", eto, day("11-24 09:16"))


def _brought(week: "_Week") -> None:
    """A draft by the program: what a newer release brings, and what it says otherwise than staff do."""
    changes = MENU_TEXT_AND_DESK | {_ja(HELD): "横浜市のマイナンバー電話案内に、お電話ありがとうございます。"}
    books = week.office.library
    newer = Library(books.database, Edition(change(books.shipped.files, changes)))
    newer.open(day("11-24 08:00"))
    with books.database.writing() as connection:
        take_in(Bench(newer, connection), day("11-24 08:00"))
    (made,) = (each for each in week.office.drafts.all(Status.OPEN) if is_of_program(each))
    week.scene.drafts["brought"] = made.id


def _beside(week: "_Week") -> None:
    """What holds beside the editions: alerts, and desks that are closed."""
    told, eto = week.office.announcements, week.scene.person("eto")
    false = {
        "ja": "区役所を名乗る、偽の電話が増えています。お金の話が出たら、すぐに電話を切ってください。",
        "en": "Fake calls in the name of ward offices are on the rise. If they speak of money, hang up.",
    }
    works = {
        "ja": "11月28日は、機器の点検のため、マイナンバーカードの窓口をお休みします。",
        "en": "On November 28, the My Number card counters are closed for maintenance.",
    }
    made = told.warn(false, day("11-24 09:05"), day("11-24 17:00"), eto, day("11-24 09:05"))
    told.approve_alert(made.id, week.abe, day("11-24 09:30"))
    told.warn(works, day("11-27 09:00"), day("11-28 18:00"), eto, day("11-24 10:00"))
    told.warn(false, day("11-24 10:30"), day("11-24 12:00"), eto, day("11-24 10:30"), practice=True)
    told.close("yoke", day("11-24 09:00"), day("11-24 17:00"), eto, day("11-24 09:00"))


def _rung(week: "_Week") -> None:
    """Calls of eight weeks, and some of the last hour whom the police do not answer."""
    recorder, live = week.scene.town.app.extensions["ivr.records"], week.office.library.live(MOMENT).id
    days = [MOMENT.date() - timedelta(days=number) for number in range(56, 0, -1)]
    ring(recorder, 400, days, editions=(week.office.library.shipped.id, live))
    for serial in range(6):
        for minutes, heard, place, outcome in (
            (22, "ring", "main", "goes on"),
            (21, "key 0", "police.join", "rings"),
            (20, "dial:no_answer", "police.no_answer", "goes on"),
        ):
            step = Step(live, "1", "ja", place, heard, "police" if minutes < 22 else "", outcome)
            recorder.note(f"CA-police-{serial}", step, MOMENT - timedelta(minutes=minutes))
    recorder.take_all()


def _confirmed(week: "_Week") -> None:
    """Facts that were found right, and wait for somebody else."""
    keys, reason = [FactKey("desk", "ppc"), FactKey("text", "mail")], "確認した日を書き入れるだけです。"
    eto, facts = week.scene.person("eto"), week.office.facts
    made = facts.confirm(keys, MOMENT.date(), "確認した日の記入", reason, eto, day("11-24 10:55"))
    week.scene.drafts["confirmed"] = made.id


def _printed(week: "_Week") -> None:
    """A PDF that is made, one that is being made all day long, and one that cannot be made."""
    draft = week.scene.drafts["approved"]
    sheet: dict[str, object] = {
        "title": "決裁票：電話の案内を分かりやすく",
        "file": f"decision-{draft}",
        "needs": Right.LOOK,
        "html": "",
    }
    sheet |= {"at": MOMENT, "back": f"/staff/drafts/{draft}/sheet"}
    ended: dict[str, object] = {"ended_at": MOMENT}
    refusal = "The PDF could not be made. Print the page from the browser instead."
    made, waits, refused = {"content": b"%PDF-"}, {"until": MOMENT + timedelta(days=1)}, {"told": [refusal, {}]}
    states: tuple[dict[str, object], ...] = ({**ended, **made}, {**waits}, {**ended, **refused})
    with week.office.database.writing() as connection:
        for number, state in enumerate(states, 1):
            connection.execute(insert(paper).values({**sheet, "digest": str(number), **state}))


class _Week:
    """Shorthand for the acts of the past days. Each act takes a while after the one before it."""

    def __init__(self, scene: Scene):
        self.scene, self.office, self.abe = scene, scene.town.office, scene.person("abe")

    def begun(self, name: str, login: str, when: str, title: str, texts: dict[TextPlace, str]) -> Draft:
        person, drafts = self.scene.person(login), self.office.drafts
        made = drafts.start(title, person, day(when))
        if texts:
            drafts.save_all(made.id, texts, {}, person, day(when) + QUARTER, "save")
        self.scene.drafts[name] = made.id
        return made

    def submitted(self, name: str, login: str, when: str, title: str, texts: dict[TextPlace, str]) -> None:
        made = self.begun(name, login, when, title, texts)
        reason = "分かりにくいという声を、窓口でいただいたため"
        self.office.approval.submit(made.id, reason, self.scene.person(login), day(when) + 2 * QUARTER)

    def approved(self, name: str, when: datetime) -> None:
        found = self.office.drafts.get(self.scene.drafts[name])
        self.office.approval.approve(found.id, found.digest or "", self.abe, when)

    def published(
        self, name: str, when: str, title: str, texts: dict[TextPlace, str], at: datetime | None = None
    ) -> None:
        self.submitted(name, "eto", when, title, texts)
        self.approved(name, day(when) + 5 * QUARTER)
        draft, later = self.scene.drafts[name], day(when) + 6 * QUARTER
        if at:
            self.office.publishing.publish_at(draft, at, self.abe, later)
        else:
            self.office.publishing.publish(draft, self.abe, later)
