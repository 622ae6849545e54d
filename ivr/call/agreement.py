"""Whether what a caller said is a yes to a transfer, from its first word to its last.

A desk rings for it (R21), so that everything that was said has to belong to the yes: 「はい」 stands in
「電話代はいくらですか」 as well, and "of course" in "of course not". What holds anything else, a question
or a wish beside it, is no yes, and the caller is asked once more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class FormRole(StrEnum):
    """What a form does in a yes."""

    YES = "yes"
    """Agrees by itself."""
    WISH = "wish"
    """Asks to be joined: enough beside the desk."""
    ENOUGH = "enough"
    """Asks to be joined, and agrees by itself."""
    DESK = "desk"
    """Names the desk that was asked back."""
    LINK = "link"
    """Ties a desk to the words around it, as 「に」 and "to the"."""
    BESIDE = "beside"
    """Politeness, which says neither yes nor anything else."""
    BEFORE = "before"
    """The same, with which one begins: who ends with it has more to say."""
    AFTER = "after"
    """Politeness that asks for something: part of a yes only where it follows upon a wish to be joined."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What has been read of it so far. `last`: the role of its last form, the desk's where a link follows it."""

    last: FormRole | None = None
    yes: bool = False
    wish: bool = False
    desk: bool = False

    def then(self, role: FormRole) -> "_Read":
        linked = role is FormRole.LINK and self.last is FormRole.DESK
        return _Read(
            FormRole.DESK if linked else role,
            self.yes or role in (FormRole.YES, FormRole.ENOUGH),
            self.wish or role is FormRole.WISH,
            self.desk or role is FormRole.DESK,
        )

    def may_go_on(self, role: FormRole) -> bool:
        """Whether a form of this role may come next."""
        return role is not FormRole.AFTER or self.last in (FormRole.WISH, FormRole.ENOUGH, FormRole.AFTER)

    @property
    def agrees(self) -> bool:
        """Whether it may end here, and nothing was begun that leads on."""
        return self.last not in (FormRole.LINK, FormRole.BEFORE) and (self.yes or (self.wish and self.desk))


def agrees(text: str, forms: Mapping[FormRole, Iterable[str]], spaces: bool) -> bool:
    """Whether a text is made of nothing but these forms, and they say yes; both as compared. In languages
    with spaces forms are whole words."""
    joint = " " if spaces else ""
    text = joint.join(text.replace("|", " ").split()) + joint
    starting = defaultdict(list)
    for role, written in forms.items():
        for form in written:
            starting[form[:1]].append((role, form + joint))
    reads: list[set[_Read]] = [{_Read()}, *(set() for _ in text)]
    for at, letter in enumerate(text):
        for role, form in starting[letter] if reads[at] else ():
            if text.startswith(form, at):
                reads[at + len(form)].update(read.then(role) for read in reads[at] if read.may_go_on(role))
    return any(read.agrees for read in reads[-1])
