"""Two authors of the same texts: whatever one of them did is there afterwards, or both are shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.editions.merging import Merged, merge
from ivr.editions.texts import TextPlace, texts
from tests.support.stores import GREETING, shipped

pytestmark = pytest.mark.timeless

OLD = dict(texts(shipped()))
HOURS = TextPlace("line.toml", "desk.police.hours")
DESKS = TextPlace("line.toml", "menu.desks.options")
LANGUAGES = TextPlace("line.toml", "line.languages")
NEAREST = TextPlace("line.toml", "line.nearest")

LIBRARY = {
    TextPlace("line.toml", "desk.library.numbers"): '["045-262-0050"]',
    TextPlace("ja.toml", "desk.library.name"): "図書館",
    TextPlace("en.toml", "desk.library.name"): "the library",
    TextPlace("ja.toml", "words.library"): '["図書館"]',
}


def with_(changes: dict[TextPlace, str], base: dict[TextPlace, str] = OLD) -> dict[TextPlace, str]:
    return {place: text for place, text in (base | changes).items() if text}


def without(name: str, base: dict[TextPlace, str] = OLD) -> dict[TextPlace, str]:
    """The texts without a menu, text or desk, and without its name in any list."""
    left = {place: text for place, text in base.items() if name not in place.key.split(".")}
    return {
        place: text.replace(f', "{name}"', "").replace(f'"{name}", ', "") if place.file == "line.toml" else text
        for place, text in left.items()
    }


def passages(*words: str) -> dict[TextPlace, str]:
    """The passages of a text in Japanese: these and no others."""
    numbered = {TextPlace("ja.toml", f"text.mail.passages.{number}"): "" for number in range(1, 10)}
    return numbered | {TextPlace("ja.toml", f"text.mail.passages.{n}"): text for n, text in enumerate(words, 1)}


def read(merged: Merged, base: dict[TextPlace, str]) -> list[str]:
    places = [TextPlace("ja.toml", f"text.mail.passages.{number}") for number in range(1, 10)]
    return [merged.texts[place] for place in places if place in merged.texts]


def test_what_one_side_changed_is_taken_from_it() -> None:
    live = with_({GREETING: "staff", HOURS: '"Mo-Su 00:00-24:00"'})
    new = with_({TextPlace("en.toml", GREETING.key): "program", **LIBRARY})
    merged = merge(OLD, live, new)
    assert not merged.disagreements
    assert merged.texts == live | {TextPlace("en.toml", GREETING.key): "program", **LIBRARY}


def test_where_both_changed_a_text_staff_s_stays_and_both_are_told() -> None:
    merged = merge(OLD, with_({GREETING: "staff"}), with_({GREETING: "program"}))
    assert merged.texts[GREETING] == "staff"
    (told,) = merged.disagreements
    assert (told.at, told.old, told.live, told.new) == (GREETING, OLD[GREETING], "staff", "program")
    assert told.theirs == {GREETING: "program"}


def test_options_of_both_sides_are_put_together_in_order() -> None:
    old = with_({NEAREST: '["city", "consumer", "police", "ppc", "yoke"]'})
    live = with_({DESKS: '["police", "ppc", "consumer", "others"]', NEAREST: '["city", "police", "ppc", "yoke"]'})
    new = with_(
        {DESKS: '["library", "police", "consumer", "ppc", "others"]', NEAREST: '["police", "city", "consumer"]'}
    )
    merged = merge(old, live, new)
    assert merged.texts[DESKS] == '["library", "police", "ppc", "consumer", "others"]'
    assert merged.texts[NEAREST] == '["police", "city"]'
    assert not merged.disagreements


def test_two_numbers_in_the_place_of_one_are_no_list_of_both() -> None:
    place = TextPlace("line.toml", "desk.city.numbers")
    merged = merge(OLD, with_({place: '["045-111-1111"]'}), with_({place: '["045-222-2222"]'}))
    assert merged.texts[place] == '["045-111-1111"]'
    assert [told.at for told in merged.disagreements] == [place]


@pytest.mark.parametrize(
    ("live", "new", "merged"),
    [
        (["a", "B", "c"], ["a", "b", "c", "d"], ["a", "B", "c", "d"]),
        (["A", "b", "c"], ["a", "b", "C"], ["A", "b", "C"]),
        (["A", "b", "c"], ["a", "B", "c"], ["A", "B", "c"]),
        (["x", "a", "b", "c"], ["a", "b"], ["x", "a", "b"]),
        (["a", "c"], ["a", "b", "c", "d"], ["a", "c", "d"]),
        (["a", "B", "c"], ["a", "BB", "c"], None),
        (["a", "b", "c", "x"], ["a", "b", "c", "y"], None),
    ],
)
def test_passages_are_put_together_in_order(live: list[str], new: list[str], merged: list[str] | None) -> None:
    old = with_(passages("a", "b", "c"))
    found = merge(old, with_(passages(*live), old), with_(passages(*new), old))
    assert read(found, old) == (merged or live)
    if merged is None:
        (told,) = found.disagreements
        assert told.at == TextPlace("ja.toml", "text.mail.passages")
        assert read(Merged(with_(dict(told.theirs), dict(found.texts)), ()), old) == new


def test_a_desk_that_the_files_no_longer_have_goes_unless_staff_worked_on_it() -> None:
    gone = without("yoke")
    assert merge(OLD, with_({GREETING: "staff"}), gone).texts == with_({GREETING: "staff"}, gone)
    hours = TextPlace("line.toml", "desk.yoke.hours")
    live = with_({hours: '"Mo 10:00-12:00"'})
    merged = merge(OLD, live, gone)
    assert merged.texts == live, "it stays whole, in every list as well"
    (told,) = merged.disagreements
    assert (told.at, told.live, told.new) == (TextPlace("line.toml", "desk.yoke"), hours.key, "")
    assert with_(dict(told.theirs), dict(merged.texts)) == gone, "and goes whole where somebody decides so"


def test_a_desk_that_staff_recorded_or_newly_lead_to_is_worked_on_too() -> None:
    gone = without("yoke")
    recorded = merge(OLD, with_({GREETING: "staff"}), gone, [TextPlace("ja.toml", "desk.yoke.name")])
    assert TextPlace("ja.toml", "desk.yoke.name") in recorded.texts
    choices = TextPlace("line.toml", "text.mail.choices")
    led_to = merge(OLD, with_({choices: '["police", "consumer", "yoke"]'}), gone)
    assert TextPlace("line.toml", "desk.yoke.hours") in led_to.texts
    assert [told.at.key for told in led_to.disagreements] == ["desk.yoke"]


def test_a_desk_that_staff_took_away_stays_away_and_what_is_new_of_it_is_told() -> None:
    live, hours = without("yoke"), TextPlace("line.toml", "desk.yoke.hours")
    assert merge(OLD, live, with_({GREETING: "program"})).texts == with_({GREETING: "program"}, live)
    new = with_({hours: '"Mo 10:00-12:00"', TextPlace("line.toml", "text.mail.choices"): '["police", "yoke"]'})
    merged = merge(OLD, live, new)
    assert not [place for place in merged.texts if "yoke" in place.key.split(".")]
    assert not [text for place, text in merged.texts.items() if '"yoke"' in text and place.file == "line.toml"]
    (told,) = merged.disagreements
    back = with_(dict(told.theirs), dict(merged.texts))
    assert back[hours] == '"Mo 10:00-12:00"'
    assert back[TextPlace("line.toml", "text.mail.choices")] == '["police", "yoke"]'
    assert back[NEAREST] == OLD[NEAREST]


def test_what_the_line_starts_with_is_one_name_whoever_brings_it() -> None:
    start = TextPlace("line.toml", "line.silence_desk")
    live = without("yoke")
    new = with_({TextPlace("line.toml", "desk.yoke.hours"): '"Mo 10:00-12:00"', start: '"yoke"'})
    merged = merge(OLD, live, new)
    assert merged.texts[start] == OLD[start], "staff's line has no such desk"
    for told in merged.disagreements:
        assert told.theirs.get(start, '"yoke"') == '"yoke"'


def test_a_language_comes_and_goes_whole() -> None:
    gone = with_({LANGUAGES: '["ja"]'} | {place: "" for place in OLD if place.file == "en.toml"})
    assert merge(OLD, with_({GREETING: "staff"}), gone).texts == with_({GREETING: "staff"}, gone)
    live = with_({TextPlace("en.toml", GREETING.key): "staff"})
    merged = merge(OLD, live, gone)
    assert merged.texts == live
    (told,) = merged.disagreements
    assert told.at == TextPlace("en.toml", "")
    assert with_(dict(told.theirs), dict(merged.texts)) == gone


# --- whatever the texts are -------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
WORDS = st.sampled_from(["x", "y", "z"])
LISTS = st.lists(NAMES, unique=True).map(lambda names: "[" + ", ".join(f'"{name}"' for name in names) + "]")
SIDES = st.fixed_dictionaries(
    {},
    optional={
        TextPlace("line.toml", "menu.main.options"): LISTS,
        TextPlace("line.toml", "line.start"): NAMES.map('"{}"'.format),
        TextPlace("line.toml", "line.languages"): LISTS,
        TextPlace("readings.toml", "ja.a"): WORDS,
        TextPlace("alerts.toml", "alerts"): LISTS,
        **{TextPlace("line.toml", f"desk.{name}.hours"): WORDS.map('"{}"'.format) for name in "abc"},
        **{TextPlace("ja.toml", f"desk.{name}.name"): WORDS for name in "abc"},
        **{TextPlace("ko.toml", f"desk.{name}.name"): WORDS for name in "ab"},
        **{TextPlace("ja.toml", f"words.{name}"): LISTS for name in "ab"},
        **{TextPlace("ja.toml", f"text.t.passages.{number}"): WORDS for number in (1, 2, 3)},
    },
)


def in_order(side: dict[TextPlace, str]) -> dict[TextPlace, str]:
    """Passages without a gap between them, as files have them."""
    rows = [text for place, text in sorted(side.items()) if ".passages." in place.key]
    plain = {place: text for place, text in side.items() if ".passages." not in place.key}
    return plain | {TextPlace("ja.toml", f"text.t.passages.{number}"): text for number, text in enumerate(rows, 1)}


SIDE = SIDES.map(in_order)


@given(SIDE, SIDE, SIDE)
@settings(max_examples=200, deadline=None)
def test_one_author_alone_is_followed_and_both_are_never_lost(
    old: dict[TextPlace, str], live: dict[TextPlace, str], new: dict[TextPlace, str]
) -> None:
    assert merge(old, old, new).texts == new
    assert merge(old, live, old).texts == live
    assert merge(old, live, live).texts == live
    merged = merge(old, live, new)
    assert merge(old, live, new) == merged
    again = merge(new, merged.texts, new)
    assert again.texts == merged.texts, "what was taken in is not taken in twice"
    told = {place for each in merged.disagreements for place in (each.at, *each.theirs)}
    for place in {*old, *live, *new}:
        before, ours, theirs, found = (side.get(place, "") for side in (old, live, new, merged.texts))
        if place in told or ".passages." in place.key:
            continue
        if ours == theirs:
            assert found == ours
        elif found.startswith("[") or ours.startswith("[") or theirs.startswith("["):
            items = [
                set(side.strip("[]").replace('"', "").split(", ")) - {""} for side in (before, ours, theirs, found)
            ]
            assert (items[1] & items[2]) <= items[3], "what both have stays"
            assert items[3] <= (items[1] | items[2]), "nothing comes of itself"
        elif ours == before:
            assert found in (theirs, ours)
        else:
            assert found in (ours, theirs)


@given(SIDE, SIDE, SIDE)
@settings(max_examples=200, deadline=None)
def test_taking_the_other_side_everywhere_leaves_no_text_of_it_out(
    old: dict[TextPlace, str], live: dict[TextPlace, str], new: dict[TextPlace, str]
) -> None:
    merged = merge(old, live, new)
    for told in merged.disagreements:
        for place, text in told.theirs.items():
            if place.key.rpartition(".")[2] not in ("options", "languages"):
                assert text == new.get(place, ""), place
