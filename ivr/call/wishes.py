"""What a caller wants who said something at a place: one wish, or none, and why.

In the order of what may be meant: an answer where a transfer is asked back; a key said in words, which
is nothing but the key; a language; a desk; something that is possible everywhere; the place whose words
outweigh those of all others. What stands beside the words that count (`coverage`) tells a wish from a
sentence in which its words happen to stand: "again, please" and "they called again".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ivr.call.agreement import FormRole, agrees
from ivr.call.options import offers
from ivr.call.state import CallState
from ivr.call.understanding import Listener, Occurrence, Term, hintable, listener
from ivr.line import prompt_keys as keys
from ivr.line.tree import ASK, JOIN, branches, has, kind_of, way_to
from ivr.line.values import Kind, Language, Line
from ivr.line.vocabulary import (
    AFTER_WISH,
    ANSWERS,
    AROUND_WISHES,
    BEFORE_YES,
    BESIDE_YES,
    COMMANDS,
    CONNECT,
    DETAILS,
    FILLERS,
    KEYS_IN_WORDS,
    NOT_AFTER,
    NUMBERS,
    QUESTIONS,
    TO_A_DESK,
)

LANGUAGE = "language."
"""Before the code of a language, as a meaning."""

WISH_COVERAGE = 0.75
"""The share of letters that must belong to a wish that is possible everywhere, or to politeness, so that
it is one [own value, tuned on sayings; so are those below]."""

PERSON_COVERAGE = 0.5
"""The same for a person, whom people ask for with many words."""

DESK_COVERAGE = 0.7
"""The same for a desk that is named without a word by which one asks for it."""

REFUSED_WITHIN = 9
"""Letters behind the name of a language within which it is said that it is not spoken."""

ENOUGH = 1.2
"""The weight of words from which on a place is meant."""

NEARLY = 0.8
"""The share of the best weight from which on another place may be meant as well."""

FROM_PROMPTS, FROM_PASSAGES = 0.8, 0.7
"""How much words count that stand in the names, and in the passages, of a place."""

FEW_FORMS = 2
"""A place with fewer forms of its own, such as a new one, is found by the words of its passages, too."""

MOST_PLACES = 3
"""A word in the prompts of more places tells none of them from the others."""

MOST_EXPECTED = 2
"""Forms that a recogniser is told of what is not offered here: carriers take 500 in all."""

YES_KEY = "1"
"""The key that says yes where a transfer is asked back."""

OFFERED_HERE, BELOW_HERE = 0.5, 0.25
"""What the places that keys lead to from here have before others, and those right behind them."""

_RUNS = re.compile(r"[一-鿿々]{2,}|[ァ-ヶー]{3,}|[A-Z]{2,}")
_KANA = re.compile(r"[ぁ-ゖ]")
_SPACED = re.compile(r"[^\W_]{4,}")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted. `kind`: "key", "yes", "no", "command", "language", "languages", "desk", "details",
    "place", or "" for nothing; `what`: which of them. `why` tells it in words, for staff."""

    kind: str
    what: str = ""
    why: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kind)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What was said in one language, with what was found in it."""

    text: str
    spaces: bool
    found: tuple[Occurrence, ...]
    asks: bool
    """Whether it is a question, as far as its end tells."""

    def of(self, *meanings: str) -> tuple[Occurrence, ...]:
        """What was found of these meanings, negated or not."""
        return tuple(each for each in self.found if each.term.meaning in meanings)

    def says(self, meaning: str) -> bool:
        """Whether it is said, and not negated."""
        return any(not each.negated for each in self.of(meaning))

    def coverage(self, *meanings: str) -> float:
        """The share of letters that belong to these meanings and to politeness."""
        cells = {cell for each in self.of(*meanings, FILLERS) for span in each.spans for cell in range(*span)}
        letters = [number for number, letter in enumerate(self.text) if letter not in " |"]
        return sum(number in cells for number in letters) / len(letters) if letters else 0.0


def wish(call: CallState, said: str) -> Wish:
    """What somebody wants who says this where the call stands."""
    found = _wish(call, call.language, said)
    if found:
        return found
    for code, language in call.line.languages.items():
        if code != call.language.code and (other := _wish(call, language, said)):
            if other.kind in ANSWERS:  # as a recogniser writes it down that hears another language
                return other
            why = f"not understood in {call.language.code}, but in {code}: {other.kind} {other.what}".strip()
            return Wish("languages", why=(*found.why, why))
    return found


def expected(call: CallState) -> tuple[str, ...]:
    """The words that a recogniser should expect here, those of the places that keys lead to first."""
    places = tuple(place.node for place in call.position.offers or offers(call))
    return _expected(_Same(call.line, call.language), places)


def _wish(call: CallState, language: Language, said: str) -> Wish:
    sentence = _sentence(call, language, said)
    why = [f"compared as: {sentence.text.strip()}", *dict.fromkeys(map(_told, sentence.found))]
    first = (_answer, _key, _language) if language is call.language else (_language, _answer, _key)
    for find in (*first, _desk, _command, _no_thanks, _place):
        if wanted := find(call, language, sentence):
            return Wish(wanted.kind, wanted.what, (*why, *wanted.why))
    return Wish("", why=(*why, "nothing of it is enough"))


def _sentence(call: CallState, language: Language, said: str) -> _Sentence:
    notes = {} if call.notes is None else call.notes
    if (key := (language.code, said)) not in notes:
        ears = _listener(call.line, language)
        text = ears.normal(said)
        notes[key] = _Sentence(text, language.spaces, ears.found(text), _is_question(call.line, language, said, text))
    found: _Sentence = notes[key]
    return found


def _told(found: Occurrence) -> str:
    negated = ", negated" if found.negated else ""
    return f"{found.term.written}: {found.term.meaning} {found.term.weight:.2f}{negated}"


# --- answers, keys, languages, what is possible everywhere --------------------------------------


def _answer(call: CallState, language: Language, sentence: _Sentence) -> Wish | None:
    """Yes or no to a transfer, or yes to the one language that is offered."""
    if call.place.step in (ASK, JOIN):
        return _to_a_transfer(call, language, sentence)
    only = call.kind is Kind.LANGUAGES and len(offers(call)) == 1
    if only and _agrees(call, language, sentence):
        return Wish("yes", why=("yes to the one language that is offered",))
    return None


def _to_a_transfer(call: CallState, language: Language, sentence: _Sentence) -> Wish | None:
    """Whoever says both, or no in any words, is not joined; and a yes has nothing beside it."""
    if sentence.of("no") or any(each.negated for each in sentence.of("yes", CONNECT, call.place.node)):
        return Wish("no", why=("no to a transfer",))
    if _agrees(call, language, sentence):
        return Wish("yes", why=("yes to a transfer, and nothing else",))
    if sentence.says(DETAILS) and not sentence.of(*call.line.desks):
        return Wish("details", call.place.node, ("asks for the number or hours of the desk that was asked back",))
    return None


def _agrees(call: CallState, language: Language, sentence: _Sentence, key: str = "") -> bool:
    """Whether it is a yes, or a key and no more than goes with a yes."""
    forms = _of_a_yes(_Same(call.line, language), call.place.node, key)
    return not sentence.asks and agrees(sentence.text, forms, language.spaces)


def _no_thanks(call: CallState, _language: Language, sentence: _Sentence) -> Wish | None:
    """No where nothing was asked back, but desks are offered: none of them is wanted."""
    desks = any(place.node in call.line.desks for place in call.position.offers or offers(call))
    about = ("no", "yes", CONNECT, *call.line.desks)
    if desks and sentence.of("no") and sentence.coverage(*about) >= WISH_COVERAGE:
        return Wish("no", why=("no to the desks that are offered",))
    return None


def _key(call: CallState, language: Language, sentence: _Sentence) -> Wish | None:
    """A key, where the whole of what was said is one; that which rings, where it is said as a yes is."""
    if call.place.step == ASK and _agrees(call, language, sentence, YES_KEY):
        return Wish("key", YES_KEY, (f"key {YES_KEY}, and nothing else",))
    match = _keys(_Same(call.line, language)).fullmatch(sentence.text.strip(" |"))
    if not match:
        return None
    key = _said_keys(_Same(call.line, language)).get(match["key"] or match["kana"])
    if key is None or (call.place.step == ASK and key == YES_KEY):
        return None
    return Wish("key", key, (f"the whole of it is key {key}",))


def _language(call: CallState, language: Language, sentence: _Sentence) -> Wish | None:
    """Another language, or the choice of one for who does not speak that of the call."""
    if sentence.of("languages"):
        return Wish("languages", why=("asks for other languages",))
    for code in call.line.languages:
        meaning = LANGUAGE + code
        if any(each.negated or _is_refused(call, language, sentence.text[each.end :]) for each in sentence.of(meaning)):
            if code == call.language.code:
                return Wish("languages", why=(f"not in {code}",))
            continue
        if sentence.of(meaning) and sentence.coverage(meaning, CONNECT) >= PERSON_COVERAGE:
            return Wish("language", code, (f"asks for {code}",))
    return None


def _is_refused(call: CallState, language: Language, rest: str) -> bool:
    """Whether a language is named by who does not speak it: 英語はわかりません."""
    negating = (term for term in _listener(call.line, language).terms if term.meaning == NOT_AFTER)
    return any(term.pieces[0][0] in rest[:REFUSED_WITHIN] for term in negating)


def _command(_call: CallState, _language: Language, sentence: _Sentence) -> Wish | None:
    """What is possible everywhere; of several the one with the heaviest words."""
    weights = {}
    for command in COMMANDS:
        found = [each for each in sentence.of(command) if not each.negated]
        least = PERSON_COVERAGE if command == "person" and sentence.says(CONNECT) else WISH_COVERAGE
        if found and command not in ANSWERS and sentence.coverage(command, CONNECT) >= least:
            weights[command] = sum(each.term.weight for each in found)
    if not weights:
        return None
    best = max(weights, key=lambda command: weights[command])
    return Wish("command", best, (f"{sentence.coverage(best, CONNECT):.0%} of it is {best} and politeness",))


# --- desks and places ---------------------------------------------------------------------------


def _desk(call: CallState, _language: Language, sentence: _Sentence) -> Wish | None:
    """A desk that is asked for. Who only speaks of it, or does not want it, is not taken there."""
    named = [each for each in sentence.of(*call.line.desks) if not each.negated]
    if not named or any(each.negated for each in sentence.of(CONNECT)):
        return None
    best = max(named, key=lambda each: (each.size, each.term.weight))
    level = {each.term.meaning for each in named if each.spans == best.spans}
    here = [place.node for place in call.position.offers or offers(call)]
    desk = next((node for node in here if node in level), min(level) if len(level) == 1 else "")
    if not desk:
        return None
    if sentence.says(DETAILS):
        return Wish("details", desk, (f"asks for the number or hours of {desk}",))
    if sentence.says(CONNECT):
        return Wish("desk", desk, (f"asks to be joined to {desk}",))
    desks = call.line.desks.keys()
    another = any(each.term.meaning in here and each.term.meaning not in desks for each in sentence.found)
    if sentence.coverage(desk) >= DESK_COVERAGE and not another:
        return Wish("desk", desk, (f"names {desk} and little else",))
    return None


def _place(call: CallState, _language: Language, sentence: _Sentence) -> Wish | None:
    """The place whose words weigh most; where several weigh about as much, one that a key leads to from
    here, else the menu above them."""
    weights = _weights(call, sentence)
    if not weights:
        return None
    most = max(weights.values())
    close = [node for node, weight in weights.items() if weight >= NEARLY * most]
    why = (", ".join(f"{node} {weight:.2f}" for node, weight in sorted(weights.items(), key=lambda w: -w[1])),)
    here = [place.node for place in call.position.offers or offers(call)]
    offered = [node for node in close if node in here]
    deeper = _deeper(call.line, weights, close, offered)
    if deeper:
        return Wish("place", deeper, (*why, f"{deeper} lies behind what is offered"))
    if offered:
        heaviest = max(weights[node] for node in offered)
        best = [node for node in offered if weights[node] == heaviest]
        return Wish("place", best[0], why) if len(best) == 1 else None
    top = [node for node in close if weights[node] == most]
    if len(close) == 1:
        return Wish("place", close[0], why)
    above = _above(call.line, close)
    if above and above != call.line.start:
        return Wish("place", above, (*why, f"{above} holds all of them"))
    return Wish("place", top[0], why) if len(top) == 1 else None


def _deeper(line: Line, weights: Mapping[str, float], close: Iterable[str], offered: Iterable[str]) -> str:
    """The one place that weighs most of all and lies behind one that is offered; "" where there is none."""
    most = max(weights.values())
    top = [node for node in close if weights[node] == most]
    behind = len(top) == 1 and any(node in way_to(line, top[0])[:-1] for node in offered)
    return top[0] if behind else ""


def _weights(call: CallState, sentence: _Sentence) -> Mapping[str, float]:
    """How much the words weigh of each menu and text, those that weigh enough. What is negated speaks against
    the menus above it, too: who has not lost the card does not want what is said of cards."""
    words: dict[str, dict[tuple[int, int], float]] = {}
    for each in sentence.found:
        if has(call.line, Kind.MENU, each.term.meaning) or has(call.line, Kind.TEXT, each.term.meaning):
            weight = -each.term.weight if each.negated else each.term.weight
            for node in (each.term.meaning, *(_menus_above(call.line, each.term.meaning) if each.negated else ())):
                spans = words.setdefault(node, {})
                spans[each.spans[0]] = max(weight, spans.get(each.spans[0], 0.0), key=abs)
    here = {place.node for place in call.position.offers or offers(call)}
    weights = {node: sum(found.values()) for node, found in words.items()}
    enough = {node: weight for node, weight in weights.items() if weight >= ENOUGH}
    return {node: weight + _nearness(call.line, node, here) for node, weight in enough.items()}


def _menus_above(line: Line, node: str) -> tuple[str, ...]:
    return way_to(line, node)[:-1]


def _nearness(line: Line, node: str, here: Iterable[str]) -> float:
    if node in here:
        return OFFERED_HERE
    return BELOW_HERE if any(above in here for above in way_to(line, node)[-2:]) else 0.0


def _above(line: Line, nodes: Iterable[str]) -> str:
    """The lowest node on the ways to all of these; "" where there is none."""
    ways = [way_to(line, node) for node in nodes]
    shared = [steps[0] for steps in zip(*ways, strict=False) if len(set(steps)) == 1]
    return shared[-1] if shared else ""


# --- what is listened for -----------------------------------------------------------------------

LISTENERS = 32
"""Languages of lines of which what is listened for is remembered, half a MB each [own value]: eleven languages of two
editions that are called at once."""


class _Same:
    """A line and a language as the key of a cache: the same objects, whatever is in force beside them."""

    def __init__(self, line: Line, language: Language):
        self.line, self.language = line, language
        self.parts = (language, line.languages, line.menus, line.texts)

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.parts)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and all(a is b for a, b in zip(self.parts, other.parts, strict=True))


def _listener(line: Line, language: Language) -> Listener:
    return _listening(_Same(line, language))


@lru_cache(maxsize=LISTENERS)
def _listening(same: _Same) -> Listener:
    return listener(same.language.words, same.language.spaces, tuple(terms(same.line, same.language)))


def terms(line: Line, language: Language) -> Iterator[tuple[str, str, float]]:
    """What is listened for in a language: meaning, form, how much it counts."""
    words = language.words
    for what in (*COMMANDS, *AROUND_WISHES, *(node for _, nodes in branches(line) for node in nodes)):
        if what not in ("language", "languages"):
            yield from ((what, form, 1.0) for form in words.get(what, ()))
    for code, other in line.languages.items():
        yield from ((LANGUAGE + code, form, 1.0) for form in other.words["language"])
        yield from (("languages", form, 1.0) for form in other.words["languages"])
    yield from _from_prompts(line, language)


def _from_prompts(line: Line, language: Language) -> Iterator[tuple[str, str, float]]:
    """The words that matter in a place's own prompts, so that a new text is found without a form of its
    own: those of its name and option; where it has few, those of its passages that few such places share."""
    known = {form for forms in language.words.values() for form in forms}
    nodes = (*line.menus, *line.texts)
    wordless = tuple(node for node in nodes if len(language.words.get(node, ())) < FEW_FORMS)
    for share, words_of, among in ((FROM_PROMPTS, _named, nodes), (FROM_PASSAGES, _told_there, wordless)):
        places: dict[str, set[str]] = {}
        for node in among:
            for word in words_of(line, language, node):
                places.setdefault(word, set()).add(node)
        for word, having in places.items():
            if len(having) <= MOST_PLACES and word not in known:
                yield from ((node, word, share / len(having)) for node in sorted(having))


def _named(line: Line, language: Language, node: str) -> Iterator[str]:
    kind = kind_of(line, node)
    for part in (keys.NAME, keys.OPTION):
        yield from _content(language, keys.of_node(kind, node, part))


def _told_there(line: Line, language: Language, node: str) -> Iterator[str]:
    number = 1
    while node in line.texts and (key := keys.passage(node, number)) in language.prompts:
        yield from _content(language, key)
        number += 1


def _content(language: Language, key: str) -> Iterator[str]:
    """Words with a meaning of their own: in a script of several kinds the runs that are not hiragana, in
    languages with spaces all words but short ones."""
    pattern = _SPACED if language.spaces else _RUNS
    for chunk in language.prompts[key].chunks():
        yield from pattern.findall(chunk.written)


@lru_cache(maxsize=512)
def _expected(same: _Same, places: tuple[str, ...]) -> tuple[str, ...]:
    line, words = same.line, same.language.words
    nodes = (*(node for _, nodes in branches(line) for node in nodes),)
    forms = [form for node in places for form in words.get(node, ())]
    for what in (*KEYS_IN_WORDS, *COMMANDS, CONNECT, *nodes):
        forms += words.get(what, ())[:MOST_EXPECTED]
    forms += [form for language in line.languages.values() for form in language.words["language"]]
    return tuple(dict.fromkeys(hint for form in forms for hint in hintable(form)))


@lru_cache(maxsize=LISTENERS)
def _keys(same: _Same) -> re.Pattern[str]:
    """A key with nothing beside it but politeness and what is said of numbers. A key of one kana, which many
    words begin with, has nothing behind it that is as short. Possessive, so that no text takes long."""
    ears, words = _listening(same), same.language.words
    joint = " " if same.language.spaces else ""

    def forms(*meanings: str, least: int = 1) -> set[str]:
        found = {ears.normal(form).strip() for what in meanings for form in words.get(what, ())}
        return {form for form in found if len(form) >= least}

    keys_said = forms(*KEYS_IN_WORDS)
    before = (forms(FILLERS, least=2) | forms(NUMBERS, least=3)) - keys_said
    front = f"(?:(?:{_any_of(before)}){joint}[| ]*)*+"
    beside = _any_of(forms(FILLERS, NUMBERS))
    clear = _any_of({form for form in forms(BESIDE_YES, NUMBERS) if len(form) > 1 or not _KANA.fullmatch(form)})
    kana = {form for form in keys_said if _KANA.fullmatch(form)}
    more = f"(?:[| ]*{joint}(?:{beside}))*+"
    long, short = f"(?P<key>{_any_of(keys_said - kana)}){more}", f"(?P<kana>{_any_of(kana)})(?:(?:{clear}){more})?+"
    return re.compile(f"{front}(?:{long}|{short})")


@lru_cache(maxsize=LISTENERS)
def _said_keys(same: _Same) -> Mapping[str, str]:
    """The keys by what is said for them, as compared."""
    ears, words = _listening(same), same.language.words
    said = ((ears.normal(form).strip(), key) for what, key in KEYS_IN_WORDS.items() for form in words.get(what, ()))
    return dict(reversed(tuple(said)))  # of two keys with one form the first


def _any_of(forms: Iterable[str]) -> str:
    """What matches one of these forms, the longest first; nothing where there is none."""
    return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or "(?!)"


@lru_cache(maxsize=512)
def _of_a_yes(same: _Same, desk: str, key: str) -> Mapping[FormRole, frozenset[str]]:
    """What a yes to a transfer to a desk is made of, as compared; with a key, where that may say it."""
    ears, words = _listening(same), same.language.words

    def written(*meanings: str) -> frozenset[str]:
        heard = (term.pieces[0][0] for term in ears.terms if term.meaning in meanings and _is_plain(term))
        forms = (ears.normal(form) for what in meanings for form in words.get(what, ()))
        return frozenset(form.strip() for form in (*heard, *forms)) - {""}

    shared = {FormRole.LINK: written(TO_A_DESK), FormRole.BEFORE: written(BEFORE_YES)}
    if key:
        return {**shared, FormRole.YES: written(key), FormRole.BESIDE: written("yes", BESIDE_YES, NUMBERS)}
    yes, wish = written("yes"), written(CONNECT)
    agreed = {FormRole.YES: yes - wish, FormRole.ENOUGH: yes & wish, FormRole.WISH: wish - yes}
    around = {FormRole.DESK: written(desk), FormRole.BESIDE: written(BESIDE_YES), FormRole.AFTER: written(AFTER_WISH)}
    return {**shared, **agreed, **around}


def _is_plain(term: Term) -> bool:
    return len(term.pieces) == 1 and not term.pieces[0][1]


def _is_question(line: Line, language: Language, said: str, text: str) -> bool:
    """Whether it ends as a question does (`text`: as compared), or is written as one."""
    if any(mark in said for mark in "?？؟"):
        return True
    ends, polite = _question_ends(_Same(line, language))
    text = text.rstrip(" |")
    return text.endswith(ends) and not text.endswith(polite)


@lru_cache(maxsize=LISTENERS)
def _question_ends(same: _Same) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How questions end in a language, and how what is polite and none ends like that; as compared."""
    ears, words = _listening(same), same.language.words
    space = " " if same.language.spaces else ""
    ends = tuple(space + ears.normal(form).strip() for form in words.get(QUESTIONS, ()))
    requests = (form for what in ("yes", BESIDE_YES, AFTER_WISH) for form in words.get(what, ()))
    polite = (ears.normal(form).strip() for form in requests)
    return ends, tuple(form for form in polite if form.endswith(ends))
