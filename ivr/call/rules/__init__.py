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
    leads_to_a_person,
    numbers_ring_nothing,
    only_named_keys_ring,
    pauses,
    routine_keys_once,
    speaks_before_listening,
    waits_long_enough,
)
from ivr.call.rules.of_lengths import PASSAGE_SECONDS, SENTENCE_SECONDS, lengths, passages, ways_are_short
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
from ivr.call.rules.survey import Finding, Survey, open_and_closed, uncollected

__all__ = [
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
    "desks_are_told",
    "ending_hours",
    "findings",
    "goes_back",
    "help_at_any_hour",
    "help_offers_languages",
    "hours_match_words",
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
    "speaks_before_listening",
    "typed_digits",
    "waits_long_enough",
    "ways_are_short",
    "words_never_ring",
    "zero_keeps_its_word",
]


def findings(survey: Survey, today: date) -> list[Finding]:
    """All that the rules find, errors first, each once."""
    with uncollected():
        found = [finding for rule in RULES for finding in rule(survey)]
    found += [*confirmations(survey.line, today), *ending_hours(survey.line, today)]
    return sorted(dict.fromkeys(found), key=lambda finding: (not finding.error, finding.rule))


RULES: Sequence[Callable[[Survey], Iterable[Finding]]] = (
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
    calls_end,
    passages,
    speaks_before_listening,
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
