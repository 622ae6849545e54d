"""The call, as a caller lives it."""

from collections.abc import Callable

import pytest
from flask import Flask

from ivr.handset.handset import Handset
from tests.support.given import SUNDAY_NIGHT

Ring = Callable[..., Handset]


@pytest.fixture
def app(standing: Flask) -> Flask:
    return standing


def patience(caller: Handset) -> float:
    """How many seconds it listens."""
    assert caller.listening
    return caller.listening.timeout


def rung(caller: Handset) -> str:
    """The number that is rung."""
    assert caller.ringing
    return caller.ringing.number


def test_it_greets_in_japanese_with_the_way_into_english_in_english(caller: Handset) -> None:
    first, second, *_ = caller.transcript
    assert (first.language, second.language) == ("ja-JP", "en-US")
    assert "マイナンバー" in first.text
    assert second.text == "For English, press 4."


def test_two_keys_lead_to_what_to_do_about_a_fraud_mail(caller: Handset) -> None:
    caller.press("11")
    assert caller.heard("青い文字")
    assert caller.listening


def test_two_keys_ring_the_police(caller: Handset) -> None:
    caller.press("10")
    assert caller.heard("警察の相談電話") and caller.heard("おつなぎします")
    caller.wait()
    assert caller.ringing and caller.ringing.number == "+81456649110"


def test_english_speakers_hear_english_after_one_key(caller: Handset) -> None:
    caller.press("4")
    assert caller.heard("My Number")
    caller.press("1")
    assert all(sound.language == "en-US" for sound in caller.latest)


def test_a_number_of_its_own_can_greet_in_english(ring: Ring) -> None:
    caller = ring(path="/voice?language=en")
    assert caller.transcript[0].language == "en-US"


def test_passages_are_read_on_by_themselves_and_end_in_a_choice(caller: Handset) -> None:
    caller.press("11")
    passages = []
    while caller.listening and patience(caller) == 1:
        passages.append(caller.last)
        caller.wait()
    assert len(passages) > 1
    assert caller.heard("つなぐには、1番")
    assert caller.listening and patience(caller) == 10


def test_six_and_hash_go_on_and_four_goes_back_within_a_text(caller: Handset) -> None:
    caller.press("11")
    first = caller.last
    caller.press("6")
    second = caller.last
    caller.press("4")
    assert caller.last == first != second
    caller.press("#")
    assert caller.last == second


def test_four_at_the_first_passage_stays_there(caller: Handset) -> None:
    caller.press("11")
    first = "".join(caller.last)
    caller.press("4")
    assert "".join(caller.last).endswith(first)


def test_five_tells_where_one_is_and_says_it_again(caller: Handset) -> None:
    caller.press("116")
    second = "".join(caller.last)
    caller.press("5")
    assert caller.heard("ここは") and caller.heard("2つ目")
    assert "".join(caller.last).endswith(second)


def test_star_goes_back_one_step_and_not_to_the_start(caller: Handset) -> None:
    caller.press("1")
    menu = caller.last
    caller.press("1")
    caller.press("*")
    assert caller.last == menu


def test_star_at_the_start_is_told_kindly(caller: Handset) -> None:
    caller.press("*")
    assert caller.heard("最初")
    assert caller.listening


def test_seven_changes_the_speed_and_the_call_keeps_it(caller: Handset) -> None:
    caller.press("7")
    assert caller.heard("ゆっくり")
    assert 'rate="85%"' in caller.documents[-1].xml
    caller.press("1")
    assert 'rate="85%"' in caller.documents[-1].xml
    caller.press("777")
    assert "prosody" not in caller.documents[-1].xml


def test_eight_pauses_for_five_minutes_and_more_and_any_key_goes_on(caller: Handset) -> None:
    caller.press("11")
    passage = "".join(caller.last)
    caller.press("8")
    before = caller.elapsed
    while caller.elapsed - before < 300:
        caller.wait()
        assert not caller.hung_up and not caller.heard(passage)
    caller.press("3")
    assert caller.heard(passage)


def test_a_pause_that_is_forgotten_goes_on_by_itself(caller: Handset) -> None:
    caller.press("1")
    caller.press("8")
    for _ in range(10):
        caller.wait()
    assert caller.heard("続けます")


def test_nine_explains_every_key_and_goes_back_to_where_one_was(caller: Handset) -> None:
    caller.press("1")
    menu = "".join(caller.last)
    caller.press("9")
    explained = ""
    while not caller.heard(menu):
        explained += "".join(caller.last)
        caller.wait()
    for key in ("1番", "4番", "5番", "6番", "7番", "8番", "9番", "0番", "米印", "シャープ"):
        assert key in explained


def test_help_also_changes_the_language(caller: Handset) -> None:
    caller.press("1191")
    assert all(sound.language == "en-US" for sound in caller.latest)
    assert caller.heard("blue words")


