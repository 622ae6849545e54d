"""Words of one spelling and several readings, read by the words around them.

    方   かた (a person) or ほう (the one of two, a direction)      「なくした方は」「なくした方がよい」
    1日  ついたち (a date) or いちにち (a length of time)            「1日から」「1日に3回」
    金   かね (money)                                              「金を払え」
    開く あく (stands open) or ひらく                               「窓口が開いている」
    表   おもて (the front) or ひょう (a table)                      「カードの表」

and signs that voices leave out: 9:00, AM9:00, 月〜金, 9時〜17時, 12/29. What is said is told by parts of
speech and by neighbours, so that it holds for sentences that staff write next. Where a voice reads a word
rightly by itself nothing is told. The lists of words are our own, from what municipalities write.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ivr.line.morphemes import Morpheme, morphemes
from ivr.line.text import one_width

HIRAGANA = re.compile("[ぁ-ゖ]")
"""Letters that only a text of this kind has: 方 in another language is left alone."""

PERSON, SIDE = "カタ", "ほう"


@dataclass(frozen=True, slots=True)
class Read:
    """A stretch of a text, from `start` to `end`, and how it is said."""

    start: int
    end: int
    reading: str


def found(text: str) -> Iterator[Read]:
    """The readings that the words of a text have where they stand, in order; none overlap."""
    if not HIRAGANA.search(text):
        return
    last = 0
    for read in sorted((*_signs(text), *_words(text)), key=lambda each: (each.start, -each.end)):
        if read.start >= last:
            yield read
            last = read.end


def _words(text: str) -> Iterator[Read]:
    if not _ASKED.search(text):
        return
    words = morphemes(text)
    for at, word in enumerate(words):
        rule = _RULES.get(word.lemma)
        if rule and (reading := rule(words, at)):
            yield _with_particle(Read(word.start, word.end, reading), words[at + 1 :])
        elif word.surface == "日" and _is_first(words, at):
            yield Read(words[at - 1].start, word.end, "ツイタチ")


def _with_particle(read: Read, after: Sequence[Morpheme]) -> Read:
    """Voices take 「かたはいません」 apart as 「はい」: there は is read with the word before it."""
    if len(after) > 1 and after[0].surface == "は" and after[0].kind[0] == "助詞" and after[1].surface.startswith("い"):
        return Read(read.start, after[0].end, read.reading + "ワ")
    return read


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- 方 -----------------------------------------------------------------------------------------

_BETTER = _words_of(
    "良い 善い よい いい よろしい 早い 速い 安い 近い 軽い 楽 簡単 手軽 確実 安全 安心 便利 得 お得 無難 賢明 望ましい "
    "大事 大切 重要 有利 優先 先 まし 正しい 詳しい 強い 高い 低い 長い 短い 大きい 小さい 新しい 古い 丁寧 "
    "スムーズ ベター ふさわしい 好ましい 親切 適切 正確"
)
"""What is said of the better one of two: 「電話した方が早い」. Not 多い, which is said of people."""

_PEOPLE = _words_of(
    "高齢 外国 外国籍 障害 本人 家族 女性 男性 市民 区民 県民 住民 町民 国民 独身 未成年 成年 妊娠 妊婦 妊娠中 患者 "
    "介護 要介護 一般 希望 初めて はじめて 急ぎ 転入 転出 車椅子 車いす 相手 係 担当 多く 大勢 皆 みんな 全員 他 ほか "
    "別 次 世帯 代理 年配 年輩 両親 親 遺族 親族 身内 隣 近所 関係 対象 該当 在住 在勤 在学 無職 学生 生徒 中 後 前 "
    "以上 以下 未満 以内 以外 代 人"
)
"""What people are told by before 「の方」: 「高齢の方が早く」 is about a person all the same."""

_PLACES = _words_of(
    "右 左 前 後ろ うしろ 上 下 奥 手前 横 裏 表 外 内 北 南 東 西 駅 窓口 入口 出口 中央 先 後 最初 最後 先頭 反対 逆 "
    "海 山 こちら そちら あちら どちら こっち そっち あっち 私 わたくし わたし 当課 当方 我々"
)
"""Where one looks or goes, and whose side is meant: 「右の方」「こちらの方で」."""

_SIZES = _words_of("近い 遠い 大きい 小さい 高い 低い 多い 少ない 早い 遅い 新しい 古い 安い 長い 短い 好き")
"""「近い方の区役所」, but 「耳の遠い方」, where somebody has the quality."""

_MOVES = _words_of("行く 来る 進む 向かう 向く 歩く 曲がる 戻る 走る 逃げる 見る")


def _side_or_person(words: Sequence[Morpheme], at: int) -> str:
    before, after = words[:at], words[at + 1 :]
    if not before or before[-1].surface in _STOPS:
        return SIDE if _says_better(after) else PERSON
    described = before[-1]
    if described.surface == "の":
        return _after_noun(before[:-1], after)
    if described.kind[0] == "形容詞" and described.lemma in _SIZES and not _has_owner(before[:-1]):
        return SIDE
    if _goes_there(before, after):
        return SIDE
    return SIDE if _says_better(after) else PERSON


def _after_noun(before: Sequence[Morpheme], after: Sequence[Morpheme]) -> str:
    """「AよりBの方が」「右の方」「カードの方が早い」 are sides, 「高齢の方」「お困りの方」 people."""
    if not before:
        return PERSON
    noun = before[-1]
    if _politely(before) or noun.lemma in _PEOPLE or noun.kind[0] in ("接尾辞", "動詞"):
        compared = _compared(before) and _says_better(after)
        return SIDE if compared and noun.lemma not in _PEOPLE else PERSON
    if noun.lemma in _PLACES and not _is_someone(noun, after):
        return SIDE
    return SIDE if _says_better(after) or _compared(before) else PERSON


def _is_someone(noun: Morpheme, after: Sequence[Morpheme]) -> bool:
    """「窓口の方が説明します」, 「駅の方に聞く」, 「どちらの方ですか」: people, and 「窓口の方へ進む」 a way."""
    if noun.lemma in ("窓口", "駅", "隣", "どちら", "入口"):
        return not _says_better(after) and not _moves(after)
    return False


def _politely(before: Sequence[Morpheme]) -> bool:
    """Whether it is told by お or ご of a person: お困り, ご家族, お持ち."""
    return len(before) > 1 and before[-2].kind[0] == "接頭辞" and before[-2].surface in ("お", "ご", "御")


def _has_owner(before: Sequence[Morpheme]) -> bool:
    """「耳の遠い」「収入が少ない」."""
    return bool(before) and before[-1].surface in ("の", "が", "も", "は")


def _compared(before: Sequence[Morpheme]) -> bool:
    return any(word.surface == "より" and word.kind[0] == "助詞" for word in _clause(reversed(before)))


def _says_better(after: Sequence[Morpheme]) -> bool:
    """Whether it goes on 「が（も、は）…よい」, up to the next comma."""
    if not after or after[0].surface not in ("が", "も", "は", "で"):
        return False
    clause = list(_clause(after[1:]))
    for at, word in enumerate(clause):
        if word.kind[0] in ("動詞", "代名詞") and not _easily(clause[at + 1 :]):
            return False
        if word.surface in ("を", "に", "へ", "と", "から"):
            return False
        if word.lemma in _BETTER or (word.kind[0] == "接尾辞" and word.lemma in ("やすい", "にくい", "づらい")):
            return True
    return False


def _easily(after: Sequence[Morpheme]) -> bool:
    return bool(after) and after[0].lemma in ("やすい", "にくい", "づらい")


def _goes_there(before: Sequence[Morpheme], after: Sequence[Morpheme]) -> bool:
    """「来た方へ戻る」."""
    verb = next((word for word in reversed(before) if word.kind[0] == "動詞"), None)
    return verb is not None and verb.lemma in _MOVES and verb in before[-2:] and _moves(after)


def _moves(after: Sequence[Morpheme]) -> bool:
    """Whether it goes on 「へ（に、を、から）…進む」."""
    if not after or after[0].surface not in ("へ", "に", "を", "から"):
        return False
    verb = next((word for word in _clause(after[1:]) if word.kind[0] == "動詞"), None)
    return verb is not None and verb.lemma in _MOVES


_STOPS = "、。，．！？「」『』（）・"


def _clause(words: Iterator[Morpheme] | Sequence[Morpheme]) -> Iterator[Morpheme]:
    for word in words:
        if word.surface in _STOPS:
            return
        yield word


# --- 1日, 金, 開く, 表 -----------------------------------------------------------------------------

_ONE = _words_of("1 １ 一")
_MONTHS = _words_of("毎月 今月 来月 先月 翌月 当月 各月 再来月 月初め")
_DATED = _words_of("まで 付け 付 現在 以降 以前 以後 より 締め切り 締切 必着 消印 開始 施行")
_LASTING = _words_of("掛かる かかる 程 ほど 程度 ぐらい くらい 前後 以内 要する")


def _is_first(words: Sequence[Morpheme], at: int) -> bool:
    """Whether 1日 is the first of a month. With the month before it voices know that by themselves."""
    if at < 1 or words[at - 1].surface not in _ONE or (at > 1 and words[at - 2].surface == "月"):
        return False
    return _is_date(words[: at - 1], words[at + 1 :])


def _is_date(before: Sequence[Morpheme], after: Sequence[Morpheme]) -> bool:
    if before and (before[-1].surface in _MONTHS or [w.surface for w in before[-2:]] in _MONTHS_IN_TWO):
        return True
    if not after:
        return False
    following, rest = after[0], list(_clause(after[1:]))
    if following.lemma in _DATED:
        return True
    lasts = any(word.lemma in _LASTING for word in rest)
    if following.surface == "から":
        return not lasts
    if following.surface in ("に", "は"):
        return not lasts and not any(word.kind[:2] == ("名詞", "数詞") or "度" in word.surface for word in rest[:2])
    return following.surface in ("〜", "～", "(", "（", "付", "の") and following.surface != "の"


_MONTHS_IN_TWO = (["各", "月"], ["毎", "月"], ["月", "の"])


def _money(words: Sequence[Morpheme], at: int) -> str | None:
    """A lone 金: of お金 voices know."""
    alone = words[at].kind[0] == "名詞" and (at == 0 or words[at - 1].kind[0] not in ("接頭辞", "名詞"))
    goes_on = at + 1 < len(words) and words[at + 1].kind[0] in ("助詞", "動詞")
    return "カネ" if alone and goes_on else None


def _stands_open(words: Sequence[Morpheme], at: int) -> str | None:
    """「窓口が開いている」 of itself; 「メールを開いている」 somebody does it."""
    rest = [word.lemma for word in words[at + 1 : at + 3]]
    if rest[:1] not in (["て"], ["た"]) or (rest[:1] == ["て"] and rest[1:] not in (["いる"], ["おる"])):
        return None
    clause = list(_clause(reversed(words[:at])))
    if any(word.surface == "を" for word in clause) or not any(word.surface in ("が", "は", "も") for word in clause):
        return None
    return "アイ" if words[at].surface == "開い" else None


def _front(words: Sequence[Morpheme], at: int) -> str | None:
    """「表の面」「表と裏」「裏と表」「表に出る」「カードの表」; else a table."""
    after = [word.surface for word in words[at + 1 : at + 3]]
    if [word.surface for word in words[max(0, at - 2) : at]] in (["裏", "と"], ["裏", "や"], ["裏", "か"]):
        return "おもて"
    if after[:1] in (["面"], ["側"], ["裏"]) or after in (["の", "面"], ["と", "裏"], ["や", "裏"], ["か", "裏"]):
        return "おもて"
    out = next((word.lemma for word in _clause(words[at + 1 :]) if word.kind[0] == "動詞"), "")
    if after[:1] in (["に"], ["へ"]) and out in ("出る", "出す", "停まる", "止まる", "待つ", "いる"):
        return "おもて"
    owned = at > 1 and words[at - 1].surface == "の" and words[at - 2].lemma in ("カード", "封筒", "紙", "家", "免許証")
    return "おもて" if owned else None


def _any_time(words: Sequence[Morpheme], at: int) -> str | None:
    """「何時でも」 in an offer of help."""
    after = [word.surface for word in words[at + 1 : at + 3]]
    return "いつ" if after[:1] == ["でも"] or after == ["で", "も"] else None


_Rule = Callable[[Sequence[Morpheme], int], str | None]

_RULES: dict[str, _Rule] = {
    "方": _side_or_person,
    "金": _money,
    "開く": _stands_open,
    "表": _front,
    "何時": _any_time,
}

_ASKED = re.compile("方|[1１一]日|金|開|表|何時")
"""Texts without these are not taken apart."""


# --- figures and signs -----------------------------------------------------------------------------

_D = "[0-9０-９]"
_TIME = re.compile(
    rf"(?<![0-9０-９A-Za-z:：])(?P<half>[AaPp][Mm]|[ＡＰ]Ｍ|午前|午後)?\s?(?P<hour>{_D}{{1,2}})[:：](?P<minute>{_D}{{2}})"
    rf"\s?(?P<after>[AaPp][Mm])?(?![0-9０-９A-Za-z:：])"
)
_HOUR = re.compile(rf"(?<![A-Za-z])(?P<half>[AaPp][Mm]|[ＡＰ]Ｍ)\s?(?P<hour>{_D}{{1,2}})(?=時)")
_DATE = re.compile(rf"(?<![0-9０-９/／.])(?P<month>{_D}{{1,2}})[/／](?P<day>{_D}{{1,2}})(?![0-9０-９/／])")
_WEEKDAYS = re.compile(
    "(?<![一-龠ァ-ヶ])(?P<first>[月火水木金土日])[〜～~](?P<last>[月火水木金土日])((?P<named>曜日?)|(?![一-龠ァ-ヶ]))"
)
_LISTED = re.compile("(?<![一-龠ァ-ヶ])[月火水木金土日](?:・[月火水木金土日])+(?=曜)")
_TO = re.compile(r"(?<=[0-9０-９時分日月曜年円歳人件回番])\s?[〜～~]\s?(?=[0-9０-９午翌AaPpＡＰ]|[月火水木金土日]曜)")
_IN_BRACKETS = re.compile(r"(?<=日)[（(](?P<day>[月火水木金土日])[）)]")

_HALVES = {"A": "午前", "P": "午後", "午前": "午前", "午後": "午後"}


def _signs(text: str) -> Iterator[Read]:
    for match in _TIME.finditer(text):
        if (said := _time(match)) is not None:
            yield Read(match.start(), match.end(), said)
    for match in _HOUR.finditer(text):
        yield Read(match.start(), match.end(), f"{_half(match['half'])}{int(match['hour'])}")
    for match in _DATE.finditer(text):
        month, day = int(match["month"]), int(match["day"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield Read(match.start(), match.end(), f"{month}月{day}日")
    for match in _WEEKDAYS.finditer(text):
        yield Read(match.start(), match.end(), f"{match['first']}曜から{match['last']}{match['named'] or '曜'}")
    for match in _LISTED.finditer(text):
        yield Read(match.start(), match.end(), "曜、".join(match[0].split("・")))
    for match in _TO.finditer(text):
        yield Read(match.start(), match.end(), "から")
    for match in _IN_BRACKETS.finditer(text):
        yield Read(match.start(), match.end(), f"、{match['day']}曜日、")


def _time(match: re.Match[str]) -> str | None:
    """A time of day as it is said, 午前9時15分; None where it is none."""
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 24 or minute > 59:
        return None
    half = _half(match["half"] or match["after"] or "")
    return f"{half}{hour}時" + (f"{minute}分" if minute else "")


def _half(written: str) -> str:
    plain = one_width(written).upper()
    return _HALVES.get(plain, _HALVES.get(plain[:1], ""))
