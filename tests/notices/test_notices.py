"""Notices: who is told of what, in which words, and that it gets there once, whatever breaks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import delete, select, update

from ivr.editions.facts import Keeper, facts
from ivr.notices import outbox
from ivr.notices.chat import Chat, usable
from ivr.notices.kinds import Kind, Letter, Way
from ivr.notices.mail import Mail, parsed
from ivr.notices.postman import LEASE, Postman
from ivr.notices.sending import Undelivered
from ivr.notices.wishes import is_mail_address
from ivr.people.persons import Role
from ivr.people.refusals import Refused
from ivr.people.telling import told
from ivr.staff.notice_watch import Watch
from ivr.store.health import Part, Trouble
from ivr.store.tables import audit, notice, notice_address, notice_turn, notice_wish
from tests.notices.conftest import MAIL_PASSWORD, USER, ChatHouse, MailHouse, Proxy
from tests.support.clock import MOMENT, WALL
from tests.support.town import PASSWORD, Town, Visitor, open_town

ETO, ABE = "eto@city.example.jp", "abe@city.example.jp"


@pytest.fixture(name="standing_hall", scope="module")
def hall_with_a_mail_server(tmp_path_factory: pytest.TempPathFactory, starttls_house: MailHouse) -> Iterator[Town]:
    WALL.now = MOMENT
    with open_town(tmp_path_factory.mktemp("hall"), **mail_set(starttls_house), NOTICES_INSIDE="on") as town:
        add(town, "kanri", Role.ADMINISTRATOR)
        yield town


@pytest.fixture(name="hall")
def hall_where_nothing_was_told(standing_hall: Town, mail_house: MailHouse) -> Town:
    """The same for all tests; nobody has chosen yet, and its postman has just begun."""
    with standing_hall.office.database.writing() as connection:
        for table in (notice, notice_wish, notice_address):
            connection.execute(delete(table))
        connection.execute(update(notice_turn).values(until=MOMENT - timedelta(days=1)))
    room = postman(standing_hall).room
    watch = Watch(standing_hall.office)
    standing_hall.app.extensions["ivr.notices"] = Postman(replace(room, watch=watch.look))
    return standing_hall


_signed_in: dict[tuple[int, str], Visitor] = {}


def who(town: Town, login: str) -> Visitor:
    """Somebody signed in, once for all tests of a hall."""
    at_moment = _signed_in.setdefault((id(town), login), None) or town.who(login)  # type: ignore[arg-type]
    _signed_in[id(town), login] = at_moment
    return at_moment


def mail_set(house: MailHouse) -> dict[str, str]:
    password = MAIL_PASSWORD.replace(" ", "%20")
    url = f"smtp://{USER}:{password}@localhost:{house.port}"
    return {"SMTP_URL": url, "SMTP_SENDER": "マイナンバー電話案内 <line@city.example.jp>"}


def postman(town: Town) -> Postman:
    found: Postman = town.app.extensions["ivr.notices"]
    return found


def at(town: Town, **later: float) -> None:
    """A round of the postman, some time on."""
    WALL.now = MOMENT + timedelta(**later)
    postman(town).round()


def choosing(town: Town, login: str, **fields: str) -> Visitor:
    """Somebody who chooses what they are told of."""
    visitor = who(town, login)
    visitor.get("/staff/me/notices")
    visitor.send(**fields)
    return visitor


def going_the_whole_way(town: Town, house: MailHouse) -> str:
    """A draft is submitted, sent back, submitted again, approved and published, each act told: its address."""
    people = {account.login: account.person for account in town.accounts.all()}
    eto, abe, office = people["eto"], people["abe"], town.office
    made = office.drafts.start("年末の案内", eto, MOMENT)
    place = next(each for each in office.drafts.words(made.id) if each.key == "say.goodbye" and each.language == "ja")
    office.drafts.save_all(made.id, {place: "お電話ありがとうございました。失礼します。"}, {}, eto, MOMENT, "save")
    reason = "聞き取りやすくするため"
    office.approval.submit(made.id, reason, eto, MOMENT)
    assert house.letters == [], "nobody waits for the mail server"
    at(town)
    office.approval.send_back(made.id, "もう少し短く", abe, MOMENT)
    at(town, seconds=1)
    found = office.approval.submit(made.id, reason, eto, MOMENT)
    at(town, seconds=2)
    office.approval.approve(made.id, found.digest or "", abe, MOMENT)
    at(town, seconds=3)
    office.publishing.publish(made.id, abe, MOMENT)
    at(town, seconds=4)
    return f"http://localhost/staff/drafts/{made.id}"


def something(town: Town) -> None:
    """Somebody asks for approval."""
    sentence = told(
        "%(name)s asks for approval of “%(title)s”. Reason: %(reason)s", name="江藤", title="案内", reason="x"
    )
    with town.office.database.writing() as connection:
        outbox.notify(connection, Kind.SUBMITTED, sentence, "/staff/drafts/1", MOMENT)


@pytest.mark.slow(2)
def test_each_is_told_by_mail_of_what_others_did(hall: Town, mail_house: MailHouse) -> None:
    assert "選んだ内容を保存しました" in choosing(hall, "abe", mail=ABE).text
    choosing(hall, "eto", mail=ETO, **{"mail-submitted": "yes"})
    page = going_the_whole_way(hall, mail_house)
    to = [(letter["To"], letter["Subject"].removeprefix("［マイナンバー電話案内］")) for letter in mail_house.letters]
    asked, back = (ABE, "下書きが承認を待っています"), (ETO, "下書きが差し戻されました")
    assert to == [asked, back, asked, (ETO, "下書きが承認されました"), (ETO, "電話で流れる内容が変わりました")]
    assert set(mail_house.encrypted) == {True}
    letter = mail_house.letters[0]
    assert letter["From"] == "マイナンバー電話案内 <line@city.example.jp>"
    words = letter.get_content()
    assert "江藤" in words and "「年末の案内」" in words and "聞き取りやすくするため" in words and page in words
    assert "もう少し短く" in mail_house.letters[1].get_content()
    at(hall, minutes=5)
    assert len(mail_house.letters) == 5, "and never again"


def test_a_notice_is_in_the_language_of_its_reader(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE, language="en")
    something(hall)
    at(hall)
    (letter,) = mail_house.letters
    assert letter["Subject"] == "[My Number line] A draft waits for approval"
    assert "asks for approval of “案内”" in letter.get_content()


def test_a_chat_is_told_at_an_address_that_nobody_is_shown(hall: Town, chat_house: ChatHouse) -> None:
    approver = choosing(hall, "abe", **{"chat-password": chat_house.address})
    assert "secret-room" not in approver.get("/staff/me/notices") and "secret-room" not in approver.html
    with hall.office.database.reading() as connection:
        assert "secret-room" not in connection.execute(select(notice_address.c.chat)).scalars().one()
        assert not any("secret-room" in row.what for row in connection.execute(select(audit)))
    something(hall)
    at(hall)
    ((path, posted),) = chat_house.posted
    assert path == "/hooks/secret-room" and list(posted) == ["text"]
    assert "下書きが承認を待っています" in posted["text"] and "http://localhost/staff/drafts/1" in posted["text"]
    approver.send(mail="")
    assert "設定済み" in approver.get("/staff/me/notices"), "what is not typed anew stays"
    approver.send(**{"chat-away": "on"})
    assert "設定済み" not in approver.get("/staff/me/notices")


def test_whoever_chose_otherwise_is_not_told(hall: Town, mail_house: MailHouse) -> None:
    visitor = who(hall, "abe")
    visitor.get("/staff/me/notices")
    target, fields = visitor.form()
    chosen = {name: value for name, value in fields.items() if name != "mail-submitted"}
    visitor.client.post(target, data={**chosen, "mail": ABE})
    something(hall)
    at(hall)
    assert mail_house.letters == []


def test_a_try_comes_to_oneself_and_what_became_of_it_is_told(hall: Town, mail_house: MailHouse) -> None:
    visitor = choosing(hall, "eto", mail=ETO, **{"try": "yes"})
    assert "送信待ち" in visitor.text
    at(hall)
    assert "お試し" in mail_house.letters[0].get_content()
    assert "送信済み" in visitor.get("/staff/me/notices")


def test_a_server_that_is_down_is_tried_again_and_administrators_see_why(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    something(hall)
    senders = dict(postman(hall).room.senders)
    down = parsed("smtp://localhost:1", "line@city.example.jp")
    assert down
    with broken(hall, Way.MAIL, Mail(down, "localhost")):
        at(hall)
        (failed,) = outbox.unsent(hall.office.database)
        assert failed.next and failed.next > MOMENT
        page = who(hall, "kanri").get("/staff/notices")
        assert "安部" in page and "メールサーバーに接続できません" in page
        at(hall, seconds=30)
        assert outbox.unsent(hall.office.database)[0].tries == 1, "not before its time"
    assert senders == dict(postman(hall).room.senders)
    at(hall, minutes=2)
    assert len(mail_house.letters) == 1
    assert "送信できなかった通知はありません" in who(hall, "kanri").get("/staff/notices")


def test_what_is_refused_for_good_is_given_up_until_somebody_tries_it_again(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    mail_house.refuses = "550 No such person here"
    something(hall)
    at(hall)
    at(hall, days=2)
    administrator = who(hall, "kanri")
    page = administrator.get("/staff/notices")
    assert "550 No such person here" in page and "再送しません" in page
    mail_house.refuses = ""
    assert "再送します" in administrator.send()
    at(hall, minutes=1)
    assert len(mail_house.letters) == 1


def test_a_refusal_for_now_is_tried_again(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    mail_house.refuses = "451 Come back later"
    something(hall)
    at(hall)
    mail_house.refuses = ""
    at(hall, minutes=2)
    assert len(mail_house.letters) == 1


def test_after_a_day_a_notice_is_given_up(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    mail_house.refuses = "451 Come back later"
    something(hall)
    for hours in (0, 0.1, 0.2, 1, 2, 4, 8, 14, 25, 40):
        at(hall, hours=hours)
    (failed,) = outbox.unsent(hall.office.database)
    assert failed.next is None and failed.tries == len(outbox.PAUSES) + 1


def test_a_process_that_is_killed_while_it_sends_loses_nothing(hall: Town, mail_house: MailHouse) -> None:
    """What it had begun is tried again after its turn, under the same id."""
    choosing(hall, "abe", mail=ABE)
    something(hall)
    with patch.object(outbox, "sent", side_effect=SystemExit), pytest.raises(SystemExit):
        at(hall)  # it was sent, and the process died before it could note that down
    other = Postman(postman(hall).room)
    WALL.now = MOMENT + LEASE / 2
    other.round()
    assert len(mail_house.letters) == 1, "not while it may still be at it"
    WALL.now = MOMENT + LEASE * 2
    other.round()
    first, second = mail_house.letters
    assert first["Message-ID"] == second["Message-ID"]
    other.round()
    assert len(mail_house.letters) == 2


def test_one_process_at_a_time_sends(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    something(hall)
    other = Postman(postman(hall).room)
    inner = postman(hall).room.senders[Way.MAIL]

    class Meanwhile:
        """While one process sends, another one looks."""

        def send(self, to: str, letter: Letter) -> None:
            other.round()
            inner.send(to, letter)

    with broken(hall, Way.MAIL, Meanwhile()):
        at(hall)
    other.round()
    assert len(mail_house.letters) == 1


def test_an_act_that_is_not_done_is_not_told(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)

    def fail() -> None:
        with hall.office.database.writing() as connection:
            assert outbox.notify(connection, Kind.SUBMITTED, told("x"), "/staff", MOMENT) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    at(hall)
    assert mail_house.letters == []


def test_what_time_does_is_told_once(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE, **{"mail-facts due": "on"})
    people = {account.login: account.person for account in hall.accounts.all()}
    words = {"ja": "偽の電話が増えています。", "en": "Fake calls are on the rise."}
    hall.office.announcements.warn(words, MOMENT, MOMENT + timedelta(hours=8), people["eto"], MOMENT)
    for minutes in (0, 60, 91, 92, 121, 122):
        at(hall, minutes=minutes)
    said = [letter.get_content() for letter in mail_house.letters]
    assert len(said) == 3 and all("偽の電話が増えています。" in each for each in said)
    assert "電話に流しました" in said[0] and "13:00" in said[0]
    assert "まだ承認されていません" in said[1] and "終わりました" in said[2]
    Postman(replace(postman(hall).room)).round()
    assert len(mail_house.letters) == 3


def test_facts_that_are_due_are_told_on_monday_morning(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE, **{"mail-facts due": "on"})
    at(hall, days=5, hours=-4)  # Sunday
    assert mail_house.letters == []
    at(hall, days=6, hours=-2)  # Monday at nine
    at(hall, days=6, hours=4)
    (letter,) = mail_house.letters
    assert "確認が必要なことが" in letter.get_content()


def test_whoever_looks_after_a_fact_is_reminded_before_its_day(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE, **{"mail-facts due": "yes"})
    choosing(hall, "eto", mail=ETO)
    people = {account.login: account.person for account in hall.accounts.all()}
    eto, rooms = people["eto"], hall.office
    fact = next(each for each in facts(rooms.shelf.line("", MOMENT)) if each.until)
    rooms.facts.give([fact.key], Keeper(eto.id, eto.name), eto, MOMENT)
    assert fact.until
    day = datetime.combine(fact.until - timedelta(days=3), MOMENT.timetz())
    while day.weekday() == 0:  # on Mondays all that is due is told as well
        day -= timedelta(days=1)
    at(hall, seconds=(day - MOMENT).total_seconds())
    at(hall, seconds=(day - MOMENT).total_seconds() + 3600)
    (letter,) = mail_house.letters
    assert letter["To"] == ETO and "http://localhost/staff/facts" in letter.get_content()
    assert f"{fact.until.year}年{fact.until.month}月{fact.until.day}日（" in letter.get_content()
    rooms.facts.give([fact.key], None, eto, MOMENT)


def test_a_part_that_is_ill_for_a_minute_is_told_and_that_it_is_well_again(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    hall.office.health.ill(Part.RECORDS, Trouble.FULL, "The journal takes nothing.")
    at(hall)
    assert mail_house.letters == []
    at(hall, minutes=2)
    at(hall, minutes=3)
    hall.office.health.well(Part.RECORDS)
    at(hall, minutes=4)
    at(hall, minutes=5)
    ill, well = (letter.get_content() for letter in mail_house.letters)
    assert "記録" in ill and "復旧しました" in well


def test_that_the_database_is_gone_is_told_without_it(tmp_path: Path, mail_house: MailHouse) -> None:
    with open_town(tmp_path, **mail_set(mail_house)) as town:
        choosing(town, "abe", mail=ABE)
        at(town)
        other = Postman(postman(town).room)
        other.round()
        file = tmp_path / "line.db"
        file.rename(tmp_path / "away.db")
        for minutes in (1, 3, 4):
            at(town, minutes=minutes)
            other.round()
        (letter,) = mail_house.letters
        assert "データベース" in letter.get_content()
        (tmp_path / "away.db").rename(file)
        at(town, minutes=5)
        assert "データベースが、また応答するように" in mail_house.letters[1].get_content()


# --- addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://chat.example.jp/x", "https://u:p@chat.example.jp/x", "chat", "https://"],
)
def test_an_address_that_leads_nowhere_or_into_the_house_is_refused(hall: Town, address: str) -> None:
    visitor = choosing(hall, "eto", **{"chat-password": address, "mail": ETO})
    assert visitor.status == 409 and "できませんでした" in visitor.text
    assert ETO in visitor.html, "what was typed is still there"


@pytest.mark.parametrize(
    "address", ["https://10.0.0.1/x", "https://[::1]/x", "https://127.0.0.1/x", "https://[::ffff:10.0.0.1]/"]
)
def test_an_address_of_the_house_is_refused_unless_the_city_allows_it(address: str) -> None:
    with pytest.raises(Refused):
        usable(address, private=False)
    assert usable(address, private=True) == address


def test_a_name_that_leads_into_the_house_is_not_posted_to(chat_house: ChatHouse) -> None:
    letter = Letter("1", "subject", "text", MOMENT)
    with pytest.raises(Undelivered) as refused:
        Chat().send(chat_house.address, letter)
    assert refused.value.for_good and chat_house.posted == []
    Chat(private=True).send(chat_house.address, letter)
    chat_house.answers = 302
    with pytest.raises(Undelivered):
        Chat(private=True).send(chat_house.address, letter)
    assert [path for path, _ in chat_house.posted] == ["/hooks/secret-room"] * 2, "nothing is followed"
    chat_house.answers = 503
    with pytest.raises(Undelivered) as later:
        Chat(private=True).send(chat_house.address, letter)
    assert not later.value.for_good


def test_a_chat_is_reached_by_the_proxy_of_the_house(
    chat_house: ChatHouse, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NO_PROXY", "")
    Chat().send(chat_house.address, Letter("1", "subject", "text", MOMENT))
    assert proxy.asked == [f"localhost:{chat_house.port}"] and len(chat_house.posted) == 1
    with pytest.raises(Undelivered):
        Chat().send("https://10.0.0.1/x", Letter("1", "subject", "text", MOMENT))


def test_no_letter_goes_to_a_server_that_cannot_be_trusted(
    mail_house: MailHouse, plain_house: MailHouse, chat_house: ChatHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = Letter("1", "subject", "text", MOMENT)

    def send(url: str) -> None:
        server = parsed(url, "line@city.example.jp")
        assert server
        Mail(server, "localhost").send(ETO, letter)

    with pytest.raises(Undelivered, match="does not offer"):
        send(f"smtp://localhost:{plain_house.port}")
    with pytest.raises(Undelivered, match="refuses the name or the password"):
        send(f"smtp://{USER}:wrong@localhost:{mail_house.port}")
    send(f"smtp+plain://127.0.0.1:{plain_house.port}")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Undelivered, match="cannot be trusted"):
        send(f"smtp://localhost:{mail_house.port}")
    with pytest.raises(Undelivered):
        Chat(private=True).send(chat_house.address, letter)
    assert len(plain_house.letters) == 1 and mail_house.letters == [] and chat_house.posted == []


@pytest.mark.parametrize(
    "address", ["a@b", "a@b.jp\r\nBcc: c@d.jp", "a b@c.jp", "@c.jp", "a@c..jp", "名@市.jp", "a@1.2.3.4", ""]
)
def test_what_is_no_mail_address_is_none(address: str) -> None:
    assert not is_mail_address(address)


def test_a_title_cannot_write_heads_of_a_mail(hall: Town, mail_house: MailHouse) -> None:
    choosing(hall, "abe", mail=ABE)
    with hall.office.database.writing() as connection:
        outbox.notify(connection, Kind.SUBMITTED, told("x\r\nBcc: all@city.example.jp"), "/staff", MOMENT)
    at(hall)
    assert mail_house.letters[0]["Bcc"] is None


def test_nothing_like_a_my_number_is_sent(hall: Town, mail_house: MailHouse) -> None:
    """Somebody may type one where a reason is asked for."""
    choosing(hall, "abe", mail=ABE)
    typed = "番号は 1234-5678-9012 と伺いました"
    sentence = told(
        "%(name)s asks for approval of “%(title)s”. Reason: %(reason)s", name="江藤", title="案内", reason=typed
    )
    with hall.office.database.writing() as connection:
        outbox.notify(connection, Kind.SUBMITTED, sentence, "/staff/drafts/1", MOMENT)
    at(hall)
    words = mail_house.letters[0].get_content()
    assert "5678" not in words and "長い番号" in words and "「案内」" in words


def test_only_administrators_see_what_could_not_be_sent(hall: Town) -> None:
    assert "管理者だけ" in who(hall, "abe").get("/staff/notices")


def add(town: Town, login: str, role: Role) -> None:
    _, address = town.accounts.add(login, "管理", [role], PASSWORD, MOMENT)
    town.secrets[login] = address.partition("secret=")[2].partition("&")[0]


class broken:
    """For a while one way leads elsewhere."""

    def __init__(self, town: Town, way: Way, sender: object):
        self.postman, self.way, self.sender = postman(town), way, sender

    def __enter__(self) -> None:
        self.room = self.postman.room
        self.postman.room = replace(self.room, senders={**self.room.senders, self.way: self.sender})  # type: ignore[dict-item]

    def __exit__(self, *_: object) -> None:
        self.postman.room = self.room
