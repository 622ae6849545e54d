"""Single sign-on at a provider that runs beside: who comes in, as whom, and what does not count."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc.jwk import RSAKey

from ivr.people import trail
from tests.people.conftest import as_before, secret_of, with_administrator
from tests.support.clock import MACHINE, MOMENT, WALL
from tests.support.provider import CLIENT, CLIENT_SECRET, OpenIdProvider, Person, open_provider
from tests.support.town import ORIGIN, PASSWORD, Town, Visitor, open_town

ADDRESS = "eto@city.example.jp"
PERSON = {"sub": "abc-1", "email": ADDRESS, "email_verified": True, "name": "江藤"}


@dataclass
class House:
    """A city hall, and the city's provider."""

    town: Town
    provider: OpenIdProvider
    admin: Visitor | None = None

    def come(self, visitor: Visitor, next_page: str = "/staff/drafts") -> str:
        """Go to the provider and back; what the console says then."""
        return self.back(visitor, self.leave(visitor, next_page))

    def leave(self, visitor: Visitor, next_page: str = "/staff/drafts") -> str:
        """Go there; where the provider sends one."""
        there = visitor.client.get(f"/staff/sso?next={next_page}")
        assert there.status_code == 303, there.get_data(as_text=True)
        answer = requests.get(there.location, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def back(self, visitor: Visitor, address: str) -> str:
        return visitor.get(address.removeprefix(ORIGIN))

    def invite(self, login: str, address: str) -> str:
        """An administrator writes the address beside the account."""
        self.admin = self.admin or self.town.who("kanri")
        self.admin.get(f"/staff/accounts/{login}/invite")
        return self.admin.send("/invite", address=address)


@pytest.fixture(scope="module", name="running")
def one_provider() -> Iterator[OpenIdProvider]:
    with open_provider(f"{ORIGIN}/staff/sso/return") as made:
        yield made


@pytest.fixture(scope="module", name="standing_house")
def house_with_a_provider(tmp_path_factory: pytest.TempPathFactory, running: OpenIdProvider) -> Iterator[House]:
    WALL.now = MOMENT
    with house(tmp_path_factory.mktemp("house"), running) as made:
        yield made


@pytest.fixture(name="house")
def house_as_before(standing_house: House) -> House:
    """Nobody is invited, and the provider is what it should be."""
    as_before(standing_house.town)
    standing_house.provider.be_well(PERSON)
    return standing_house


class house:
    """A city hall whose staff may sign in there."""

    def __init__(self, folder: Path, provider: OpenIdProvider, **environ: str):
        provider.be_well(PERSON)
        asked = {"OIDC_ISSUER": provider.issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
        self.provider, self.town = provider, open_town(folder, **asked, OIDC_NAME="庁内認証", **environ)

    def __enter__(self) -> House:
        town = self.town.__enter__()
        return House(with_administrator(town), self.provider)

    def __exit__(self, *_: object) -> None:
        self.town.__exit__(None, None, None)


def test_whoever_is_invited_comes_in_and_is_tied_for_good(house: House) -> None:
    assert "庁内アカウント eto@city.example.jp でサインインできる" in house.invite("eto", "Ｅto@City.example.jp")
    visitor = house.town.visitor()
    assert "庁内認証でサインイン" in visitor.get("/staff/sign-in")
    assert "下書き" in house.come(visitor) and "江藤" in visitor.html and visitor.path == "/staff/drafts"
    house.provider.person.claims |= {"email": "married@city.example.jp"}
    again = house.town.visitor()
    assert "下書き" in house.come(again), "it goes by the provider's id, not by an address"
    house.provider.person.claims |= {"sub": "other", "email": ADDRESS}
    assert "アカウントが、ここにはありません" in house.come(house.town.visitor()), "an address counts once"
    acts = [(each.act.act, each.act.what, each.act.after) for each in trail.search(house.town.office.database)]
    assert ("account.invite", "eto", ADDRESS) in acts and ("account.tie", "eto", ADDRESS) in acts
    assert ("account.sign_in", "eto", "single sign-on") in acts
    assert "庁内アカウントと結び付け済み" in house.town.who("kanri").get("/staff/accounts")


def test_nobody_comes_in_for_having_an_account_there(house: House) -> None:
    visitor = house.town.visitor()
    assert "eto@city.example.jpのアカウントが、ここにはありません" in house.come(visitor)
    assert "サインイン" in visitor.get("/staff/drafts")
    assert len(house.town.accounts.all()) == 5


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": None}, {"email": ["x"]}, {"email": ""}]
)
def test_an_address_that_nobody_verified_counts_for_nothing(house: House, claims: dict[str, object]) -> None:
    house.invite("eto", ADDRESS)
    house.provider.person.claims |= claims
    assert "アカウントが、ここにはありません" in house.come(house.town.visitor())


def test_a_stopped_account_stays_out_and_a_renewed_one_is_tied_to_nobody(house: House) -> None:
    house.invite("eto", ADDRESS)
    house.come(house.town.visitor())
    house.town.accounts.stop("eto", MOMENT)
    assert "止められています" in house.come(house.town.visitor())
    house.town.secrets["eto"] = secret_of(house.town.accounts.renew("eto", PASSWORD, MOMENT))
    assert "アカウントが、ここにはありません" in house.come(house.town.visitor())


def test_the_way_is_asked_with_pkce_state_and_nonce_and_counts_once(house: House) -> None:
    house.invite("eto", ADDRESS)
    visitor, other = house.town.visitor(), house.town.visitor()
    address = house.leave(visitor)
    asked = house.provider.asked[-1]
    assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) >= 20 and len(asked["state"]) >= 20
    assert "うまくいきませんでした" in house.back(other, address), "another browser did not ask"
    assert "うまくいきませんでした" in house.back(visitor, re.sub(r"state=\w+", "state=x", address))
    address = house.leave(visitor)
    assert "下書き" in house.back(visitor, address)
    house.back(other, address)
    assert "サインイン" in other.get("/staff/drafts")
    assert "うまくいきませんでした" in house.town.visitor().get("/staff/sso/return?error=access_denied&state=x")
    assert "うまくいきませんでした" in house.town.visitor().get("/staff/sso/return")


