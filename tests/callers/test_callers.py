"""Simulated callers get where they want to on a good line, and a worse one is told from it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from ivr.callers.answers_kept import AnswersKept
from ivr.callers.attempt import CallToMake, attempt
from ivr.callers.choosing import CallersAct, CallersMind, PressKey
from ivr.callers.misheard import COLUMNS, Ears, read_measured
from ivr.callers.population import Keypad, SimulatedCaller, population
from ivr.callers.reached import needed
from ivr.callers.sentences import HeardSentence, KeyOffer, offers_of, stretch_of
from ivr.callers.tasks import WordsOfTask, hearing, tasks
from ivr.handset.handset import Handset
from ivr.handset.hearing import HeardSound
from ivr.handset.transport import Reply, Wsgi
from ivr.line.values import Line
from tests.support.given import ORIGIN, SIGNER, TUESDAY_11, moment

CALLERS = 60
TASK = "message"

Change = Callable[[str], str]


class Worse:
    """Carries the line's documents, changed on their way."""

    def __init__(self, app: Flask, change: Change) -> None:
        self.origin, self._change, self._wsgi = ORIGIN, change, Wsgi(app, SIGNER, ORIGIN)

    def post(self, url: str, form: object, now: datetime | None = None) -> Reply:
        reply = self._wsgi.post(url, form, now)  # type: ignore[arg-type]
        return reply._replace(body=self._change(reply.body.decode()).encode())

    def get(self, url: str, now: datetime | None = None) -> Reply:
        return self._wsgi.get(url, now)


USUAL = tuple(population(1, CALLERS))
BY_EAR = tuple(caller for caller in population(1, 2000) if caller.keypad is Keypad.SCREEN_READER)
"""Those who find a key by a screen reader."""


def share(app: Flask, line: Line, change: Change = str, people: Sequence[SimulatedCaller] = USUAL) -> float:
    """How many of the callers get there."""
    transport = AnswersKept(Worse(app, change))

    def telephone(at: datetime) -> Handset:
        return Handset(transport, at=at, sid=lambda kind: kind + "0" * 32)

    task = tasks()[TASK]
    to_make = CallToMake(task, "ja", needed(line, task, "ja"), "/voice", moment(TUESDAY_11, line))
    results = [attempt(caller, to_make, telephone, 1) for caller in people]
    return sum(result.reached for result in results) / len(people)


@pytest.fixture
def usual(standing: Flask, line: Line) -> float:
    return share(standing, line)


def swapped(first: str, second: str) -> Change:
    """Two texts in each other's place."""
    return lambda xml: xml.replace(first, "\0").replace(second, first).replace("\0", second)


def test_most_callers_find_what_a_suspicious_message_means(usual: float) -> None:
    assert usual > 0.8


def test_two_options_with_each_others_words_mislead_callers(standing: Flask, line: Line, usual: float) -> None:
    prompts = line.languages["ja"].prompts
    first, second = (prompts[f"menu.{menu}.option"].chunks()[0].written for menu in line.menus["main"].options[:2])
    assert share(standing, line, swapped(first, second)) < usual - 0.1


def test_a_mute_passage_is_not_heard_by_anybody(standing: Flask, line: Line) -> None:
    """Nor the advice in the same words that stands at another place."""
    chunks = [line.passages(text, "ja")[0].chunks()[0] for text in ("mail", "trick_mail")]
    words = [span.written for chunk in chunks for span in chunk.spans]

    def muted(xml: str) -> str:
        return reduce(lambda left, each: left.replace(each, "、"), words, xml)

    assert share(standing, line, muted) == 0


def test_five_seconds_are_too_short_to_find_a_key_by_ear(standing: Flask, line: Line) -> None:
    def hurried(xml: str) -> str:
        return re.sub(r'timeout="1\d"|timeout="20"', 'timeout="5"', xml)

    assert share(standing, line, hurried, BY_EAR) < share(standing, line, people=BY_EAR) - 0.1


def test_the_same_seed_draws_the_same_callers() -> None:
    assert list(population(7, 5)) == list(population(7, 9))[:5] != list(population(8, 5))


@pytest.mark.parametrize(
    ("said", "words", "key"),
    [
        ("メールは、1番を、押してください。", "メールは", "1"),
        ("メールは、2番です。", "メールは", "2"),
        ("一つ前に戻るには米印です。", "一つ前に戻るには", "*"),
    ],
)
def test_a_key_is_heard_with_its_words(said: str, words: str, key: str) -> None:
    (sentence,) = stretch_of((HeardSound("say", said, language="ja-JP", seconds=3.0),), "ja").sentences
    assert [(offer.words, offer.key) for offer in sentence.offers] == [(words, key)]


def test_a_police_number_offers_no_key() -> None:
    sound = HeardSound("say", "110番に、かけてください。", language="ja-JP", seconds=2.0)
    assert stretch_of((sound,), "ja").sentences[0].offers == ()


def test_what_a_recogniser_took_for_something_else_is_so_misheard(tmp_path: Path) -> None:
    rows = [COLUMNS, ("ja", "text.mail.option", "0.5", "メールは、1番を、押してください。", "ベルは1番を")]
    file = tmp_path / "heard.tsv"
    file.write_text("\n".join("\t".join(row) for row in rows), encoding="utf-8")
    sound = HeardSound("say", "メールは、1番を、押してください。", language="ja-JP", seconds=3.0)
    sentences = stretch_of((sound,), "ja").sentences
    deaf = replace(USUAL[0], missed=1.0)
    heard = [read_measured(file)["ja"].heard(sentences, deaf, Random(seed)) for seed in range(20)]
    assert "ベルは1番を" in {each[0].text for each in heard}
    assert Ears().heard(sentences, replace(deaf, missed=0.0), Random(1))[0] == sentences[0]


