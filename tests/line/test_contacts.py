"""Ways to ask without a telephone, as prompts/contacts.toml tells them."""

import pytest

from ivr.line.contacts import CONTACTS
from ivr.line.loading import LineError, load, read_files
from ivr.line.values import Line
from tests.support.given import PROMPTS

FILES = read_files(PROMPTS)


def loaded(contacts: str) -> Line:
    return load({**FILES, CONTACTS: contacts.encode()})


def test_the_shipped_ones_are_told_in_every_language(line: Line) -> None:
    assert {"fax", "email", "page"} == {contact.kind for contact in line.contacts}
    assert all(contact.words.keys() == line.languages.keys() for contact in line.contacts)
    assert [(c.address, c.link) for c in line.contacts if c.kind != "page"] == [
        ("045-550-3610", None),
        ("di-kikaku@city.yokohama.jp", "mailto:di-kikaku@city.yokohama.jp"),
    ]


def test_a_fax_number_is_tidied_and_a_language_that_the_line_lacks_is_no_fault() -> None:
    [fax] = loaded('[fax]\nfax = "０４５（５５０）３６１０"\nsource = "x"\n[fax.qaa]\nname = "a"\nabout = "b"').contacts
    assert fax.address == "045-550-3610" and fax.words["qaa"].name == "a" and fax.confirmation.day is None


@pytest.mark.parametrize(
    ("contacts", "told"),
    [
        ('[web]\npage = "http://city.example/"\nsource = "x"', "web.page: This is no address of a page."),
        ('[web]\npage = "javascript:alert(1)"\nsource = "x"', "web.page: This is no address of a page."),
        ('[web]\nemail = "nobody"\nsource = "x"', "web.email: This is no e-mail address."),
        ('[web]\nfax = "none"\nsource = "x"', "web.fax: "),
        ('[web]\nsource = "x"', "web: write one way to reach it"),
        ('[web]\nfax = "045-550-3610"\nemail = "a@b.example"\nsource = "x"', "web: write one way to reach it"),
        ('[web]\nemail = "a@b.example"', "web.source: is missing"),
        ('[web]\nemail = 1\nsource = "x"', "web.email: has the wrong kind of value"),
        ('[web]\nemail = "a@b.example"\nsource = "x"\n[web.ja]\nname = "a"', "web.ja.about: is missing"),
        ('[web]\nemail = "a@b.example"\nsource = "x"\nmail = 1', "web.mail: is not known; did you mean email?"),
        ('["Web site"]\nemail = "a@b.example"\nsource = "x"', "Web site: choose another name"),
        ("web = 1", "web: write it as a table [web]"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(contacts: str, told: str) -> None:
    with pytest.raises(LineError) as error:
        loaded(contacts)
    assert f"{CONTACTS}: {told}" in str(error.value)


def test_an_edition_from_before_them_is_lent_the_shipped_ones(line: Line) -> None:
    before = {name: content for name, content in FILES.items() if name != CONTACTS}
    assert load(before).contacts == ()
    assert load(before, FILES).contacts == line.contacts