SPOILT: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for another client": {"aud": ["somebody else"]},
    "too old": {"exp": 1},
    "of another way": {"nonce": "another"},
}


def test_a_token_that_is_not_for_this_line_and_this_way_is_none(house: House) -> None:
    house.invite("eto", ADDRESS)
    visitor = house.town.visitor()
    for how, claims in SPOILT.items():
        house.provider.spoil = lambda told, claims=claims: told.update(claims)  # type: ignore[misc]
        assert "うまくいきませんでした" in house.come(visitor), how
    house.provider.spoil = lambda _: None
    house.provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert "うまくいきませんでした" in house.come(visitor), "signed by another"
    house.provider.signs_with = None
    house.provider.person.claims["sub"] = ""
    assert "うまくいきませんでした" in house.come(visitor), "of nobody"
    assert "サインイン" in visitor.get("/staff/drafts")


def test_a_provider_that_calls_itself_otherwise_is_none(house: House) -> None:
    house.provider.called = "https://evil.example"
    house.town.app.extensions.pop("ivr.sso", None)  # what it told about itself is asked anew
    assert "うまくいきませんでした" in house.town.visitor().get("/staff/sso")


def test_a_provider_that_is_down_is_told_and_passwords_go_on(tmp_path: Path) -> None:
    asked = {"OIDC_ISSUER": "http://127.0.0.1:1", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"}
    with open_town(tmp_path, **asked) as town:
        visitor = town.visitor()
        assert "庁内のサインインが、うまくいきませんでした" in visitor.get("/staff/sso")
        assert "いま、" in visitor.sign_in("eto")


def test_where_the_city_says_so_an_account_is_made_which_may_nothing_yet(
    tmp_path: Path, running: OpenIdProvider
) -> None:
    with house(tmp_path, running, OIDC_CREATE="on") as made:
        visitor = made.town.visitor()
        assert "役割がまだありません" in made.come(visitor)
        assert "サインイン" in visitor.get("/staff/drafts")
        admin = made.town.who("kanri")
        assert "役割がまだありません" in admin.get("/staff/accounts")
        admin.get(f"/staff/accounts/{ADDRESS}/roles")
        admin.send("/roles/look", **{"role-editor": "on"})
        admin.send("/roles")
        assert "下書き" in made.come(visitor) and visitor.path == "/staff/drafts"


def test_passwords_can_be_turned_off(tmp_path: Path, running: OpenIdProvider) -> None:
    with house(tmp_path, running, STAFF_PASSWORDS="off") as made:
        visitor = made.town.visitor()
        visitor.get("/staff/sign-in")
        assert 'name="password"' not in visitor.html
        _, fields = visitor.form("/sign-in/passkey")
        sent = {**fields, "login": "eto", "password": PASSWORD, "code": visitor.code("eto")}
        assert visitor.client.post("/staff/sign-in", data=sent).status_code == 401
        runner = made.town.app.test_cli_runner()
        done = runner.invoke(args=["staff", "invite", "kanri", ADDRESS])
        assert done.exit_code == 0, done.output
        assert "アカウント" in made.come(visitor, "/staff/accounts") and visitor.path == "/staff/accounts"
        visitor.get("/staff/me")
        assert 'name="password"' not in visitor.html
        visitor.get("/staff/accounts")
        visitor.send(login="ueda", name="上田", **{"role-editor": "on"})
        assert "上田さんが庁内アカウントでサインインできるようにする" in visitor.text
        assert "すでに" not in visitor.send(address="ueda@city.example.jp")


def test_it_shows_again_who_it_is_by_a_login_that_is_fresh(house: House) -> None:
    runner = house.town.app.test_cli_runner()
    runner.invoke(args=["staff", "invite", "kanri", ADDRESS])
    house.provider.person.signed_in = int(MACHINE().timestamp()) - 3600
    visitor = house.town.visitor()
    house.come(visitor)
    assert "ご本人の確認" in visitor.get("/staff/accounts/eto/roles"), "the provider knew them from before"
    house.come(visitor, "/staff/accounts/eto/roles")
    assert visitor.path == "/staff/accounts/eto/roles"
    assert house.provider.asked[-1]["prompt"] == "login" and house.provider.asked[-1]["max_age"] == "0"
    later = visitor.later(minutes=11)
    house.provider.person = Person({"sub": "somebody else", "email": "x@city.example.jp", "email_verified": True})
    assert "確かめられませんでした" in house.come(later, "/staff/accounts/eto/roles")
    assert "ご本人の確認" in later.get("/staff/accounts/eto/roles")


def test_what_was_typed_waits_while_one_signs_in_there(house: House) -> None:
    house.invite("eto", ADDRESS)
    editor = house.town.who("eto")
    editor.get("/staff/drafts")
    target, fields = editor.form("/drafts")
    late = editor.later(minutes=31)
    late.page = late.client.post(
        target, data={**fields, "title": "長い題名"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    page = late.send("/staff/sso")
    assert "入力した内容は、残してあります" in page and "長い題名" not in late.html
    onward = unescape(re.findall(r'href="(/staff/sso[^"]*)"', late.html)[0])
    there = late.client.get(onward)
    answer = requests.get(there.location, allow_redirects=False, timeout=5)
    page = house.back(late, answer.headers["Location"])
    assert "入力した内容を送りますか" in page and "長い題名" in page
    with house.town.office.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT * FROM stash").all() == []


def test_an_invitation_is_one_persons_and_not_ones_own(house: House) -> None:
    assert "アドレスではありません" in house.invite("eto", "a b")
    house.invite("eto", ADDRESS)
    assert "すでにetoに登録されています" in house.invite("abe", ADDRESS)
    assert "ほかの管理者" in house.invite("kanri", "kanri@city.example.jp")
    assert "取り消しました" in house.invite("eto", "")
    assert "アカウントが、ここにはありません" in house.come(house.town.visitor())


def test_without_a_provider_there_is_no_such_page(hall: Town) -> None:
    visitor = hall.visitor()
    for path in ("/staff/sso", "/staff/sso/return"):
        assert visitor.get(path) and visitor.status == 404
