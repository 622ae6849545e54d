"""What acts are called, and of which kind they are.

The trail holds short verbs, which never change. One that is not known here is called by its kind.
"""

from collections.abc import Mapping

from flask_babel import gettext

TEXTS, DRAFTS, APPROVAL, EDITIONS, SOUND, ALERTS, DESKS, ACCOUNTS = (
    *("texts", "drafts", "approval", "editions", "sound"),
    *("alerts", "desks", "accounts"),
)
GROUPS = (TEXTS, DRAFTS, APPROVAL, EDITIONS, SOUND, ALERTS, DESKS, ACCOUNTS)
"""Kinds of acts that one looks for."""


def _(message: str, **facts: object) -> str:
    return str(gettext(message, **facts))


def group(name: str) -> str:
    """A kind of acts."""
    return {
        TEXTS: _("Texts, facts and keys were changed"),
        DRAFTS: _("Drafts were begun, named, put away"),
        APPROVAL: _("Submitted, remarked on, approved, sent back"),
        EDITIONS: _("Published, scheduled, rolled back"),
        SOUND: _("Recordings"),
        ALERTS: _("Alerts"),
        DESKS: _("Desks closed and opened"),
        ACCOUNTS: _("Accounts and sign-in"),
    }[name]


def group_of(act: str) -> str:
    """The kind that an act belongs to."""
    family, _dot, verb = act.partition(".")
    if family == "draft":
        return DRAFTS if verb in _OF_DRAFTS else APPROVAL if verb in _OF_APPROVAL else TEXTS
    families = {"edition": EDITIONS, "recording": SOUND, "code": SOUND, "alert": ALERTS, "desk": DESKS, "fact": TEXTS}
    return families.get(family, ACCOUNTS)


_OF_DRAFTS = ("start", "rename", "discard")
_OF_APPROVAL = ("submit", "remark", "answer", "approve", "send_back")


def acts() -> Mapping[str, str]:
    """What every act that is known is called."""
    return {**_of_drafts(), **_of_texts(), **_of_the_line(), **_of_accounts()}


def act(name: str) -> str:
    """What an act is called; one that is not known, by its kind."""
    return acts().get(name) or group(group_of(name))


def _of_drafts() -> dict[str, str]:
    return {
        "draft.start": _("began a draft"),
        "draft.rename": _("renamed a draft"),
        "draft.discard": _("put a draft away"),
        "draft.submit": _("submitted for approval"),
        "draft.remark": _("wrote a remark"),
        "draft.answer": _("answered a remark"),
        "draft.approve": _("approved"),
        "draft.send_back": _("sent back"),
        "edition.publish": _("published"),
        "edition.schedule": _("scheduled"),
        "edition.withdraw": _("withdrew what was scheduled"),
        "edition.roll_back": _("went back to the edition before"),
    }


def _of_texts() -> dict[str, str]:
    return {
        "draft.save": _("changed"),
        "draft.confirm": _("confirmed as it stands"),
        "draft.import": _("took in from a file"),
        "draft.rebase": _("brought up to date"),
        "draft.bring back": _("brought back from an earlier edition"),
        "draft.release": _("brought by the program"),
        "draft.take": _("taken from the program"),
        "draft.keep": _("kept against the program"),
        "draft.passages": _("moved passages"),
        "draft.add": _("added to the tree"),
        "draft.move": _("moved in the tree"),
        "draft.take away": _("taken from the tree"),
        "draft.name": _("named otherwise"),
        "draft.key": _("another key"),
        "draft.zero": _("key 0 changed"),
        "draft.alert": _("prepared alerts changed"),
        "draft.undo": _("undone"),
        "draft.sure": _("confirmed by somebody, unchanged"),
        "draft.replace": _("words replaced"),
        "draft.contact": _("ways to ask and other numbers changed"),
        "fact.keeper": _("said who looks after a fact"),
    }


def _of_the_line() -> dict[str, str]:
    return {
        "recording.keep": _("put a recording into a draft"),
        "recording.drop": _("took a recording out"),
        "recording.file": _("sent a long recording to be cut"),
        "code.give": _("got a code to record by telephone"),
        "code.use": _("recorded by telephone with a code"),
        "alert.warn": _("put an alert on the line"),
        "alert.practise": _("began an alert for practice"),
        "alert.approve": _("approved an alert"),
        "alert.end": _("ended an alert"),
        "desk.close": _("closed a desk for a while"),
        "desk.reopen": _("opened a desk again"),
    }


def _of_accounts() -> dict[str, str]:
    return {
        "account.add": _("made an account"),
        "account.set_up": _("set their account up"),
        "account.renew": _("renewed an account"),
        "account.roles": _("changed what an account may do"),
        "account.stop": _("stopped an account"),
        "account.password": _("changed their password"),
        "account.sign_in": _("signed in"),
        "account.sign_out": _("signed out"),
        "account.failed": _("could not sign in"),
        "account.last_try": _("was locked out after too many tries"),
        "account.strangers": _("was tried from many places"),
        "account.passkey": _("added a passkey"),
        "account.passkey_removed": _("removed a passkey"),
        "account.codes": _("made recovery codes"),
        "account.recovery": _("used a recovery code"),
        "account.invite": _("said who may sign in with the city's own account"),
        "account.tie": _("was tied to the city's own account"),
        "notices.choose": _("chose what they are told of"),
        "notices.again": _("had notices sent again that could not be sent"),
    }
