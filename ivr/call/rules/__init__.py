"""The rules of the call, held against every state of a line.

R1 to R24 are the project's accessibility rules (docs/rules.md); they rest
on W3C's guidance for voice menus, WCAG 2.2 and studies of speech rate. What the conversation
guarantees by construction is checked all the same: words and files change, and so may it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from ivr.call.rules.of_desks import (
    answered_in_every_language,
    desks_are_told,
    ending_hours,
    help_at_any_hour,
    hours_match_words,
    offers_what_is_open,
    own_language_first,
    rings_only_open_desks,
    words_never_ring,
    zero_keeps_its_word,
)
from ivr.call.rules.of_keys import (
    answers_every_key,
    calls_end,
    changes_speed,
    goes_back,
    help_offers_languages,
    languages_wait_long_enough,
    leads_to_a_person,
    numbers_ring_nothing,
    only_named_keys_ring,
    pauses,
    routine_keys_once,
    speaks_before_listening,
    waits_long_enough,
)
from ivr.call.rules.of_lengths import (
    PASSAGE_SECONDS,
    SENTENCE_SECONDS,
    desks_are_near,
    lengths,
    passages,
    ways_are_short,
)
from ivr.call.rules.of_numbers import numbers_in_texts, numbers_of_desks, typed_digits
from ivr.call.rules.of_words import (
    confirmations,
    menus_are_shallow,
    nothing_is_unreachable,
    one_language_at_a_time,
    options_before_keys,
    plain_words,
    reviewed,
    same_in_every_language,
)
from ivr.call.rules.skeleton import skeleton, timed
from ivr.call.rules.survey import Finding, Survey, open_and_closed, uncollected

__all__ = [
    "OF_STATES",
    "OF_WORDS",
    "PASSAGE_SECONDS",
    "RULES",
    "SENTENCE_SECONDS",
    "Finding",
    "Survey",
    "answered_in_every_language",
    "answers_every_key",
    "calls_end",
    "changes_speed",
    "confirmations",
    "desks_are_near",
    "desks_are_told",
    "ending_hours",
    "findings",
    "goes_back",
    "help_at_any_hour",
    "help_offers_languages",
    "hours_match_words",
    "in_order",
    "languages_wait_long_enough",
    "leads_to_a_person",
    "lengths",
    "menus_are_shallow",
    "nothing_is_unreachable",
    "numbers_in_texts",
    "numbers_of_desks",
    "numbers_ring_nothing",
    "offers_what_is_open",
    "one_language_at_a_time",
    "only_named_keys_ring",
    "open_and_closed",
    "options_before_keys",
    "own_language_first",
    "passages",
    "pauses",
    "plain_words",
    "reviewed",
    "rings_only_open_desks",
    "routine_keys_once",
    "same_in_every_language",
    "skeleton",
    "speaks_before_listening",
    "timed",
    "typed_digits",
    "waits_long_enough",
    "ways_are_short",
    "words_never_ring",
    "zero_keeps_its_word",
]


Rule = Callable[[Survey], Iterable[Finding]]


def findings(survey: Survey, today: date, rules: Sequence[Rule] | None = None) -> list[Finding]:
    """All that the rules (or only these of them) find, errors first, each once."""
    with uncollected():
        found = [finding for rule in rules or RULES for finding in rule(survey)]
    return in_order((*found, *confirmations(survey.line, today), *ending_hours(survey.line, today)))


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings, errors first, each once."""
    return sorted(dict.fromkeys(found), key=lambda finding: (not finding.error, finding.rule))


OF_STATES: Sequence[Rule] = (
    leads_to_a_person,
    options_before_keys,
    menus_are_shallow,
    goes_back,
    answers_every_key,
    waits_long_enough,
    changes_speed,
    pauses,
    only_named_keys_ring,
    routine_keys_once,
    help_offers_languages,
    numbers_ring_nothing,
    speaks_before_listening,
    desks_are_near,
    rings_only_open_desks,
    zero_keeps_its_word,
    own_language_first,
    answered_in_every_language,
    help_at_any_hour,
    offers_what_is_open,
    words_never_ring,
    same_in_every_language,
    nothing_is_unreachable,
)
"""What the rules of these find is the same in every line of one skeleton (`skeleton`)."""

OF_WORDS: Sequence[Rule] = (
    languages_wait_long_enough,
    calls_end,
    passages,
    lengths,
    numbers_of_desks,
    numbers_in_texts,
    typed_digits,
    hours_match_words,
    desks_are_told,
    one_language_at_a_time,
    reviewed,
    plain_words,
    ways_are_short,
)
"""These look at words, and of the states only at such as `timed` names."""

RULES: Sequence[Rule] = (*OF_STATES, *OF_WORDS)