@pytest.mark.parametrize("key", list("123456789*0#"))
@pytest.mark.parametrize("way", ["", "1", "11", "14", "2", "21", "3", "33", "331", "334", "9", "8", "4", "41", "0"])
def test_every_key_is_answered_everywhere(ring: Ring, way: str, key: str) -> None:
    caller = ring()
    caller.press(way + key)
    assert caller.last and not caller.hung_up


def test_a_wrong_key_costs_nothing(caller: Handset) -> None:
    caller.press("1")
    menu = "".join(caller.last)
    for _ in range(15):
        caller.press("#")
        assert caller.heard("使いません")
        assert "".join(caller.last).endswith(menu)


def test_silence_gets_more_help_each_time_and_then_the_city(caller: Handset) -> None:
    waits = [patience(caller)]
    caller.wait()
    assert caller.heard("ゆっくりで、大丈夫です")
    waits.append(patience(caller))
    caller.wait()
    assert caller.heard("おつなぎします")
    waits.append(patience(caller))
    assert waits == [10, 15, 20]
    caller.wait()
    caller.wait()
    assert rung(caller) == "+81456713792"


def test_silence_when_the_city_is_closed_ends_with_number_hours_and_goodbye(ring: Ring) -> None:
    caller = ring(SUNDAY_NIGHT)
    for _ in range(3):
        caller.wait()
    assert caller.heard("045") and caller.heard("午前8時45分") and caller.heard("失礼いたします")
    assert not caller.hung_up, "any key still keeps the call"
    caller.wait()
    assert caller.hung_up and not caller.dialled


def test_a_key_after_goodbye_keeps_the_call(ring: Ring) -> None:
    caller = ring(SUNDAY_NIGHT)
    for _ in range(3):
        caller.wait()
    caller.press("1")
    assert patience(caller) == 10


def test_any_key_starts_the_silences_afresh(caller: Handset) -> None:
    caller.wait()
    caller.wait()
    caller.press("5")
    assert patience(caller) == 10


# --- transfers -------------------------------------------------------------------------------


def test_a_transfer_tells_whom_what_it_costs_and_that_it_is_recorded(caller: Handset) -> None:
    caller.press("3330")
    assert caller.heard("個人情報保護委員会") and caller.heard("録音")
    assert caller.heard("電話代")
    caller.wait()
    ringing = caller.ringing
    assert ringing
    assert ringing.number == "+81364579585"
    assert ringing.caller_id == "+815012345678", "the line's own number, not the caller's"
    assert ringing.attributes["answerOnBridge"] == "true"
    assert ringing.time_limit


def test_a_transfer_can_be_stopped_while_it_is_announced(caller: Handset) -> None:
    caller.press("1111*")
    assert not caller.dialled and caller.listening


def test_after_a_completed_transfer_the_call_ends_politely(caller: Handset) -> None:
    caller.press("0")
    caller.wait()
    caller.transfer("completed")
    assert caller.heard("ありがとうございました") and caller.hung_up


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_failed_transfer_gives_words_and_a_choice_and_the_number_by_a_key(caller: Handset, status: str) -> None:
    caller.press("1111")
    caller.wait()
    caller.transfer(status)
    assert caller.heard("警察の相談電話") and not caller.heard("045"), "the choices first, the number by a key"
    assert caller.heard("もう一度かけるには、1番")
    caller.press("1")
    caller.wait()
    assert rung(caller) == "+81456649110"
    caller.transfer(status)
    assert not caller.heard("もう一度かける"), "it was rung twice in vain"
    caller.press("2")
    assert caller.heard("#9110")
    caller.wait()
    assert caller.heard("045-664-9110")
    caller.press("*1")
    caller.wait()
    assert rung(caller) == "+81458456666"


def test_a_desk_that_failed_twice_is_rung_no_more_by_any_key(caller: Handset) -> None:
    caller.press("10")
    caller.wait()
    caller.transfer("busy")
    caller.press("1")
    caller.wait()
    caller.transfer("no-answer")
    for way in ("0", "*0", "**0", "*11", "40"):
        for key in way:
            caller.press(key)
        caller.wait()
        if caller.ringing:
            assert caller.ringing.number != "+81456649110", way
            caller.transfer("busy")


@pytest.mark.parametrize("keys", ["10*", "109**", "108**"])
def test_a_transfer_that_is_stopped_by_the_key_says_so(caller: Handset, keys: str) -> None:
    for key in keys:
        caller.press(key)
    assert caller.heard("おつなぎしません")
    caller.wait()
    assert not caller.ringing


@pytest.mark.parametrize("keys", ["1081", "109*"])
def test_where_only_keys_are_taken_nobody_is_asked_for_words(caller: Handset, keys: str) -> None:
    for key in keys:
        caller.press(key)
    assert caller.heard("おつなぎしますか。つなぐには、1番を押してください。やめるには、米印です")
    assert not caller.heard("はい")


