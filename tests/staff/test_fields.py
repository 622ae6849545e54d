"""Fields in error are known as wrong by the page itself, and described by what is wrong, without any script; and all
forms tell it in one way: a summary that links to the fields."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ivr.staff import console
from ivr.staff.refused_fields import FIELDS
from tests.support.town import Town, Visitor, begun, shared_town

TEMPLATES = Path(console.__file__).parent / "templates" / "staff"
NAMED = {name for names in FIELDS.values() for name in names}
TAG = re.compile(r"<(?:input|textarea)\b(?:{{.*?}}|{%.*?%}|[^>])*>")


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with shared_town(tmp_path_factory.mktemp("data")) as made:
        yield made


def fields(template: Path) -> list[str]:
    """The fields of a template, by their tags, in which something may be typed that is refused."""
    return [
        tag
        for tag in TAG.findall(template.read_text())
        if not re.search(r'type="(?:hidden|checkbox|radio)"| hidden>', tag)
        and (found := re.search(r' name="((?:{{.*?}}|[^"{])*)"', tag))
        and (found[1] in NAMED or f"{found[1].partition('{')[0]}" in {each for each in NAMED if each[-1] == "-"})
    ]


def test_every_field_that_can_be_refused_says_so_itself() -> None:
    by_file = {each.name: fields(each) for each in TEMPLATES.glob("*.html")}
    assert sum(map(len, by_file.values())) > 40, "they are found"
    dumb = [(name, tag) for name, tags in by_file.items() for tag in tags if "described(" not in tag]
    assert not dumb
    for name, tags in by_file.items():
        template = (TEMPLATES / name).read_text()
        assert len(re.findall(r"fault_of\(", template)) >= (1 if tags else 0), name


def wrong(visitor: Visitor) -> dict[str, str]:
    """The fields of the page that are wrong, with what describes them; each is linked to from the summary."""
    assert re.search(r'class="problem summary"[^>]*role="alert"[^>]*autofocus', visitor.html)
    summary = visitor.html.partition('class="problem summary"')[2].partition("</div>")[0]
    found = {}
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*aria-invalid=\"true\"[^>]*>", visitor.html):
        (name,) = re.findall(r' id="([^"]+)"', tag)
        (ids,) = re.findall(r'aria-describedby="([^"]+)"', tag)
        assert f'href="#{name}"' in summary and tag.count("aria-describedby") == 1
        told = [re.search(rf'id="{re.escape(each)}"[^>]*>([^<]*)', visitor.html) for each in ids.split()]
        assert all(told), ids
        found[name] = told[0][1] if told[0] else ""
    return found


def test_a_mistake_in_a_file_is_told_in_words_with_the_librarys_own_under_details(hall: Town) -> None:
    editor = hall.who("eto")
    editor.get(f"{begun(editor)}/exchange")
    page = editor.send("/import/look", file=(BytesIO(b'[text]\na = "x'), "ja.toml"))
    assert "ja.toml の2行目、7文字目：引用符またはかっこが、閉じられていません" in page
    before, details = editor.html.split('<details class="codes">', 1)
    assert "Unterminated string" in details and "Unterminated" not in before and list(wrong(editor)) == ["file"]


def test_whoever_cannot_be_signed_in_is_led_to_the_fields(hall: Town) -> None:
    visitor = hall.visitor()
    page = visitor.sign_in("eto", "wrong", "000000")
    assert "サインインできませんでした" in page and visitor.status == 401
    assert list(wrong(visitor)) == ["login", "password", "code"] and "確かめて" in wrong(visitor)["password"]


@pytest.mark.parametrize(
    ("path", "action", "typed", "at"),
    [
        ("{draft}/contacts", "/numbers", {"number": "12"}, "number-"),
        ("{draft}/contacts/new", "/contacts/save", {"address": "12", "name-ja": "x", "about-ja": "x"}, "address"),
        ("{draft}/submit", "/submit", {"reason": " "}, "reason"),
        ("{draft}/exchange", "/import/look", {"file": (BytesIO(b"x"), "words.exe")}, "file"),
        ("/staff/drafts", "/drafts", {"title": " "}, "title"),
        ("/staff/me/notices", "", {"mail": "eto"}, "mail"),
        ("/staff/me", "/me/passkeys", {"name": " "}, "name"),
        ("/staff/me", "/me/passkeys", {"name": "x" * 101}, "name"),
        ("/staff/alerts", "/alerts/look", {"words-ja": "", "words-en": "x"}, "words-ja"),
    ],
)
def test_what_is_typed_wrongly_is_told_at_its_field(
    path: str, action: str, typed: dict[str, Any], at: str, hall: Town
) -> None:
    editor = hall.who("eto")
    editor.get(path.format(draft=begun(editor) if "{draft}" in path else ""))
    editor.send(action, **typed)
    assert editor.status == 409 and at in wrong(editor), editor.text
