"""The structure of a draft: what an operation changes, and what would come of it, told before it is done."""

from pathlib import Path

import pytest

from ivr.editions import structure
from ivr.editions.outlook import KeyChange, breakages, outlook
from ivr.editions.structure import Shape, added, attached, detached, moved, renamed, taken_away, with_desks, with_key
from ivr.editions.texts import TextPlace, texts
from ivr.line.loading import read_files
from ivr.line.prompt_keys import in_language
from ivr.people.refusals import NotFound, Refused
from tests.support.given import PROMPTS

LINE = "line.toml"
SHIPPED = dict(texts(read_files(Path(PROMPTS))))
NAMES = {"ja": "高齢の方の窓口", "en": "the desk for older people"}


def after(operation: structure.Operation, before: structure.Texts = SHIPPED) -> dict[TextPlace, str]:
    """The texts once it is done."""
    return {**before, **operation(before)}


def broken(operation: structure.Operation, before: structure.Texts = SHIPPED) -> list[str]:
    """What it would break, in English."""
    return [each.message % each.facts for each in outlook(before, operation, "en").breaks]


def both(first: structure.Operation, second: structure.Operation) -> structure.Operation:
    """One after the other."""

    def operation(before: structure.Texts) -> dict[TextPlace, str]:
        changes = first(before)
        return {**changes, **second({**before, **changes})}

    return operation


def test_the_shipped_line_is_whole() -> None:
    shape = Shape.of(SHIPPED)
    assert breakages(SHIPPED, "ja") == () == structure.missing(SHIPPED)
    assert shape.branch("main").ways == ("fraud", "card", "about")
    assert shape.parents("trick_cash") == ((shape.branch("tricks"), 4),)
    assert shape.level("tricks") == 3 and shape.level("trick_cash") == 4


def test_a_new_desk_stands_on_its_key_and_what_it_lacks_is_known() -> None:
    done = after(added("desk", "", NAMES, "system_desks", 2), after(with_key("desks", "system_desks")))
    shape = Shape.of(done)
    assert shape.branch("system_desks").ways == ("police", "desk_for_older_people", "consumer", "ppc", "others")
    assert done[TextPlace("ja.toml", "desk.desk_for_older_people.name")] == NAMES["ja"]
    assert done[TextPlace("en.toml", "words.desk_for_older_people")] == '["desk for older people"]'
    lacking = {str(place) for place in structure.missing(done)}
    assert {f"{LINE}: desk.desk_for_older_people.{fact}" for fact in ("numbers", "hours", "source")} <= lacking
    assert {f"{code}.toml: desk.desk_for_older_people.about" for code in ("ja", "en")} <= lacking
    assert len(lacking) == 9


def test_what_a_new_one_would_break_and_what_is_to_be_written_is_told_before() -> None:
    seen = outlook(SHIPPED, added("menu", "help_menu", NAMES, "fraud", 1), "en")
    assert [each.message % each.facts for each in seen.breaks] == [
        "“suspicious contacts” has 5 keys: nobody remembers more than four.",
        "“the desk for older people” is a dead end: none of its keys leads on.",
    ]
    assert KeyChange("fraud", "mail", 1, 2) in seen.keys and KeyChange("fraud", "help_menu", None, 1) in seen.keys
    assert TextPlace("ja.toml", "menu.help_menu.option") in seen.missing
    assert not seen.harmless


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (attached("tricks", "main"), "has 4 keys: three at most, since the fourth is for the language"),
        (both(detached("lost", "card"), detached("cards", "card")), "“cards and leaked numbers” has a single key"),
        (detached("leaked", "card"), "Nobody reaches “a leaked number”"),
        (detached("city", "line"), "“this line” is a dead end: after it"),
        (attached("main", "tricks"), "leads back to itself"),
        (moved("tricks", "fraud", "system"), "has 5 keys"),
        (taken_away("card"), "Nobody reaches “a leaked number”"),
        (attached("police", "lost"), ""),
    ],
)
def test_what_would_break_is_told(operation: structure.Operation, told: str) -> None:
    if told:
        assert any(told in each for each in broken(operation)), broken(operation)
    else:
        with pytest.raises(Refused, match="leads there already"):
            operation(SHIPPED)


def test_a_menu_too_deep_is_told() -> None:
    deeper = after(added("menu", "deep", NAMES, "tricks", 1))
    assert any("lies on level 4 of the menus" in each.message % each.facts for each in breakages(deeper, "en"))


def test_a_desk_that_goes_takes_every_way_to_it_along_and_whoever_speaks_of_it_is_named() -> None:
    seen = outlook(SHIPPED, taken_away("consumer"), "en")
    done = {**SHIPPED, **seen.changes}
    ways = ("options", "choices", "desks", "nearest")
    assert not any('"consumer"' in text for place, text in done.items() if place.key.endswith(ways))
    assert not any(text and place.key.startswith("desk.consumer.") for place, text in done.items())
    assert seen.goes == ("consumer",)
    assert KeyChange("mail", "consumer", 2, None) in seen.keys
    assert "trick_app" in seen.unreached_by_0 and "fraud" in seen.unreached_by_0
    assert TextPlace("en.toml", "text.trick_mail.passages.6") in seen.mentions, "by its number"
    assert breakages(done, "ja") == () == structure.missing(done), "the line goes on without it"


