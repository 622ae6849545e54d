"""Who may do what: every role at every door of the real console, against the table."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from werkzeug.routing import Rule

from ivr.people.persons import Person, Role
from ivr.people.refusals import NotAllowed
from ivr.people.rights import RIGHTS, Right, may, require
from ivr.staff import console
from ivr.staff.area import NEEDS, UNLOCKED
from tests.support.clock import MOMENT
from tests.support.town import PASSWORD, Town, Visitor

LOGINS = {Role.EDITOR: "eto", Role.APPROVER: "abe", Role.ADMINISTRATOR: "kanri"}
TRUSTED = {
    Right.LOOK: {Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR},
    Right.READ_REPORTS: {Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR},
    Right.WRITE: {Role.EDITOR},
    Right.RECORD: {Role.EDITOR},
    Right.REMARK: {Role.EDITOR, Role.APPROVER},
    Right.APPROVE: {Role.APPROVER},
    Right.PUBLISH: {Role.APPROVER},
    Right.WARN: {Role.EDITOR, Role.APPROVER},
    Right.APPROVE_ALERT: {Role.APPROVER},
    Right.CLOSE_DESK: {Role.EDITOR, Role.APPROVER},
    Right.KEEP_ACCOUNTS: {Role.ADMINISTRATOR},
    Right.WATCH_ACCOUNTS: {Role.APPROVER},
}
"""What the guide tells staff."""

STRANGERS_MAY = {"staff.sign_in", "staff.signing_in", "staff.set_up", "staff.setting_up"} | {
    "staff.choose_language",
    "staff.static",
    "staff.signing_in_by_passkey",
    "staff.sso",
    "staff.leave_for_sso",
    "staff.sso_return",
}


@pytest.fixture(name="hall")
def any_hall(town: Town) -> Town:
    """The city hall, with somebody who looks after the accounts."""
    _, address = town.accounts.add("kanri", "管理", [Role.ADMINISTRATOR], PASSWORD, MOMENT)
    town.secrets["kanri"] = pyotp.parse_uri(address).secret
    return town


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_may_do_what_it_is_trusted_with_and_nothing_else(role: Role, right: Right) -> None:
    person = Person("1", "江藤", frozenset({role}))
    assert may(person, right) is (role in TRUSTED[right])
    if role in TRUSTED[right]:
        require(person, right)
    else:
        with pytest.raises(NotAllowed):
            require(person, right)


def test_whoever_has_two_roles_may_do_what_either_may_and_whoever_has_none_nothing() -> None:
    both = Person("1", "馬場", frozenset({Role.EDITOR, Role.APPROVER}))
    assert {right for right in Right if may(both, right)} == RIGHTS[Role.EDITOR] | RIGHTS[Role.APPROVER]
    assert not any(may(Person("2", "沢", frozenset()), right) for right in Right)


def test_every_form_of_the_console_needs_one_right_or_is_for_everybody(town: Town) -> None:
    sent = {rule.endpoint for rule in _rules(town) if "POST" in (rule.methods or ())}
    assert sent - NEEDS.keys() - UNLOCKED == set()
    assert NEEDS.keys() & UNLOCKED == set()
    assert {rule.endpoint for rule in _rules(town)} & UNLOCKED == STRANGERS_MAY
    assert NEEDS.keys() <= {rule.endpoint for rule in _rules(town)}, "a right for a page that is none"


@pytest.mark.parametrize("role", Role)
def test_the_console_lets_each_role_do_what_the_table_says(hall: Town, role: Role) -> None:
    """Forms come without their token, so that whoever may send one is told so (400), and nothing is done."""
    visitor, told = hall.who(LOGINS[role]), {}
    for rule in _rules(hall):
        if rule.endpoint in NEEDS:
            told[rule.endpoint] = _asked(visitor, rule) != 403
    assert told == {endpoint: role in TRUSTED[need.right] for endpoint, need in NEEDS.items()}


def test_strangers_are_sent_to_sign_in_from_every_other_door(town: Town) -> None:
    stranger = town.visitor()
    for rule in _rules(town):
        if rule.endpoint not in UNLOCKED:
            assert _asked(stranger, rule) in (303, 401), rule


def test_no_page_asks_for_a_role_and_each_right_it_asks_for_is_one() -> None:
    for path in (Path(console.__file__).parent / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"me\.roles", text), path.name
        assert set(re.findall(r"Right\.(\w+)", text)) <= set(Right.__members__), path.name


def _rules(town: Town) -> Iterator[Rule]:
    return (rule for rule in town.app.url_map.iter_rules() if rule.endpoint.startswith("staff."))


def _asked(visitor: Visitor, rule: Rule) -> int:
    """The answer's status at an address of the rule."""
    names = {name: _NAMED.get(name, 1) for name in rule.arguments}
    with visitor.town.app.test_request_context():
        _, path = rule.build(names, append_unknown=False) or ("", "")
    method = visitor.client.post if "POST" in (rule.methods or ()) else visitor.client.get
    return int(method(path).status_code)


_NAMED = {
    "table": "desk",
    "name": "mail",
    "key": "say.greeting",
    "code": "ja",
    "speed": "normal",
    "filename": "staff.css",
    "period": "2026-11",
}
_NAMED |= {"edition": "e", "token": "t"}
