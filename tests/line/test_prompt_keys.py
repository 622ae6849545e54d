"""The grammar of the keys under which words stand."""

import re
from pathlib import Path

import pytest

import ivr
from ivr.line import prompt_keys as keys
from ivr.line.named_numbers import is_number
from ivr.line.prompt_keys import KeyParts, taken_apart
from ivr.line.values import Line
from ivr.line.vocabulary import required_prompts

pytestmark = pytest.mark.timeless


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("say.greeting", KeyParts("say", "", "greeting")),
        ("menu.main.lead", KeyParts("menu", "main", "lead")),
        ("text.mail.passages.2", KeyParts("text", "mail", "passages", 2)),
        ("help.passages.3", KeyParts("help", "", "passages", 3)),
        ("press.4", KeyParts("press", "", "", 4)),
        ("calendar.months.11", KeyParts("calendar", "", "months", 11)),
        ("digits.hash", KeyParts("digits", "", "hash")),
        ("hours.closed_names.12-29_to_01-03", KeyParts("hours", "", "closed_names.12-29_to_01-03")),
        ("desk", KeyParts("desk")),
        ("", KeyParts("")),
        ("text.mail.passages.²", KeyParts("text", "mail", "passages.²")),
    ],
)
def test_a_key_is_taken_apart(key: str, parts: KeyParts) -> None:
    assert taken_apart(key) == parts


def test_what_is_built_is_what_the_files_have(line: Line) -> None:
    built = {
        keys.of_node("menu", "fraud", keys.LEAD),
        keys.passage("mail", 1),
        keys.passage(keys.HELP, 1),
        keys.press(4),
        keys.count(9),
        keys.ordinal(1),
        keys.digit("#"),
        keys.digit("0"),
        keys.speed("very_fast"),
        keys.failed("no_answer"),
        keys.calendar("weekdays", 7),
        keys.calendar("noon"),
        keys.hours("nth", 5),
    }
    for language in line.languages.values():
        assert built <= language.prompts.keys()


def test_every_key_that_is_required_belongs_to_a_family_and_a_node(line: Line) -> None:
    for key in required_prompts(line.menus, line.texts, line.desks):
        parts = taken_apart(key)
        assert parts.family and (parts.part or parts.number is not None)
        assert bool(parts.node) == (parts.family in keys.NODE_FAMILIES)


def test_runs_of_words_know_their_prompt(line: Line) -> None:
    for language in line.languages.values():
        for key, prompt in language.prompts.items():
            assert {keys.of_chunk(chunk.key) for chunk in prompt.chunks() if not is_number(chunk)} <= {key}


def test_no_other_module_spells_keys_out_of_parts() -> None:
    families = "menu|text|desk|help|press|count|ordinal|digits|speed|failed|calendar|hours|words"
    spelt = re.compile(rf"""f["'](?:{families})\.\{{|["'](?:\.passages\.|{families})\.["']|\.name["']\]""")
    rooms = Path(ivr.__file__).parent
    found = [
        f"{path.relative_to(rooms)}:{number}: {text.strip()}"
        for path in rooms.rglob("*.py")
        if path.name != "prompt_keys.py"
        for number, text in enumerate(path.read_text().splitlines(), 1)
        if spelt.search(text)
    ]
    assert found == []
