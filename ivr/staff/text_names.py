"""What people call the texts and facts of the line: by their place in the call, never by their keys.

TextNames(called).of(TextPlace("ja.toml", "text.mail.passages.1"))
# Passage 1 of “Suspicious mails and sites” (Japanese);「あやしいメールやサイト」の1番目の段落（日本語）
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import get_locale, gettext

from ivr.editions.edition import Piece, prompt_of
from ivr.editions.texts import TextPlace
from ivr.line import prompt_keys as keys
from ivr.line.language_files import READINGS
from ivr.line.loading import ALERTS
from ivr.line.prompt_keys import KeyParts, fact_for_language, reading_of, spoken_of, taken_apart
from ivr.line.values import Kind
from ivr.pages import catalogues
from ivr.staff import fact_names, line_names

Called = Callable[[str, str], str]
"""What a menu, text, desk or prepared alert of that family and key is called; "" where it has no name."""


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def language(code: str) -> str:
    """A language of the line, as the reader calls it; one that nobody has a name for, by its code."""
    return catalogues.name_of(code, str(get_locale())) or code


@dataclass(frozen=True, slots=True)
class TextNames:
    """Names for whoever reads, in their language; `called` knows the nodes of the line."""

    called: Called

    def of(self, place: TextPlace | Piece) -> str:
        """A text with its language, or a fact."""
        if isinstance(place, Piece):
            return _("Recording: %(text)s", text=self.of(prompt_of(place)))
        name = self.without_language(place)
        if place.language is None:
            return name
        return _("%(text)s (%(language)s)", text=name, language=language(place.language))

    def without_language(self, place: TextPlace) -> str:
        """The same for all its languages."""
        if place.file == READINGS:
            code, written = reading_of(place.key)
            return _("How “%(word)s” is read (%(language)s)", word=written, language=language(code))
        if place.language is None:
            return self._fact(place)
        if not place.key:
            return _("everything in this language")
        if (what := spoken_of(place.key)) is not None:
            return _("What callers say for: %(meaning)s", meaning=self.meaning(what))
        if keys.tells_of_language(place.key):
            return fact_names.of_language(place.key)
        return self.text(place.key)

    def text(self, key: str) -> str:
        """What is said, by its key."""
        parts = taken_apart(key)
        if parts.family == keys.ALERT:
            return self._alert(parts)
        return self._of_node(parts) if parts.node else line_names.of(key)

    def node(self, family: str, key: str) -> str:
        """A menu, text, desk or prepared alert."""
        return self.called(family, key) or _("something without a name")

    def meaning(self, what: str) -> str:
        """What callers mean by some forms."""
        if command := line_names.command(what):
            return command
        found = (self.called(kind, what) for kind in keys.NODE_FAMILIES)
        return next(filter(None, found), "") or self.node("", what)

    def _of_node(self, parts: KeyParts) -> str:
        node = self.node(parts.family, parts.node)
        if parts.text:
            return _("Passage %(number)s of “%(node)s”", number=parts.number, node=node)
        return _node_parts(node, str(get_locale())).get(parts.part) or _("“%(node)s”: further words", node=node)

    def _alert(self, parts: KeyParts) -> str:
        alert, _dot, part = parts.part.partition(".")
        name = self.node(keys.ALERT, alert)
        if part == "title":
            return _("Title of the prepared alert “%(alert)s”", alert=name)
        return _("Words of the prepared alert “%(alert)s”", alert=name)

    def _fact(self, place: TextPlace) -> str:
        parts = place.parts
        if place.file == ALERTS:
            return _("The order of the prepared alerts")
        if place.names_number:
            return _("A telephone number that is no desk's")
        if not parts.node:
            return fact_names.of_line(place.file, parts.part)
        code, fact = fact_for_language(parts.part) if parts.family == Kind.DESK else ("", parts.part)
        node = self.node(parts.family, parts.node)
        if not fact:
            return node
        name = _("%(fact)s of “%(node)s”", fact=fact_names.of(fact), node=node)
        return _("%(text)s (%(language)s)", text=name, language=language(code)) if code else name


@lru_cache(maxsize=512)  # menus, texts and desks, in the languages of the console [own value]
def _node_parts(node: str, _locale: str) -> Mapping[str, str]:
    """The prompts of a menu, text or desk by their parts."""
    return {
        "": _("“%(node)s”", node=node),
        keys.NAME: _("Name of “%(node)s”", node=node),
        keys.OPTION: _("Words before the key of “%(node)s”", node=node),
        keys.LEAD: _("Words before the choices of “%(node)s”", node=node),
        keys.PERSON: _("Words on key 0 in “%(node)s”", node=node),
        keys.WHISPER: _("What desks hear of “%(node)s”", node=node),
        keys.ABOUT: _("What “%(node)s” advises on", node=node),
        keys.MORE: _("What else is said of “%(node)s”", node=node),
        keys.CHARGE: _("Who pays for the call to “%(node)s”", node=node),
        keys.HOURS: _("Hours of “%(node)s” in words of one's own", node=node),
        "hours_for": _("The hours that the own words of “%(node)s” stand for", node=node),
        keys.NOW: _("What is said first of “%(node)s” while it is open", node=node),
        keys.AFTER_HOURS: _("What is said of “%(node)s” while it is closed", node=node),
        "passages": _("All passages of “%(node)s”", node=node),
    }
