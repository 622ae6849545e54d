"""What is kept of passwords and second factors, and which passwords are taken."""

from contextlib import suppress

import pyotp
import pytest
from sqlalchemy import select, update

from ivr.line.values import Line
from ivr.people import passwords
from ivr.people.accounts import Accounts, FactorLost
from ivr.people.passwords import Weak, hashed, words_of
from ivr.people.refusals import Refused
from ivr.people.sealing import Seals, Unreadable
from ivr.staff.context import texts_of
from ivr.store.tables import account as account_table
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD, Town

GOOD = "さかなのしっぽを七回ふる"


def kept(town: Town, login: str) -> str:
    with town.office.database.reading() as connection:
        query = select(account_table.c.secret).where(account_table.c.login == login)
        return str(connection.execute(query).scalar_one())


def put(town: Town, login: str, secret: str) -> None:
    with town.office.database.writing() as connection:
        connection.execute(update(account_table).where(account_table.c.login == login).values(secret=secret))


def test_what_is_sealed_opens_with_the_same_key_alone() -> None:
    sealed = Seals("a").seal("words")
    assert Seals("a").open(sealed) == "words" and "words" not in sealed
    for other in (sealed[:-4] + "AAAA", "", "sealed:", "x", "é", Seals("b").seal("words")):
        with pytest.raises(Unreadable):
            Seals("a").open(other)


def test_second_factors_are_kept_sealed(town: Town) -> None:
    assert town.secrets["eto"] not in kept(town, "eto") and kept(town, "eto") != kept(town, "ebina")


def test_secrets_from_before_there_were_seals_work_and_are_sealed_at_the_next_start(town: Town) -> None:
    put(town, "eto", town.secrets["eto"])
    assert "いま、" in town.visitor().sign_in("eto")
    assert town.accounts.seal_all() == ()
    assert town.secrets["eto"] not in kept(town, "eto")
    assert "いま、" in town.visitor().sign_in("eto")


def test_a_changed_key_is_told_in_words(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.who("eto")
    put(town, "eto", Seals("another key").seal(town.secrets["eto"]))
    assert town.accounts.seal_all() == ("eto",)
    assert "SECRET_KEY is another one than before" in caplog.text and town.secrets["eto"] not in caplog.text
    visitor = town.visitor()
    assert "サーバーの鍵（SECRET_KEY）が変わったため" in visitor.sign_in("eto") and visitor.status == 409
    assert "SECRET_KEY" not in town.visitor().sign_in("eto", "wrong password"), "it tells nobody else"
    listed = town.app.test_cli_runner().invoke(args=["staff", "list"]).output
    assert "eto\t江藤\teditor (to be set up, or renewed)" in listed
    with pytest.raises(FactorLost):
        town.accounts.sign_in("eto", PASSWORD, "000000", MOMENT)
    address = town.accounts.renew("eto", PASSWORD, MOMENT)
    code = pyotp.TOTP(pyotp.parse_uri(address).secret).at(MOMENT)
    assert town.accounts.sign_in("eto", PASSWORD, code, MOMENT)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "aaaaaaaaaaaaaaaa",
        "あああああああああああああ",
        "qwertyuiopasdf",
        "123456789012",
        "１２３４５６７８９０１２",
        "abcabcabcabcabc",
        "マイナンバー電話案内２０２６",
        "横浜市横浜市横浜市横浜市",
        "yokohama-mynumber",
        "yokohama-city-2026",
        "Consumer Center Yokohama",
    ],
)
def test_what_is_easy_to_guess_is_refused_with_advice(line: Line, password: str) -> None:
    with pytest.raises(Weak) as weak:
        hashed(password, "eto", "江藤", words_of(texts_of(line)))
    assert len(weak.value.advice) >= 1


@pytest.mark.parametrize(
    "password",
    [
        "江藤はきのうさかなをたべた",
        "e-t-o さかなのしっぽ七回",
        "ＥＴＯさかなのしっぽを七回",
        "Taro likes seven small fish",
        "さかな江 藤のしっぽを七回",
    ],
)
def test_sign_in_name_and_name_stand_in_no_password(line: Line, password: str) -> None:
    with pytest.raises(Refused, match="must not hold"):
        hashed(password, "eto", "江藤 Taro", words_of(texts_of(line)))


@pytest.mark.parametrize(
    "password", [GOOD, PASSWORD, "correct horse battery staple", "7fG!pq2_zLw9", "もっと長くて覚えやすい言葉"]
)
def test_good_passwords_are_taken(line: Line, password: str) -> None:
    assert passwords.right(hashed(password, "eto", "江藤", words_of(texts_of(line))), password)


def test_a_one_letter_family_name_is_no_reason(line: Line) -> None:
    assert hashed("森のさかなのしっぽを七回", "mo", "森", words_of(texts_of(line)))


def test_width_makes_no_other_password_and_those_from_before_still_hold(line: Line) -> None:
    made = hashed("ｓａｋａｎａ七ｔａｂｉｆｕｒｕ", "eto", "江藤")
    assert passwords.right(made, "sakana七tabifuru")
    old = passwords._hasher.hash("ｓａｋａｎａ七ｔａｂｉｆｕｒｕ")
    assert passwords.right(old, "ｓａｋａｎａ七ｔａｂｉｆｕｒｕ") and not passwords.right(old, "sakana七tabifuru")


@pytest.mark.parametrize("password", ["\udc80" * 12 + GOOD, "x\x00" * 60, "a1!" * 66, "\U0001f41f" * 3 + GOOD])
def test_no_password_breaks_anything(password: str) -> None:
    with suppress(Refused):
        hashed(password, "eto", "江藤")
    assert not passwords.right(passwords.nobodys(), password)


def test_a_weak_password_of_one_s_own_is_refused_in_words(town: Town) -> None:
    visitor = town.who("eto")
    visitor.get("/staff/me")
    page = visitor.send("/me", password=PASSWORD, code=visitor.code("eto"), new="mynumber-2026", again="mynumber-2026")
    assert "当てられやすいものです" in page and "この電話案内で使う言葉" in page and visitor.status == 409


def test_the_terminal_refuses_weak_passwords_with_advice(town: Town) -> None:
    arguments = ["staff", "renew", "eto", "--password", "password1234"]
    result = town.app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 1 and "many people use" in result.output


def test_accounts_of_another_key_are_never_opened_by_the_terminal_either(town: Town) -> None:
    elsewhere = Accounts(town.office.database, "another key")
    with pytest.raises(FactorLost):
        elsewhere.sign_in("eto", PASSWORD, town.visitor().code("eto"), MOMENT)
