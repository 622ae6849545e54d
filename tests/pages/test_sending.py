"""Pages are made once a minute and sent compressed; files are kept by browsers for a year."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient

from ivr.clock import NOW
from ivr.line.values import Alert
from ivr.line.words import parse
from ivr.pages.routes import Pages
from ivr.pages.sending import KeptPages
from ivr.wiring import create_app
from tests.support.browser import without_limits
from tests.support.given import settings_for

OPEN = datetime(2026, 11, 24, 11, 0, 10, tzinfo=ZoneInfo("Asia/Tokyo"))
PAGES = pytest.mark.parametrize("path", ["/", "/en", "/phone", "/en/phone"])


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return without_limits(create_app(settings_for(tmp_path_factory.mktemp("data"))))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser, for which nothing was written before."""
    app.extensions["ivr.pages"] = replace(app.extensions["ivr.pages"], kept=KeptPages())
    return app.test_client()


@pytest.fixture
def written(app: Flask) -> Iterator[list[str]]:
    """Every page that is written, in order."""
    found: list[str] = []

    def note(_app: Flask, template: object, **_more: object) -> None:
        found.append(template.name)  # type: ignore[attr-defined]

    with template_rendered.connected_to(note, app):
        yield found


@PAGES
def test_a_page_is_written_once_a_minute_for_all_readers(client: FlaskClient, written: list[str], path: str) -> None:
    pages = [client.get(path, environ_overrides={NOW: OPEN + timedelta(seconds=after)}).data for after in (0, 20, 49)]
    assert len(set(pages)) == 1
    assert len(written) == 1


@pytest.mark.parametrize("path", ["/", "/en"])
def test_the_next_minute_has_its_own(client: FlaskClient, path: str) -> None:
    first, second = (client.get(path, environ_overrides={NOW: OPEN + timedelta(seconds=after)}) for after in (0, 50))
    assert "11:00" in first.text and "11:01" in second.text
    assert first.headers["ETag"] != second.headers["ETag"]


def test_an_alert_stands_there_from_its_second_to_its_end(app: Flask, client: FlaskClient) -> None:
    pages: Pages = app.extensions["ivr.pages"]
    words = MappingProxyType({"ja": parse("alert", "偽の電話に、ご注意ください。")})
    alert = Alert("alert", words, OPEN + timedelta(seconds=10), OPEN + timedelta(seconds=20))
    warned = replace(pages.line(), alerts=(alert,))
    app.extensions["ivr.pages"] = replace(pages, line=lambda: warned)
    shown = [client.get("/", environ_overrides={NOW: OPEN + timedelta(seconds=after)}).text for after in (5, 15, 25)]
    assert ["偽の電話に" in text for text in shown] == [False, True, False]


def test_another_line_is_another_page(app: Flask, client: FlaskClient) -> None:
    pages: Pages = app.extensions["ivr.pages"]
    before = client.get("/", environ_overrides={NOW: OPEN}).text
    without = replace(pages.line(), contacts=())
    app.extensions["ivr.pages"] = replace(pages, line=lambda: without)
    after = client.get("/", environ_overrides={NOW: OPEN}).text
    assert len(after) < len(before)


@PAGES
def test_nothing_of_one_reader_s_request_is_in_the_page_of_the_next(client: FlaskClient, path: str) -> None:
    first = client.get(
        path, headers={"Host": "evil.example", "X-Forwarded-Prefix": "/evil"}, query_string={"q": "evil"}
    )
    assert "evil" not in first.text
    assert "evil" not in client.get(path).text


@pytest.mark.parametrize("path", ["/", "/en", "/phone", "style.css", "phone.js"])
def test_a_page_is_compressed_for_who_takes_that(client: FlaskClient, path: str) -> None:
    path = path if path.startswith("/") else address(client, path)
    overrides = {NOW: OPEN}
    plain = client.get(path, environ_overrides=overrides)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"}, environ_overrides=overrides)
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0, identity"}, environ_overrides=overrides)
    assert "Content-Encoding" not in plain.headers and refused.data == plain.data
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert {answer.headers["Vary"] for answer in (plain, packed, refused)} == {"Accept-Encoding"}
    assert plain.headers["ETag"] != packed.headers["ETag"] and plain.headers["ETag"] == refused.headers["ETag"]


@pytest.mark.parametrize("takes", ["identity", "gzip"])
def test_who_has_a_page_is_told_so_without_its_words(client: FlaskClient, takes: str) -> None:
    headers = {"Accept-Encoding": takes}
    first = client.get("/", headers=headers, environ_overrides={NOW: OPEN})
    again = client.get("/", headers={**headers, "If-None-Match": first.headers["ETag"]}, environ_overrides={NOW: OPEN})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert again.headers[name] == first.headers[name]
    later = OPEN + timedelta(minutes=1)
    changed = client.get("/", headers={"If-None-Match": first.headers["ETag"]}, environ_overrides={NOW: later})
    assert changed.status_code == 200


@pytest.mark.parametrize("page", ["/", "/phone", "/staff/sign-in"])
def test_files_are_kept_for_a_year_under_a_name_that_changes_with_them(client: FlaskClient, page: str) -> None:
    addresses = re.findall(r'"(/(?:staff/)?static/[^"]+)"', client.get(page).text)
    assert len(addresses) >= 2
    for each in addresses:
        answer = client.get(each)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_page_of_another_release_has_its_files_too(client: FlaskClient) -> None:
    """Of two machines one has the new release already."""
    answer = client.get("/static/pages/0123456789ab/style.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("name", ["nothing.css", "../routes.py", "..%2froutes.py"])
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/pages/0123456789ab/{name}").status_code == 404


def address(client: FlaskClient, name: str) -> str:
    """Where a page says that a file of it is."""
    found = re.search(rf'"(/static/[^"]+/{name})"', client.get("/phone").text)
    assert found
    return found[1]
