"""Telephone numbers as people write them: read rightly or refused in a sentence, never passed on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.line.numbers import NoNumber, announced, international, rung, tel

CITY = "045-671-3792"


@pytest.mark.parametrize(
    "written",
    [
        "０４５－６７１－３７９２",
        "045-671-３７９２",
        "(045)671-3792",
        "（０４５）６７１－３７９２",
        "045ー671ー3792",
        "045ｰ671ｰ3792",
        "045−671−3792",
        "045‐671‑3792",
        "045–671—3792",
        "045―671─3792",
        "045 671 3792",
        "045\u3000671\u30003792",
        "045.671.3792",
        "0456713792",
        " 045-671-3792\u200b",
        "+81-45-671-3792",
        "+81 (0)45 671 3792",
        "＋８１４５６７１３７９２",
    ],
)
def test_one_number_in_many_hands_is_one_number(written: str) -> None:
    assert announced(written) == CITY
    assert rung(written) == "+81456713792"


@pytest.mark.parametrize(
    ("written", "read", "address"),
    [
        ("#9110", "#9110", "tel:%239110"),
        ("＃９１１０", "#9110", "tel:%239110"),
        ("♯9110", "#9110", "tel:%239110"),
        ("188", "188", "tel:188"),
        ("１１０", "110", "tel:110"),
        ("119", "119", "tel:119"),
        ("0570-064-110", "0570-064-110", "tel:0570064110"),
        ("０１２０－９５－０１７８", "0120-95-0178", "tel:0120950178"),
        ("0800-123-4567", "0800-123-4567", "tel:08001234567"),
        ("0990-500-500", "0990-500-500", "tel:0990500500"),
    ],
)
def test_special_numbers_are_read_and_never_rung(written: str, read: str, address: str) -> None:
    assert announced(written) == read
    assert tel(read) == address
    with pytest.raises(NoNumber, match="never dialled"):
        rung(written)


@pytest.mark.parametrize(
    "written",
    [
        "045-671-3792 内線123",
        "045-671-3792（内線 123）",
        "045-671-3792 ext. 123",
        "045-671-3792x123",
        "045-671-3792 #123",
        "045-671-3792,,123",
        "０４５－６７１－３７９２　内線１２３",
    ],
)
def test_an_extension_is_told(written: str) -> None:
    for use in (announced, rung):
        with pytest.raises(NoNumber, match="has an extension"):
            use(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "city hall",
        "045-671-379",
        "045-671-37920",
        "45-671-3792",
        "12345",
        "0045-671-3792",
        "0120-GOV-JP",
        "電話 045-671-3792",
        "045-671-3792(代表)",
        "045-671-3792 / 045-671-3793",
        "tel:045-671-3792",
        "+1-202-555-0123",
        "٠٤٥-٦٧١-٣٧٩٢",
        "०४५-६७१-३७९२",
        "④⑤",
        "0" * 5000,
    ],
)
def test_what_is_no_number_is_told_in_one_short_sentence(written: str) -> None:
    for use in (announced, rung):
        with pytest.raises(NoNumber) as caught:
            use(written)
        assert "no " in str(caught.value) and len(str(caught.value)) < 200


@given(
    st.text(st.sampled_from("0123456789０１２４５６７９()（）-－ー+＋#＃ .x内線\u200b\x00٤"), max_size=20) | st.text()
)
def test_what_is_read_can_be_said_and_read_again(written: str) -> None:
    try:
        read = announced(written)
    except NoNumber:
        return
    assert re.fullmatch(r"#?[0-9]+(-[0-9]+)*", read, re.ASCII)
    assert announced(read) == read
    assert re.fullmatch(r"tel:(\+81|%23)?[0-9]+", tel(read), re.ASCII)


@pytest.mark.parametrize(
    "written", ["+815012345678", "＋８１５０１２３４５６７８", "+81 50-1234-5678", "+81ー50ー1234ー5678"]
)
def test_settings_take_any_width(written: str) -> None:
    assert international(written) == "+815012345678"


@pytest.mark.parametrize("written", ["", "111", CITY, "+81", "+81111", "+" + "8" * 99, "anonymous", "sip:a@example.jp"])
def test_settings_want_a_whole_international_number(written: str) -> None:
    assert international(written) is None
