"""What callers need to know is said, in both languages: whoever walks to a text hears it, to its end."""

from collections.abc import Callable
from functools import cache

import pytest
from flask import Flask

from ivr.call import rules
from ivr.handset.handset import Handset
from ivr.handset.hearing import HeardSound, said
from ivr.handset.transport import Wsgi
from ivr.line.loading import load, read_files
from ivr.line.tree import key_paths
from ivr.line.values import Line
from tests.support.given import ORIGIN, PROMPTS, SIGNER, SUNDAY_NIGHT, moment

MOST_STEPS = 14
"""Passages and questions until a text has been told."""

FACTS = """
mail         | ショートメッセージ         | text messages
mail         | エスエムエス               | S M S
mail         | すぐに消して               | delete the message
mail         | メールを残して             | keep the message
call         | 手紙                       | letter
call         | プラスいち                 | plus one
call         | プラスよんよん             | plus four four
call         | このような電話を止める窓口 | desk that stops calls from abroad
call         | 電話番号や時間を、メモ     | Note the caller's number and the time
call         | 警察署                     | nearest police station
call         | 身の危険を感じたら         | feel in danger
paid         | お近くの警察署は、夜も     | police station is open at night
paid         | 払ったばかり               | have just sent money
paid         | カードの裏                 | back of your card
paid         | クレジットカード           | credit card
paid         | 24時間、いつでも           | 24 hours a day
paid         | プリペイドカード           | prepaid cards
paid         | 宅配便                     | courier
paid         | 遠隔操作のアプリ           | remote control app
paid         | インターネットを切って     | off the internet
paid         | 同じ暗証番号               | same PIN
paid         | 二度目の詐欺               | second fraud
paid         | どうか、ご自分を責めずに   | do not blame yourself
trick_mail   | マイナポイント第2弾        | second round of Mynapoint
trick_mail   | 電気、ガス、食料品         | electricity, gas and food
trick_police | 年金事務所                 | pension office
trick_app    | デジタル庁                 | Digital Agency
lost         | スマートフォンをなくした   | lost a phone with the card
lost         | 見つかったら               | find the card again
lost         | 届け出の番号を聞いて       | report's number
leaked       | 悪用された                 | number was misused
leaked       | あっせん                   | mediate
cards        | 申し込み                   | applying
cards        | 10年                       | 10 years
cards        | 電子証明書                 | certificates
cards        | 暗証番号を忘れた           | forgotten PIN
cards        | 引っ越し                   | moving house
cards        | 健康保険証                 | health insurance card
cards        | 区役所                     | ward office
linkage      | 専用の、解読できない別の番号 | cannot be decoded
linkage      | 暗号                       | encrypted
safety       | 年金事務所                 | Pension offices
safety       | 市の税金                   | city tax
safety       | 独立した国の組織           | independent national body
penalties    | 個人の秘密が入った名簿     | file of personal secrets
portal       | 申請書を作る               | make application forms
portal       | インターネットでの申し込み | apply online
portal       | デジタル庁                 | Digital Agency
line         | 手話リンク                 | Shuwa Link
line         | よめてる                   | Yometel
line         | 電話リレーサービス         | telephone relay service
line         | ファクス                   | fax
line         | 電話会社                   | telephone companies
others       | アットマーク               | at city
police       | 当直                       | duty officer
consumer     | 郵便番号                   | postal code
consumer     | お近くの窓口               | nearest desk
ppc          | あっせん                   | mediates
abroad       | スマートフォン             | mobile
"""


OLD = """
話した方 払った、話した メール、サイトは リンクは開かず リンクを開か 答えず、払わず 制度や、窓口
警察の相談窓口 神奈川県警察の相談窓口
危険があるとき
急ぐとき 受理番号 控えてください 符号 独立した機関 公式ストア 秘密のファイル 渡したとします
罰は、4年 ことばを変える 言葉で言える どれか一つ つなぎ方を
dial|telephones
prison,|a|fine|of|up|to|2|million|yen,|or|both,|at|most
"""
"""Words that callers did not understand, or took for others."""


@pytest.fixture(scope="module")
def told(standing: Flask, line: Line) -> Callable[[str, str], list[HeardSound]]:
    """All that is heard of a text or a desk in a language, at night, by somebody who does nothing but go there."""

    @cache
    def found(language: str, node: str) -> list[HeardSound]:
        caller = Handset(Wsgi(standing, SIGNER, ORIGIN), at=moment(SUNDAY_NIGHT, line))
        caller.dial(f"/voice?language={language}")
        caller.press("".join(key_paths(line)[node]))
        for _ in range(MOST_STEPS):
            if caller.ringing or caller.hung_up:
                break
            caller.wait()
        return list(caller.transcript)

    return found


@pytest.mark.parametrize(
    ("node", "language", "words"),
    [
        (node, language, words)
        for node, *both in (map(str.strip, row.split("|")) for row in FACTS.strip().splitlines())
        for language, words in zip(("ja", "en"), both, strict=True)
    ],
)
def test_a_fact_is_heard(told: Callable[[str, str], list[HeardSound]], node: str, language: str, words: str) -> None:
    assert said(told(language, node), words), [sound.text for sound in told(language, node)]


def test_words_that_were_not_understood_are_said_nowhere(line: Line) -> None:
    every = [
        "".join(chunk.written for chunk in prompt.chunks())
        for language in line.languages.values()
        for prompt in language.prompts.values()
        if not prompt.slots
    ]
    for words in (each.replace("|", " ") for each in OLD.split()):
        assert not [text for text in every if words in text], words


def not_plain(line: Line) -> list[rules.Finding]:
    return list(rules.plain_words(rules.Survey(line, lambda _: 0.0, ())))


def in_mail(words: str) -> Line:
    """The line whose text on mails says these words."""
    files = read_files(PROMPTS)
    ja = files["ja.toml"].decode()
    head, _, rest = ja.partition("[text.mail]")
    option, _, passages = rest.partition("passages = [")
    five = f'"{words}", ' * 6
    files["ja.toml"] = f"{head}[text.mail]{option}passages = [{five}]{passages.partition(chr(10) + ']')[2]}".encode()
    return load(files)


@pytest.mark.parametrize(
    ("words", "errors"),
    [
        ("紛失時は利用停止手続を実施のうえ、警察署長宛に遺失届を提出し、受理番号を確認してください。", [True]),
        ("メールや広告から、アプリを入れないでください。", [False]),
        ("まず、カードを止めましょう。すぐに、お電話ください。", []),
    ],
    ids=["hard", "a little hard", "plain"],
)
def test_a_hard_text_is_found_and_a_plain_one_passes(words: str, errors: list[bool]) -> None:
    """R20. A little under what is aimed at is a note, so that a formula holds nothing up."""
    found = [each for each in not_plain(in_mail(words)) if "mail" in each.place]
    assert [each.error for each in found] == errors
    assert all("write shorter sentences" in each.message for each in found)


def test_all_that_is_shipped_is_as_plain_as_it_should_be(line: Line) -> None:
    assert [str(each) for each in not_plain(line)] == []


def test_a_line_shows_how_a_sentence_is_read(standing: Flask) -> None:
    shown = standing.test_cli_runner().invoke(args=["line", "read", "カードをなくした方は、1日から9:00に、188へ。"])
    assert shown.exit_code == 0
    assert "なくした{方|カタ}は" in shown.output and "{1日|" in shown.output and "{9:00|9時}" in shown.output
    assert "{188|" in shown.output
    assert "ナクシタカタワ" in shown.output
