"""What the trail tells, in words: what somebody did, to what, and how it was before and after."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import url_for
from flask_babel import gettext

from ivr.editions.edition import Piece
from ivr.editions.facts import FactKey
from ivr.editions.structure import Shape, name_of
from ivr.editions.texts import TextPlace
from ivr.people.trail import Act
from ivr.staff import labels
from ivr.staff.act_names import act
from ivr.staff.context import console, now, office
from ivr.staff.due_pages import fact_name
from ivr.staff.fact_sentences import Sentence, sentences
from ivr.staff.text_names import language

_AUDIO = re.compile(r"[0-9a-f]{64}")
_OF_TEXT = re.compile(r"draft ([0-9]+): (\S+\.toml): (.+)", re.DOTALL)
_OF_SOUND = re.compile(r"draft ([0-9]+): ([a-z]{2,3}(?:-\w+)*) (\S+)(?: \(.*\))?")
_OF_FILE = re.compile(r"draft ([0-9]+): ([a-z]{2,3}(?:-\w+)*) (.+)", re.DOTALL)
_OF_EDITION = re.compile(r"draft ([0-9]+), from (\S+)")
_OF_DRAFT = re.compile(r"draft ([0-9]+)(?:: (.*))?", re.DOTALL)
_OF_ALERT = re.compile(r"alert ([0-9]+)(?:: (\S+) to (\S+))?")
_OF_CLOSURE = re.compile(r"closure ([0-9]+) of (\w+)(?:: (\S+) to (\S+))?")
_SIGNING_IN = re.compile(r"(\S+), from (\S+|the machine)( \(known browser\))?")
_OF_FACT = re.compile(r"fact (\w+\.\w+)")
_SCHEDULED = re.compile(r"scheduled for (\S+)")


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


@dataclass(frozen=True, slots=True)
class Told:
    """An act in words: `did` what to which `subject`, with a way to it; what changed as `changes`; `sounds`: recordings
    before and after, by their addresses."""

    did: str
    subject: str
    to: str = ""
    place: TextPlace | None = None
    changes: tuple[Sentence, ...] = ()
    sounds: tuple[str | None, str | None] = (None, None)


@dataclass
class Telling:
    """What acts are told with: the titles of drafts, and of editions."""

    titles: Mapping[int, str] = field(default_factory=lambda: {each.id: each.title for each in office().drafts.all()})

    def told(self, of: Act) -> Told:
        """An act in words."""
        if of.act == "recording.file" and (found := _OF_FILE.fullmatch(of.what)):
            return self._file(of, found)
        for pattern, tell in (
            (_OF_TEXT, self._text),
            (_OF_SOUND, self._sound),
            (_OF_EDITION, self._edition),
            (_OF_DRAFT, self._draft),
            (_OF_ALERT, self._alert),
            (_OF_CLOSURE, self._closure),
            (_OF_FACT, self._fact),
            (_SCHEDULED, self._scheduled),
            (_SIGNING_IN, self._signing_in),
        ):
            if found := pattern.fullmatch(of.what):
                return tell(of, found)
        subject = _("the line") if of.act == "edition.roll_back" else of.what
        return Told(act(of.act), subject, changes=tuple(self._of_account(of)))

    def _title(self, draft: str) -> str:
        return self.titles.get(int(draft)) or _("draft %(number)s", number=draft)

    def _text(self, of: Act, found: re.Match[str]) -> Told:
        place = TextPlace(found[2], found[3])
        where = _("%(text)s, in “%(draft)s”", text=labels.place(place), draft=self._title(found[1]))
        if of.act in ("draft.remark", "draft.answer"):
            return Told(act(of.act), where, _way(found[1]), changes=(Sentence("", "", of.after),))
        changes = (Sentence("", of.before, of.after),) if place.prompt else sentences(place, of.before, of.after)
        changes = tuple(replace(each, about="") if each.about == labels.place(place) else each for each in changes)
        return Told(act(of.act), where, _way(found[1]), place, changes)

    def _sound(self, of: Act, found: re.Match[str]) -> Told:
        piece = Piece(found[2], found[3])
        where = _("%(text)s, in “%(draft)s”", text=labels.place(piece), draft=self._title(found[1]))
        sounds = tuple(
            f"/audio/{each}-normal.wav" if _AUDIO.fullmatch(each) else None for each in (of.before, of.after)
        )
        return Told(act(of.act), where, _way(found[1]), sounds=(sounds[0], sounds[1]))

    def _file(self, of: Act, found: re.Match[str]) -> Told:
        facts = {"name": found[3], "language": language(found[2]), "draft": self._title(found[1])}
        return Told(act(of.act), _("the file “%(name)s” (%(language)s), in “%(draft)s”", **facts), _way(found[1]))

    def _edition(self, of: Act, found: re.Match[str]) -> Told:
        where = _("“%(draft)s”, from %(moment)s", draft=self._title(found[1]), moment=_when(found[2]))
        return Told(act(of.act), where, _way(found[1]))

    def _draft(self, of: Act, found: re.Match[str]) -> Told:
        changes: tuple[Sentence, ...] = ()
        if of.act == "draft.rename":
            changes = (Sentence(_("Title"), of.before, of.after),)
        elif of.act == "draft.send_back":
            changes = (Sentence(_("What should be changed"), "", of.after),)
        elif of.act == "draft.submit" and found[2]:
            changes = (Sentence(_("Reason"), "", found[2]),)
        return Told(act(of.act), _("“%(draft)s”", draft=self._title(found[1])), _way(found[1]), changes=changes)

    def _alert(self, of: Act, found: re.Match[str]) -> Told:
        where = _("alert %(number)s", number=found[1]) + _span(found[2], found[3])
        changes = (Sentence(_("Words"), "", of.after),) if of.after else ()
        return Told(act(of.act), where, url_for("staff.alerts"), changes=changes)

    def _closure(self, of: Act, found: re.Match[str]) -> Told:
        return Told(act(of.act), desk_name(found[2]) + _span(found[3], found[4]), url_for("staff.desks"))

    def _fact(self, of: Act, found: re.Match[str]) -> Told:
        name = fact_name(console().line(), FactKey.read(found[1])) or _("a fact that is not there any more")
        changes = (Sentence(_("Who looks after it"), of.before, of.after),)
        return Told(act(of.act), name, url_for("staff.due_facts"), changes=changes)

    def _scheduled(self, of: Act, found: re.Match[str]) -> Told:
        return Told(
            act(of.act), _("what was to be heard from %(moment)s", moment=_when(found[1])), url_for("staff.editions")
        )

    def _signing_in(self, of: Act, found: re.Match[str]) -> Told:
        if found[2] == "the machine":
            return Told(act(of.act), found[1])
        known = _(" (a browser that is known)") if found[3] else ""
        return Told(act(of.act), _("%(login)s, from the address %(address)s", login=found[1], address=found[2]) + known)

    def _of_account(self, of: Act) -> Iterator[Sentence]:
        if of.act == "account.roles":
            before, after = (_listed(each) for each in (of.before, of.after))
            yield Sentence(_("What it may do"), before, after)
        elif of.act == "account.invite":
            yield Sentence(_("Address of the city's own account"), of.before, of.after)
        elif of.act in ("account.passkey", "account.passkey_removed"):
            yield Sentence(_("Name of the passkey"), of.before, of.after)
        elif of.act == "account.sign_in" and of.after:
            yield Sentence("", "", _("by a passkey") if of.after == "passkey" else _("with the city's own account"))
        elif of.before or of.after:
            yield Sentence("", of.before, of.after)


def _listed(roles: str) -> str:
    return _(", ").join(labels.role(each) for each in re.findall(r"\w+", roles) if each in _ROLES)


_ROLES = ("editor", "approver", "administrator")


def _sound(audio: str) -> str | None:
    """The address of a recording that the trail names."""
    return f"/audio/{audio}-normal.wav" if _AUDIO.fullmatch(audio) else None


def _way(draft: str) -> str:
    return url_for("staff.draft", draft=int(draft))


def _when(moment: str) -> str:
    """A moment that the trail holds, in the city's time."""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return labels.when(found)


def _span(start: str | None, end: str | None) -> str:
    return _(", from %(start)s to %(end)s", start=_when(start), end=_when(end)) if start and end else ""


def desk_name(key: str) -> str:
    """What a desk is called."""
    return nodes().get(("desk", key)) or key


def nodes() -> Mapping[tuple[str, str], str]:
    """What every menu, text and desk that callers hear is called: kind and key -> name."""
    texts, code = office().library.live(now()).texts, console().line().first_language.code
    return {(branch.kind.value, key): name_of(texts, branch, code) for key, branch in Shape.of(texts).branches.items()}
