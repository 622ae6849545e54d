"""Acts looked for in words: by a text, a desk, a fact, a kind of act, or by whatever somebody types."""

from collections.abc import Iterator

from ivr.people.trail import Term
from ivr.staff import labels
from ivr.staff.act_names import acts, group_of
from ivr.staff.act_words import nodes
from ivr.staff.context import office

FIELDS = ("hours", "holidays", "closed", "numbers", "dial", "languages", "source", "confirmed", "desks")
"""Facts that one looks for by themselves."""


def of_node(kind: str, key: str) -> Term:
    """Acts on a menu, text or desk: its words, facts, recordings, what callers may say for it, its closures."""
    return Term(
        whats=(f": {kind}.{key}.", f" {kind}.{key}.", f"closure of {key}:", f" of {key}: "),
        ends=(f": words.{key}", f" of {key}", f"fact {kind}.{key}"),
    )


def of_field(name: str) -> Term:
    """Acts on a fact of any desk or text."""
    return Term(ends=(f".{name}",))


def of_group(name: str) -> tuple[str, ...]:
    """The acts of a kind."""
    return tuple(each for each in acts() if group_of(each) == name)


def of_words(words: str) -> Iterator[Term]:
    """What somebody typed: each word stands in an act itself, or in what the act, the fact or the place is called."""
    named, titles = nodes(), {each.id: each.title for each in office().drafts.all()}
    for word in words.split():
        wanted = word.casefold()
        found = [of_node(kind, key) for (kind, key), name in named.items() if wanted in name.casefold()]
        found += [of_field(name) for name in FIELDS if wanted in labels.fact(name).casefold()]
        drafts = [f"draft {number}" for number, title in titles.items() if wanted in title.casefold()]
        yield Term(
            word,
            tuple(name for name, called in acts().items() if wanted in called.casefold()),
            (*(what for term in found for what in term.whats), *(f"{draft}:" for draft in drafts)),
            (*(end for term in found for end in term.ends), *drafts),
        )
