"""Sentences to be translated where they are shown: their English, and what fills their places."""

from collections.abc import Mapping

Told = tuple[str, Mapping[str, object]]


def told(message: str, **facts: object) -> Told:
    """A sentence for a page. `message` is the id of its translations."""
    return message, facts
