"""Which stretch of a long recording is which text: by pauses, length and words."""

import pytest

from ivr.voice.matching import Stretch, by_words, groups

EXPECTED = [4.0, 2.0, 6.0, 3.0, 9.0, 2.5]


def read(*texts: tuple[float, ...], pause: float = 2.0, within: float = 0.4) -> list[Stretch]:
    """Texts read one after another, each as the seconds of its sentences."""
    found, at = [], 1.0
    for text in texts:
        for sentence in text:
            found.append(Stretch(at, at + sentence))
            at += sentence + within
        at += pause - within
    return found


ALL = ((4.1,), (2.1,), (2.5, 3.0), (3.2,), (3.0, 3.0, 2.0), (2.4,))


def of(stretches: list[Stretch]) -> list[int | None]:
    return [group.text for group in groups(stretches, EXPECTED)]


def test_each_text_is_found_though_it_has_pauses_of_its_own() -> None:
    found = groups(read(*ALL), EXPECTED)
    assert [group.text for group in found] == [0, 1, 2, 3, 4, 5]
    assert found[2].seconds == pytest.approx(2.5 + 0.4 + 3.0)


@pytest.mark.parametrize("speed", [0.8, 1.3])
def test_a_slow_and_a_quick_reader_are_understood(speed: float) -> None:
    assert of(read(*(tuple(each * speed for each in text) for text in ALL))) == [0, 1, 2, 3, 4, 5]


def test_a_text_that_was_left_out_is_left_out() -> None:
    assert of(read(*ALL[:2], *ALL[3:])) == [0, 1, 3, 4, 5]


def test_a_reading_that_was_broken_off_is_of_no_text() -> None:
    assert of(read(*ALL[:4], (3.0, 0.4), *ALL[4:])) == [0, 1, 2, 3, None, 4, 5]


def test_nothing_is_found_where_nothing_is_heard() -> None:
    assert groups([], EXPECTED) == () and [group.text for group in groups(read((4.0,)), [])] == [None]


def test_words_decide_where_they_are_understood() -> None:
    found = groups(read((4.0,), (4.0,), (4.0,)), [4.0, 4.0, 4.0])
    alike = {(0, 0): 0.9, (1, 0): 0.8, (2, 2): 0.7}  # the first text was read twice, the second not at all
    understood = by_words(found, lambda group, text: alike.get((group, text), 0.1), 3)
    assert [group.text for group in understood] in ([0, None, 2], [None, 0, 2])
    twice = by_words(found, lambda group, text: 0.9 if text == 0 and group < 2 else 0.1, 3)
    assert [group.text for group in twice] == [None, 0, None], "of two readings the later one is it"
