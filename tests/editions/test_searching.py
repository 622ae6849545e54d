"""Words searched in all that callers hear, and replaced across texts."""

import pytest

from ivr.editions.draft import Status
from ivr.editions.edition import Edition, pieces, unrecorded
from ivr.editions.replacing import replacements
from ivr.editions.searching import Hit, forms_here, search
from ivr.editions.texts import TextPlace
from ivr.line.chunks import is_fragment
from ivr.people.refusals import NotAllowed, Refused
from tests.support.stores import APPROVER, EDITOR, City, shipped

LIVE = Edition(shipped())


def hits(wanted: str, language: str = "") -> tuple[Hit, ...]:
    return search(LIVE.line, LIVE.texts, wanted, language)


def keys(found: tuple[Hit, ...]) -> set[str]:
    return {each.place.key for each in found}


@pytest.mark.parametrize("wanted", ["ファクス", "ﾌｧｸｽ", "ふぁくす"])
def test_words_are_found_in_texts_and_contacts_whatever_their_kana(wanted: str) -> None:
    assert {"text.line.passages.7", "fax.ja.name"} <= keys(hits(wanted))


@pytest.mark.parametrize("wanted", ["045-671-3792", "0456713792", "０４５-６７１", "6713792"])
def test_a_number_is_found_by_its_figures(wanted: str) -> None:
    assert {"desk.city.numbers", "desk.city.dial"} <= keys(hits(wanted))
    assert all(each.shown == "045-671-3792" for each in hits(wanted) if each.branch == "city")


def test_hours_are_found_in_the_words_that_callers_hear() -> None:
    assert "desk.city.hours" in keys(hits("午前8時45分"))
    assert "desk.city.hours" in keys(hits("8:45 a.m."))


def test_a_word_is_found_in_its_other_forms_after_those_that_are_exact() -> None:
    assert hits("届く") == ()
    found = search(LIVE.line, LIVE.texts, "届く", forms=forms_here)
    assert "alert.fake_mails.words" in keys(found) and not found[-1].exact
    assert [each.exact for each in found] == sorted((each.exact for each in found), reverse=True)


def test_what_is_found_is_marked_in_what_one_reads() -> None:
    [hit] = [each for each in hits("ショートメッセージ") if each.place.key == "text.mail.passages.1"]
    assert "{" not in hit.shown and "".join(words for words, _ in hit.pieces) == hit.shown
    assert [words for words, marked in hit.pieces if marked] == ["ショートメッセージ"]
    assert "…" in next(each.shown for each in hits("全部で") if each.place.key == "say.choose")


def test_results_follow_the_call_and_can_be_of_one_language() -> None:
    found = [each.branch for each in hits("カード") if each.exact]
    assert found.index("card") < found.index("lost") < found.index("cards")
    assert {each.place.language for each in hits("card", "en")} == {"en"}
    assert hits(" ") == ()


def test_words_are_replaced_but_for_the_names_of_what_the_call_fills_in() -> None:
    texts = {
        TextPlace("en.toml", "status.open"): "The desk {desk} is open.",
        TextPlace("ja.toml", "text.mail.passages.1"): "ｶｰﾄﾞと{SMS|エスエムエス}と、カード。",
        TextPlace("line.toml", "desk.city.source"): '"カード"',
    }
    changed = {each.place.key: each.after for each in replacements(texts, "desk", "office", "", ()).can}
    assert changed == {"status.open": "The office {desk} is open."}
    assert [each.after for each in replacements(texts, "カード", "券", "", ()).can] == [
        "券と{SMS|エスエムエス}と、券。"
    ]
    assert replacements(texts, "エスエムエス}と", "x", "", ()).by_hand == (
        TextPlace("ja.toml", "text.mail.passages.1"),
    )
    assert replacements(texts, "カード", "券", "en", ()).can == ()


@pytest.mark.parametrize(
    ("text", "wanted", "after"),
    [
        ("{開く|ひらく}とき、開くなら", "開く", "開けるとき、開けるなら"),  # the reading goes with its word
        ("{市|し}役所へ", "市役所", "開けるへ"),
        ("ｶｰﾄﾞと{SMS|エスエムエス}", "カード", "開けると{SMS|エスエムエス}"),
        ("エスエムエスと{SMS|エスエムエス}", "エスエムエス", "開けると{SMS|エスエムエス}"),
        ("{市役所|しやくしょ}へ", "市", None),  # within a mark
        ("{市|し}役所へ", "市役", "開ける所へ"),
        ("前の{市役所|しやくしょ}へ", "前の市", None),  # into a mark
        ("{SMS|エスエムエス}と", "エスエムエス", None),  # how something is read
        ("{number.police}へ、policeへ", "police", "{number.police}へ、開けるへ"),
        ("{SMS|エスエムエス}と", "{SMS|エスエムエス}", "開けると"),
    ],
)
def test_words_are_replaced_as_they_are_read_and_never_within_a_mark(text: str, wanted: str, after: str | None) -> None:
    place = TextPlace("ja.toml", "text.mail.passages.1")
    found = replacements({place: text}, wanted, "開ける", "", ())
    assert [each.after for each in found.can] == ([] if after is None else [after])
    assert found.by_hand == ((place,) if after is None else ())


@pytest.mark.parametrize("wanted", ["number", "police", "｛number"])
def test_the_name_of_what_the_call_fills_in_is_no_word(wanted: str) -> None:
    for text in ("{number.police}です。", "｛number.police｝です。"):
        assert replacements({TextPlace("ja.toml", "text.mail.passages.1"): text}, wanted, "x", "", ()).can == ()


def test_those_that_were_chosen_go_into_one_draft(town: City) -> None:
    replacing, wanted = town.office.replacing, ("カード", "券", "ja")
    looked = replacing.look(None, *wanted, town.now)
    chosen = {each.place: each.before for each in looked.can[:3]}
    draft = replacing.replace(None, "券にする", wanted, chosen, EDITOR, town.now)
    assert draft.status is Status.OPEN and draft.title == "券にする"
    changed = {each.place for each in town.office.drafts.differences(draft.id)}
    assert changed == set(chosen)
    again = replacing.look(draft.id, *wanted, town.now)
    assert len(again.can) == len(looked.can) - 3
    more = {again.can[0].place: again.can[0].before}
    assert replacing.replace(draft.id, "", wanted, more, EDITOR, town.now).id == draft.id


def test_a_text_that_is_another_by_now_is_not_overwritten_unseen(town: City) -> None:
    replacing, wanted = town.office.replacing, ("カード", "券", "ja")
    first = replacing.look(None, *wanted, town.now).can[0]
    with pytest.raises(Refused, match="meanwhile"):
        replacing.replace(None, "x", wanted, {first.place: "前の文のカード"}, EDITOR, town.now)
    with pytest.raises(Refused, match="at least one"):
        replacing.replace(None, "x", wanted, {}, EDITOR, town.now)
    with pytest.raises(NotAllowed):
        replacing.replace(None, "x", wanted, {first.place: first.before}, APPROVER, town.now)
    assert not town.office.drafts.all(), "nothing is left of what was refused"


def test_what_nobody_would_record_alone_is_not_missing() -> None:
    texts, missing = pieces(LIVE.texts), {(each.language, each.chunk) for each in unrecorded(LIVE)}
    short = {each.chunk for each, chunk in texts.items() if is_fragment(chunk, each.language == "en")}
    assert {"say.choose/3", "where.passage/5", "status.tomorrow/3"} <= short
    assert ("ja", "status.open/2") in missing and ("ja", "say.greeting") in missing
    assert ("ja", "say.choose/3") not in missing and ("en", "join.instead/5") in missing
