"""Simulated callers get where they want to on a good line, and a worse one is told from it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from ivr.callers.answers_kept import AnswersKept
from ivr.callers.attempt import CallToMake, attempt
from ivr.callers.misheard import COLUMNS, Ears, read_measured
from ivr.callers.population import Keypad, SimulatedCaller, population
from ivr.callers.reached import needed
from ivr.callers.sentences import stretch_of
from ivr.callers.tasks import tasks
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
    chunk = line.passages("mail", "ja")[0].chunks()[0].written
    assert share(standing, line, lambda xml: xml.replace(chunk, "、")) == 0


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