def test_the_command_fails_where_a_task_is_under_its_aim(app: Flask) -> None:
    args = ["line", "callers", "--callers", "4", "--tasks", "police", "--at", "2026-11-22 23:00"]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 1, result.output
    assert "0.0%" in result.output


def mind_of(task: str, **caller: object) -> CallersMind:
    """Somebody who forgets, mishears and mistypes nothing, with all words of a task."""
    usual = replace(USUAL[0], slips=0.0, hesitates=0.0, eager=False, speaks=False, span=2, **caller)  # type: ignore[arg-type]
    mind = CallersMind(usual, tasks()[task].words["ja"], hearing()["ja"], Random(1))
    mind.strong, mind.near = mind.task.strong, mind.task.near
    return mind


def acts(mind: CallersMind, *told: tuple[str, str]) -> CallersAct:
    offers = tuple(KeyOffer(words, key, at + 1.0) for at, (words, key) in enumerate(told))
    sentences = tuple(HeardSentence(f"{offer.words}、", offer.ended - 1, offer.ended, (offer,)) for offer in offers)
    return mind.act(sentences, offers, 0.0, len(told) + 0.0, listens_for_words=False)


def test_what_does_not_fit_takes_no_room_in_the_memory() -> None:
    others = [(f"ほかの手続き{key}は", key) for key in "2345678"]
    act = acts(mind_of("police"), ("警察は", "0"), *others)
    assert isinstance(act, PressKey)
    assert act.key == "0"


def test_a_transfer_that_one_asked_for_is_not_stopped_and_another_is() -> None:
    for asked, key in (("警察は", None), ("そのほかの窓口は", "*")):
        mind = mind_of("police")
        acts(mind, (asked, "1"))
        mind.chosen, mind.sure = asked, asked == "警察は"
        act = acts(mind, ("やめるには", "*"))
        assert (act.key if isinstance(act, PressKey) else None) == key


def test_who_hears_about_a_desk_knows_to_whom_one_is_joined() -> None:
    said = "警察の相談電話は、ただいま受け付けています。つなぐには、1番を押してください。"
    (sound,) = (HeardSound("say", said, language="ja-JP", seconds=8.0),)
    sentences = stretch_of((sound,), "ja").sentences
    for heard, words in ((sentences, "警察"), (sentences[1:], "つなぐ")):
        (offer,) = offers_of(dict(enumerate(heard)), hearing()["ja"])
        assert offer.key == "1" and words in offer.words


def test_a_transfer_to_whom_one_chose_for_want_of_better_is_not_stopped() -> None:
    mind = mind_of("paid")
    acts(mind, ("警察は", "0"))
    told = HeardSentence("警察の相談電話に、おつなぎします。", 0.0, 3.0, ())
    stop = HeardSentence("やめるには、米印です。", 3.0, 5.0, (KeyOffer("やめるには", "*", 5.0),))
    act = mind.act((told, stop), stop.offers, 0.0, 5.0, listens_for_words=False)
    assert not isinstance(act, PressKey)


def test_who_meets_something_else_than_chosen_tries_the_same_words_once_more() -> None:
    mind = mind_of("police")
    back = ("戻るには", "*")
    for pressed in ("1", "*", "1", "*", None):
        act = acts(mind, ("警察は", "1")) if pressed != "*" else acts(mind, ("カードは", "1"), back)
        while pressed == "*" and not isinstance(act, PressKey):  # heard twice: it is another place
            act = acts(mind, ("カードは", "1"), back)
        assert (act.key if isinstance(act, PressKey) else None) == pressed


def test_a_key_that_was_not_found_in_time_was_not_pressed() -> None:
    mind = mind_of("police")
    acts(mind, ("警察は", "1"))
    mind.breaks_off()
    assert not mind.moved and not mind.chosen
    act = acts(mind, ("警察は", "1"))
    assert isinstance(act, PressKey) and act.key == "1"


def test_nobody_hears_out_what_they_do_not_understand() -> None:
    told = KeyOffer("日本語は", "4", 10.0)
    act = mind_of("police").act(
        (HeardSentence("日本語は、4番を押してください。", 8.0, 10.0, (told,)),),
        (told,),
        28.0,
        30.0,
        listens_for_words=False,
    )
    assert isinstance(act, PressKey) and act.key == "4" and act.at < 30


def test_words_that_everybody_would_say_are_in_every_head_and_so_are_parts_of_known_words() -> None:
    for seed in range(30):
        words = WordsOfTask(strong=("払った", "だまされた"), near=(), says=("もう払ったんですけど",))
        assert "払った" in CallersMind(USUAL[0], words, hearing()["ja"], Random(seed)).strong
        english = WordsOfTask(strong=("suspicious call", "call"), near=(), says=("hello",))
        known = CallersMind(USUAL[0], english, hearing()["en"], Random(seed)).strong
        assert "call" in known or "suspicious call" not in known


def test_several_of_a_thing_are_the_same_word() -> None:
    assert hearing()["en"].holds("For cards or a leaked number", ("card",))
    assert not hearing()["en"].holds("For a cardboard box", ("card",))


def test_who_has_stopped_the_line_by_a_slip_goes_on_with_any_key() -> None:
    told = HeardSentence("続けるときは、どの番号でもよいので、一つ押してください。", 0.0, 4.0, ())
    act = mind_of("police").act((told,), (), 0.0, 4.0, listens_for_words=False)
    assert isinstance(act, PressKey)
