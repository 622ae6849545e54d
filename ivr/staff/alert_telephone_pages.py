"""The telephone by which staff hear alerts for practice: the live line, with what no caller hears."""

from flask import Flask
from flask.typing import ResponseReturnValue

from ivr.line.values import Line
from ivr.staff import telephones
from ivr.staff.area import area
from ivr.staff.context import Console, me, now, office, page

_NAME = "alert_telephone"


@area.get("/alerts/phone")
def ring_practice() -> ResponseReturnValue:
    """The telephone, and what it hears beside what callers do."""
    telephone, alerts = telephones.on_page(_NAME, _line()), office().announcements.practice_alerts(now())
    return page("practice_ring.html", me=me(), telephone=telephone, alerts=alerts)


def install_alert_telephone(app: Flask, console: Console) -> None:
    """Let this telephone ring the live edition as staff hear it."""
    telephones.install(app, console, _NAME, _line, lambda: _line().edition)


def _line() -> Line:
    return office().shelf.draft_line("", now())


telephones.put_up(_NAME, "/alerts/phone")
