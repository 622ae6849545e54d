"""The call of staff who record: every state of it, in every language of the console, held against the
rules that apply to it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

import ivr
from ivr.call.acts import Ask, HangUp, Lost, NoInput, Play, Record, Ring, Say, words_of
from ivr.call.arrival import WAITS
from ivr.call.recording_call import TRIES, step
from ivr.call.recording_events import (
    CodeRedeemed,
    CodeRefused,
    Done,
    DropTake,
    FindTake,
    FindText,
    JudgeTake,
    KeepTake,
    Keyed,
    Order,
    OutOfOrder,
    RecordingHeard,
    RecordingPosition,
    RecordingTurn,
    RecordingWords,
    Redeem,
    Sentence,
    Stage,
    TakeFound,
    TakeJudged,
    TakeMissing,
    TextFound,
    TurnedAway,
    VoiceTaken,
    WordsChanged,
)
from ivr.staff.context import LANGUAGES
from ivr.staff.recording_words import recording_words

KEYS = "0123456789*#"
TEXT = TextFound("ja", "こちらは、電話案内です。")
AWAY = TurnedAway("This may not be.")
OUTCOMES: dict[type[Order], tuple[RecordingHeard, ...]] = {
    Redeem: (CodeRedeemed("errand"), CodeRefused("Wrong.", final=False), CodeRefused("Enough.", final=True), AWAY),
    FindText: (TEXT, AWAY),
    JudgeTake: (TakeJudged(), TakeJudged("Too short."), WordsChanged(), AWAY),
    FindTake: (TakeFound("/a.wav"), TakeFound("/a.wav", ("It may be cut.",)), TakeMissing(), AWAY),
    KeepTake: (Done(), AWAY),
    DropTake: (Done(), AWAY),
}
"""All that can come of an order."""

PLAIN = RecordingWords("ja", {each: f"{each}." for each in Sentence})


@pytest.fixture(params=list(LANGUAGES))
def words(request: pytest.FixtureRequest, standing: Flask) -> RecordingWords:
    """What the line says in a language of the console."""
    with standing.test_request_context():
        return recording_words(request.param, request.param)


@dataclass(frozen=True)
class State:
    """Where a call can stand, what is said and done on coming there, and what follows what is heard."""

    turn: RecordingTurn
    answers: dict[str, tuple[RecordingTurn, ...]]

    @property
    def asks(self) -> Ask | None:
        return next((act for act in self.turn.acts if isinstance(act, Ask)), None)


def walk(words: RecordingWords) -> Iterator[State]:
    """Every state of the call, whatever comes of what it has looked up."""
    waiting = deque(settled(words, step(words, RecordingPosition(), Ring())))
    seen: set[object] = set()
    while waiting:
        turn = waiting.popleft()
        if (state := (turn.position, turn.acts)) in seen or isinstance(turn.acts[-1], HangUp):
            continue
        seen.add(state)
        heard = {name: settled(words, step(words, turn.position, each)) for name, each in inputs(turn).items()}
        yield State(turn, heard)
        for answers in heard.values():
            waiting.extend(answers)


def settled(words: RecordingWords, turn: RecordingTurn) -> tuple[RecordingTurn, ...]:
    """The turns with acts that a turn can become, as its order turns out."""
    if turn.order is None:
        return (turn,)
    came = (step(words, turn.position, outcome) for outcome in OUTCOMES[type(turn.order)])
    return tuple(each for after in came for each in settled(words, after))


def inputs(turn: RecordingTurn) -> dict[str, RecordingHeard]:
    """What can be heard there: keys, a code, silence, a recording where one is made."""
    heard: dict[str, RecordingHeard] = {"silence": NoInput(), "lost": Lost(), "fault": OutOfOrder()}
    if any(isinstance(act, Record) for act in turn.acts):
        return {**heard, "voice": VoiceTaken("RE1"), "hung up": VoiceTaken("RE1", hung_up=True)}
    heard |= {key: Keyed(key) for key in KEYS}
    return {**heard, "code": Keyed("12345678")} if turn.position.stage in (Stage.CODE, Stage.NEXT_CODE) else heard


def test_every_sentence_has_words_in_every_language(words: RecordingWords) -> None:
    assert set(words.sentences) == set(Sentence)
    assert all(text.strip() for text in words.sentences.values())
    assert len(set(words.sentences.values())) == len(Sentence), "no two are the same"


def test_every_state_is_reached(words: RecordingWords) -> None:
    assert {state.turn.position.stage for state in walk(words)} == set(Stage)


def test_words_are_said_and_then_it_listens_records_or_says_goodbye(words: RecordingWords) -> None:
    for state in walk(words):
        for turn in (state.turn, *(turn for answers in state.answers.values() for turn in answers)):
            last = turn.acts[-1]
            assert isinstance(last, Ask | Record | HangUp)
            assert isinstance(last, Record) or words_of(turn.acts)
            if isinstance(last, HangUp):
                assert said(turn).endswith(words.sentences[Sentence.GOODBYE])


def test_every_key_is_answered_in_every_state_and_ends_no_call_but_for_wrong_codes(words: RecordingWords) -> None:
    for state in walk(words):
        if state.asks is None:
            continue
        for key in KEYS:
            for turn in state.answers[key]:
                away = AWAY.why in said(turn)
                wrong = words.sentences[Sentence.CODE_HAS_EIGHT_DIGITS] in said(turn)
                assert away or wrong or not isinstance(turn.acts[-1], HangUp), (state.turn.position, key)


def test_five_says_it_again(words: RecordingWords) -> None:
    for state in walk(words):
        if state.turn.position.stage in (Stage.TEXT, Stage.TAKE) and state.asks:
            again = [turn for turn in state.answers["5"] if turn.position.stage is state.turn.position.stage]
            assert any(said(turn) and said(state.turn).endswith(said(turn)) for turn in again)


def test_a_star_goes_back_and_throws_nothing_away(words: RecordingWords) -> None:
    for state in walk(words):
        if state.turn.position.stage is Stage.TAKE:
            assert {turn.position.stage for turn in state.answers["*"] if AWAY.why not in said(turn)} == {Stage.TEXT}
    kept = RecordingPosition(Stage.TAKE, errand="errand", take="RE1")
    assert step(words, kept, Keyed("*")).order == FindText()


def test_nine_and_nought_help(words: RecordingWords) -> None:
    helped = {Stage.TEXT: Sentence.HOW_TO_RECORD, Stage.TAKE: Sentence.HOW_TO_CHOOSE}
    for state in walk(words):
        if state.asks and (explained := helped.get(state.turn.position.stage)):
            for key in "09":
                assert any(words.sentences[explained] in said(turn) for turn in state.answers[key])


def test_questions_wait_longer_each_time_and_the_third_silence_says_goodbye(words: RecordingWords) -> None:
    for state in walk(words):
        stage, tries = state.turn.position.stage, state.turn.position.tries
        if stage is Stage.TEXT or state.asks is None:
            continue
        assert state.asks.wait == WAITS[tries]
        ended = [isinstance(turn.acts[-1], HangUp) for turn in state.answers["silence"]]
        assert all(ended) if tries + 1 == TRIES else not all(ended)


@pytest.mark.parametrize("stage", [Stage.CODE, Stage.NEXT_CODE, Stage.TAKE])
def test_silence_is_met_with_more_help_and_then_a_warning(words: RecordingWords, stage: Stage) -> None:
    more = {Sentence.WHERE_CODES_ARE, Sentence.HOW_TO_CHOOSE}
    first, second = (after_silence(words, RecordingPosition(stage, tries, "errand")) for tries in (0, 1))
    assert any(words.sentences[each] in first for each in more)
    assert words.sentences[Sentence.CALL_WILL_END] in second


def after_silence(words: RecordingWords, position: RecordingPosition) -> str:
    return said(settled(words, step(words, position, NoInput()))[0])


def test_a_voice_that_is_not_heard_is_asked_for_again_and_then_told_goodbye(words: RecordingWords) -> None:
    at_the_tone = RecordingPosition(Stage.TONE, errand="errand")
    heard = [settled(words, step(words, replace(at_the_tone, tries=n), NoInput()))[0] for n in range(TRIES)]
    assert all(words.sentences[Sentence.NO_VOICE] in said(turn) for turn in heard)
    assert [isinstance(turn.acts[-1], HangUp) for turn in heard] == [False, False, True]


def test_a_silent_caller_is_brought_to_an_end_from_everywhere(words: RecordingWords) -> None:
    for state in walk(words):
        turn = state.turn
        for _ in range(4 * TRIES):
            if isinstance(turn.acts[-1], HangUp):
                break
            turn = settled(words, step(words, turn.position, NoInput()))[0]
        assert isinstance(turn.acts[-1], HangUp), state.turn.position


def test_a_code_is_listened_for_whole_and_looked_at_only_when_it_is_one() -> None:
    (asked,) = step(PLAIN, RecordingPosition(), Ring()).acts
    assert isinstance(asked, Ask) and asked.digits == 8
    assert step(PLAIN, RecordingPosition(), Keyed("12345678")).order == Redeem("12345678")
    for keys in ("", "1234567", "123456789", "1234567*", "１２３４５６７８", "x" * 5000):
        assert step(PLAIN, RecordingPosition(), Keyed(keys)).order is None


def test_the_take_is_played_as_callers_hear_it_between_the_words() -> None:
    (asked,) = step(PLAIN, RecordingPosition(Stage.TAKE), TakeFound("/audio/a.wav", ("It may be cut.",))).acts
    assert isinstance(asked, Ask)
    assert [each.url if isinstance(each, Play) else words_in(each) for each in asked.says] == [
        "doubtful.",
        "It may be cut.",
        "how_it_sounds.",
        "/audio/a.wav",
        "choices_in_doubt.",
    ]


def test_nothing_is_kept_or_thrown_away_but_by_its_key() -> None:
    there = RecordingPosition(Stage.TAKE, errand="errand", take="RE1")
    orders = {key: step(PLAIN, there, Keyed(key)).order for key in KEYS}
    assert orders.pop("1") == KeepTake()
    assert orders.pop("2") == DropTake() == orders.pop("3")
    assert not any(isinstance(order, KeepTake | DropTake) for order in orders.values())


def said(turn: RecordingTurn) -> str:
    return "".join(words_in(say) for say in words_of(turn.acts))


def words_in(say: Say) -> str:
    return "".join(getattr(part, "written", "") for part in say.parts)


def test_one_module_alone_writes_twiml() -> None:
    """The handset, which reads it, aside."""
    rooms = Path(ivr.__file__).parent
    writing = [
        path.name
        for path in rooms.rglob("*.py")
        if "handset" not in str(path)
        and any(sign in path.read_text() for sign in ("twilio.twiml", "VoiceResponse", "<Response"))
    ]
    assert writing == ["twiml.py"]
