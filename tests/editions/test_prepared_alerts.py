"""The alerts that stand prepared, in a draft: written, moved and taken away, and lent by the release until then."""

import pytest

from ivr.editions.prepared_alerts import ORDER, all_prepared, put_at, with_lent, without, written
from ivr.editions.structure import Texts
from ivr.editions.texts import TextPlace
from ivr.people.refusals import NotFound, Refused

LANGUAGES = {TextPlace("line.toml", "line.languages"): '["ja", "en"]'}
LENT = {
    ORDER: '["calls", "mails"]',
    TextPlace("ja.toml", "alert.calls.title"): "偽の電話",
    TextPlace("ja.toml", "alert.calls.words"): "偽の電話が、増えています。",
    TextPlace("ja.toml", "alert.mails.title"): "偽のメール",
    TextPlace("ja.toml", "alert.mails.words"): "偽のメールが、届いています。",
    TextPlace("en.toml", "alert.mails.title"): "Fake mails",
    TextPlace("en.toml", "alert.mails.words"): "Fake mails are about.",
}
OLD: Texts = LANGUAGES
OWN: Texts = LANGUAGES | LENT
NEW = {("title", "ja"): "停電", ("words", "ja"): "停電しています。"}


def titles(texts: Texts) -> list[str]:
    return [each.titles["ja"] for each in all_prepared(texts, LENT)]


@pytest.mark.parametrize("texts", [OLD, OWN])
def test_one_is_added_moved_and_taken_away_and_the_others_stay(texts: Texts) -> None:
    assert titles(texts) == ["偽の電話", "偽のメール"]
    more = {**texts, **written("", {}, NEW, LENT)(texts)}
    assert titles(more) == ["偽の電話", "偽のメール", "停電"] and more[ORDER] == '["calls", "mails", "alert_3"]'
    up = {**more, **put_at("alert_3", 1, LENT)(more)}
    assert titles(up) == ["停電", "偽の電話", "偽のメール"]
    gone = {**up, **without("calls", LENT)(up)}
    assert titles(gone) == ["停電", "偽のメール"] and not gone[TextPlace("ja.toml", "alert.calls.words")]
    none = {**gone, **without("mails", LENT)(gone)}
    none |= without("alert_3", LENT)(none)
    assert titles(none) == [], "nobody lends what was taken away"


def test_what_somebody_else_wrote_is_not_overwritten() -> None:
    shown, mine = {("words", "en"): "Fake mails are about."}, {("words", "en"): "Mine."}
    after = {**OWN, **written("mails", shown, mine, LENT)(OWN)}
    assert after[TextPlace("en.toml", "alert.mails.words")] == "Mine."
    with pytest.raises(Refused, match="meanwhile"):
        written("mails", shown, {("words", "en"): "Yours."}, LENT)(after)
    assert written("mails", shown, mine, LENT)(after) == {}, "the same twice is no quarrel"


def test_one_without_words_or_title_is_none_and_an_unknown_one_is_not_there() -> None:
    for lacking in NEW:
        with pytest.raises(Refused, match="at least one language"):
            written("", {}, {at: text for at, text in NEW.items() if at != lacking}, LENT)(OWN)
    for operation in (written("none", {}, NEW, LENT), put_at("none", 1, LENT), without("none", LENT)):
        with pytest.raises(NotFound):
            operation(OWN)
    assert with_lent(OWN, LENT) == OWN
