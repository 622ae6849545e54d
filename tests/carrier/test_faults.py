"""What the log is told when something fails that nobody foresaw: where, and never what was sent."""

import logging
from typing import NoReturn

import pytest
from flask import Flask

from ivr.carrier import front
from ivr.carrier.faults import log_fault
from ivr.handset.handset import Handset

SECRET = "1234-5678-9012"


def fail(*_arguments: object, **_more: object) -> NoReturn:
    raise ValueError(f"what the caller said was {SECRET}")


def test_a_fault_in_a_call_is_told_without_the_caller_s_words(
    caller: Handset, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(front, "step", fail)
    caller.press("1")
    assert "a webhook failed" in caplog.text and "ValueError" in caplog.text and "in fail" in caplog.text
    assert SECRET not in caplog.text


def test_a_fault_in_a_page_is_told_without_its_address(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.add_url_rule("/broken/<token>", "broken", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get(f"/broken/{SECRET}?code={SECRET}").status_code == 500
    assert "GET /broken/<token> failed" in caplog.text and "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_the_errors_behind_an_error_are_told_too(caplog: pytest.LogCaptureFixture) -> None:
    try:
        try:
            fail()
        except ValueError as error:
            raise LookupError(SECRET) from error
    except LookupError as error:
        log_fault(logging.getLogger("test"), "it failed", error)
    assert "LookupError" in caplog.text and "ValueError" in caplog.text and SECRET not in caplog.text
