"""PDFs: a press has one made beside the request; the page says so, and then gives it."""

import re
from html import unescape
from urllib.parse import quote

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup, escape

from ivr.paper.papers import MADE, Paper, Sheet
from ivr.people.refusals import NotFound
from ivr.people.rights import Right, require
from ivr.staff.area import area
from ivr.staff.context import REFRESH, console, in_their_language, me, now, page
from ivr.staff.labels import when

PRINTED = Markup(MADE)
"""What stands in a page that is printed, where `made_now` stands in one that is read."""


_TITLE = re.compile("<title>(.+?)</title>")


def made_now() -> str:
    """When and by whom the page is made."""
    with in_their_language():
        return str(gettext("Made on %(moment)s by %(name)s.", moment=when(now()), name=me().name))


def asked_for(html: str, file: str, back: str, needs: Right = Right.LOOK) -> ResponseReturnValue:
    """The PDF of a page in which PRINTED stands, where it is made already; else the page that tells of it."""
    title = unescape(_TITLE.search(html)[1])  # type: ignore[index]  # pages have one
    sheet = Sheet(html, str(escape(made_now())), title, file, needs, back)
    found = console().papers.ask(sheet, now())
    if found.done and not found.told:
        return _file(found)
    return redirect(url_for("staff.paper", number=found.id), 303)


@area.get("/papers/<int:number>")
def paper(number: int) -> ResponseReturnValue:
    """How it stands: 202 while it is made, for the script of the page as well."""
    found = console().papers.look(number, now())
    require(me(), found.needs)
    status = 409 if found.told else 200 if found.done else 202
    return page("paper.html", status, me=me(), paper=found, problem=found.told, every=REFRESH)


@area.get("/papers/<int:number>/file")
def paper_file(number: int) -> Response:
    found = console().papers.get(number)
    require(me(), found.needs)
    return _file(found)


def _file(found: Paper) -> Response:
    content = console().papers.content(found.id)
    if content is None:
        raise NotFound("This PDF is not kept any more. Ask for it again.")
    name = quote(f"{found.title}.pdf")
    headers = {"Content-Disposition": f"inline; filename=\"{found.file}.pdf\"; filename*=UTF-8''{name}"}
    return Response(content, content_type="application/pdf", headers=headers)