def test_a_menu_goes_alone_or_with_all_that_nobody_could_reach_without_it() -> None:
    alone, whole = after(taken_away("tricks")), after(taken_away("tricks", below=True))
    assert "trick_app" in Shape.of(alone).branches
    assert not {"tricks", "trick_mail", "trick_app"} & Shape.of(whole).branches.keys()
    assert breakages(whole, "ja") == ()
    assert {"consumer", "police"} <= Shape.of(whole).branches.keys(), "0 may reach desks from anywhere"


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (taken_away("main"), "cannot be taken away"),
        (taken_away("city"), "stay silent"),
        (taken_away("nobody"), "There is no menu"),
        (added("desk", "police", NAMES), "in use"),
        (added("desk", "Police!", NAMES), "small letters"),
        (added("desk", "again", NAMES), "small letters"),
        (added("desk", "say", {**NAMES, "en": " "}), "in every language"),
        (added("shop", "shop", NAMES), "Choose whether"),
        (added("desk", "older", {**NAMES, "en": "the {desk"}), "brace"),
        (added("menu", "more", NAMES, "mail"), "no menu"),
        (added("desk", "more", NAMES, "police"), "leads nowhere"),
        (added("desk", "more", NAMES, "main", 0), "counted from 1"),
        (attached("fraud", "fraud"), "itself"),
        (moved("lost", "main", "card"), "any more"),
        (with_desks("mail", ["fraud"]), "desks alone"),
        (with_desks("mail", ["police", "police"]), "once"),
        (with_desks("", []), "from anywhere"),
        (with_desks("police", ["city"]), "own page"),
        (with_key("mail", "call"), "in use"),
        (renamed("mail", {"ja": "", "en": "mail"}), "in every language"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(operation: structure.Operation, why: str) -> None:
    with pytest.raises((Refused, NotFound), match=why):
        operation(SHIPPED)


def test_keys_move_within_a_menu_and_into_another() -> None:
    up = after(moved("tricks", "fraud", "fraud", 1))
    assert Shape.of(up).branch("fraud").ways == ("tricks", "mail", "call", "paid")
    away = after(moved("portal", "about", "card", 3))
    assert Shape.of(away).branch("card").ways == ("lost", "leaked", "portal", "cards")
    assert "portal" not in Shape.of(away).branch("about").ways and breakages(away, "ja") == ()


def test_another_name_shows_who_still_says_the_old_one() -> None:
    seen = outlook(SHIPPED, renamed("national", {"ja": "国の電話窓口", "en": "the national office"}), "en")
    assert len(seen.changes) == 2
    assert any(place.language == "en" and place.key.startswith("text.") for place in seen.mentions)
    assert renamed("national", structure_names("national"))(SHIPPED) == {}


def structure_names(key: str) -> dict[str, str]:
    return {code: SHIPPED[TextPlace(f"{code}.toml", f"desk.{key}.name")] for code in ("ja", "en")}


def test_another_key_goes_along_everywhere() -> None:
    done = after(with_key("city", "town_hall"))
    shape = Shape.of(done)
    assert shape.silence_desk == "town_hall" and shape.nearest[0] == "town_hall"
    assert "town_hall" in shape.branch("line").ways and "city" not in shape.branches
    assert done[TextPlace("ja.toml", "words.town_hall")] == SHIPPED[TextPlace("ja.toml", "words.city")]
    assert breakages(done, "ja") == () == structure.missing(done)


def test_what_a_desk_has_for_one_language_goes_along_with_its_key() -> None:
    done = after(with_key("national", "helpline"))
    place = TextPlace(LINE, in_language("helpline", "en", "numbers"))
    assert done[place] == '["0120-0178-26"]'
    assert not any(place.key.startswith("desk.national.") for place, text in done.items() if text)


def test_a_desk_of_any_hour_is_followed_and_left_out_wherever_it_is_told_first() -> None:
    done = Shape.of(after(with_key("emergency", "police_now")))
    assert {done.branch(key).help_now for key in ("fraud", "police")} == {("police_now",)}
    done = Shape.of(after(taken_away("emergency")))
    assert {done.branch(key).help_now for key in ("fraud", "police")} == {()}


def test_a_desk_that_is_only_told_first_is_reached() -> None:
    told = after(detached("emergency", "trick_cash"))
    assert not [each for each in breakages(told, "ja") if each.branch == "emergency"]


def test_a_key_is_guessed_from_a_name_in_latin_letters_and_is_free() -> None:
    assert structure.guessed_key(SHIPPED, "text", ["高齢の方", "The police"]) == "police_2"
    assert structure.guessed_key(SHIPPED, "text", ["高齢の方", "年金"]) == "text"
    assert structure.guessed_key(SHIPPED, "menu", ["Again"]) == "menu"