def test_zero_goes_to_the_desk_that_fits(caller: Handset) -> None:
    caller.press("310")
    caller.wait()
    assert rung(caller) == "+81456713792"


def test_zero_says_whom_it_rings_instead_of_a_closed_desk(ring: Ring) -> None:
    caller = ring("2026-11-28 15:00")  # a Saturday: only the consumer centre
    caller.press("10")
    assert caller.heard("受け付けていません") and caller.heard("かわりに")
    caller.wait()
    assert rung(caller) == "+81458456666"


def test_zero_at_night_tells_hours_and_number_and_leads_back(ring: Ring) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press("1")
    menu = caller.last
    caller.press("0")
    assert (
        caller.heard("受け付けていません")
        and caller.heard("24日")
        and caller.heard("火曜日")
        and caller.heard("午前8時30分")
    )
    caller.wait()
    assert caller.heard("#9110")
    caller.wait()
    assert caller.heard("045")
    caller.press("*")
    assert caller.last == menu


def test_a_number_is_read_twice_after_time_for_a_pen(ring: Ring) -> None:
    caller = ring()
    caller.press("331#")
    xml = caller.documents[-1].xml
    assert xml.index('<break time="2000ms"') < xml.index("ゼロ")
    assert "".join(caller.last).count("9110") == 1
    caller.wait()
    assert caller.heard("または、") and caller.heard("045-664-9110")
    caller.wait()
    assert "".join(caller.last).count("9110") == 2, "the short and the long number once more"
    assert [sound.spoken for sound in caller.latest if "ゼロ" in sound.spoken]
    assert 'rate="85%"' in caller.documents[-1].xml, "the second time slower"


def test_a_desk_that_closes_while_it_is_offered_is_not_rung(ring: Ring) -> None:
    caller = ring("2026-11-24 17:14:50")
    caller.press("11")
    for _ in range(3):
        caller.wait()
    caller.press("11")
    assert caller.heard("受け付けていません")
    caller.wait()
    assert not caller.dialled


def test_the_national_line_is_told_and_never_rung(caller: Handset) -> None:
    caller.press("33433")
    while patience(caller) == 1:
        caller.wait()
    assert not caller.dialled
    caller.press("1")
    assert caller.heard("0120")


# --- somebody's number -----------------------------------------------------------------------


def test_a_my_number_keyed_digit_by_digit_meets_kind_words(ring: Ring) -> None:
    for number in ("123456789018", "333333333331", "210987654321"):
        caller = ring()
        said = []
        for digit in number:
            if caller.ringing or caller.hung_up:
                break
            caller.press(digit)
            said += caller.last
        assert "マイナンバーは必要ありません" in "".join(said)


def test_nothing_of_a_keyed_number_stays_in_the_address(caller: Handset) -> None:
    caller.press("123456789018")
    addresses = "".join(document.url for document in caller.documents)
    assert "123456" not in addresses and "89018" not in addresses


def test_ordinary_use_is_not_taken_for_a_number(caller: Handset) -> None:
    caller.press("1")
    caller.press("1")
    for _ in range(6):
        caller.press("6")
    caller.press("4")
    assert not caller.heard("必要ありません")


def said(caller: Handset) -> str:
    return "".join(sound.text for sound in caller.latest)


def test_the_first_option_cannot_wait_for_the_languages_which_are_told_twice(caller: Handset) -> None:
    words = said(caller)
    first, second = words.index("1番を押してください"), words.index("2番です")
    assert first < words.index("For English, press 4.") < second < words.rindex("For English, press 4.")


def test_the_police_are_named_first_and_last_among_the_frauds(caller: Handset) -> None:
    caller.press("1")
    words = said(caller)
    assert words.startswith("警察は0番です。") and words.endswith("警察は0番です。")


def test_the_police_are_not_named_where_nobody_answers(ring: Ring) -> None:
    caller = ring(SUNDAY_NIGHT)
    caller.press("1")
    assert "0番" not in said(caller) and "3番です" in said(caller)


def test_menus_behind_the_first_tell_every_key_shortly(caller: Handset) -> None:
    caller.press("2")
    assert "1番です" in said(caller) and "押してください" not in said(caller) and "全部で" not in said(caller)


def test_a_key_that_a_desk_s_page_names_may_be_looked_for(caller: Handset) -> None:
    caller.press("331")
    assert "つなぐには、1番" in said(caller) and patience(caller) == 5
    caller.wait()
    assert patience(caller) == 1


def test_a_transfer_tells_how_to_stop_it_before_what_it_costs(caller: Handset) -> None:
    caller.press("10")
    words = said(caller)
    assert words.index("おつなぎします") < words.index("やめるには、米印") < words.index("電話代")
    assert patience(caller) == 3
