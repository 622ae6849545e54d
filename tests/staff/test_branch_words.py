"""All that a new desk lacks, written in one go."""

from tests.support.town import Town, Visitor, begun

NEW = {
    "write-ja.toml-desk.library.option": "図書館の窓口は、",
    "write-en.toml-desk.library.option": "For the library,",
    "write-line.toml-desk.library.numbers": "０３ー３２１２ー３４５６、188",
    "write-line.toml-desk.library.source": "市の告示",
}


def library(clerk: Visitor) -> str:
    """A draft with a new desk in it, on whose page the clerk is."""
    draft = begun(clerk)
    clerk.get(f"{draft}/tree/add")
    fields = {"kind": "desk", "key": "library", "name-ja": "図書館", "name-en": "the library", "parent": "card"}
    clerk.send("/tree/look", **fields)
    clerk.send("/tree/change")
    clerk.get(f"{draft}/tree/at/library")
    return draft


def test_a_new_desk_is_written_on_one_page(town: Town) -> None:
    clerk = town.who("eto")
    draft = library(clerk)
    clerk.send("/words", **{**NEW, "write-line.toml-desk.library.numbers": "12"})
    assert clerk.status == 409 and "できませんでした" in clerk.text
    assert "図書館の窓口は、" in clerk.html and "市の告示" in clerk.html, "nothing that was typed is lost"
    page = clerk.send("/words", **NEW)
    assert "下書きに保存しました" in page
    texts = {str(place): text for place, text in town.office.reshaping.texts(1).items()}
    assert texts["line.toml: desk.library.numbers"] == '["03-3212-3456", "188"]'
    assert texts["ja.toml: desk.library.option"] == "図書館の窓口は、"
    left = clerk.form("/words")[1]
    assert not set(NEW) & set(left) and "write-ja.toml-desk.library.charge" in left
    assert f"{draft}/facts/desk/library" in clerk.html, "hours are written where one hears them"


def test_words_that_somebody_wrote_meanwhile_are_not_overwritten_and_yours_not_lost(town: Town) -> None:
    first, second = town.who("eto"), town.who("ebina")
    draft = library(first)
    second.get(f"{draft}/tree/at/library")
    first.send("/words", **NEW)
    second.send("/words", **{"write-ja.toml-desk.library.option": "本の窓口は、"})
    assert second.status == 409 and "江藤" in second.text and "本の窓口は、" in second.html
    texts = {str(place): text for place, text in town.office.reshaping.texts(1).items()}
    assert texts["ja.toml: desk.library.option"] == "図書館の窓口は、"
