"""Signatures of forms, computed directly: the same as those of Twilio's own libraries."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug import Request
from werkzeug.datastructures import MultiDict

from ivr.carrier.form import FORM_TYPE, pairs_in, pairs_of
from ivr.carrier.form_signature import SHA1, SHA256, form_signature, signature_of, signs_form
from tests.support.given import TOKEN
from tests.support.signed_forms import MANY, fingerprint, signed_forms

pytestmark = pytest.mark.timeless

NODE_S = "4fe7c63ce8f1bbcd6ec24baf6db63e6818f61d656f1b11ff8b5c2a669b7d1280"
"""What twilio 6.2.0 for Node signs these forms with; it took all of our signatures (tests/support/signed_forms.py)."""


def test_signatures_are_those_of_the_library_for_node() -> None:
    ours = [signature_of(TOKEN, form.url, form.pairs).decode() for form in signed_forms()]
    assert len(ours) == MANY and fingerprint(ours) == NODE_S


@pytest.mark.parametrize(("algorithm", "theirs"), [(SHA1, "HMAC_SHA1"), (SHA256, "HMAC_SHA256")])
def test_signatures_are_those_of_the_library_for_python(algorithm: str, theirs: str) -> None:
    validator = RequestValidator(TOKEN)
    for form in signed_forms():
        expected = validator.compute_signature(form.url, MultiDict(form.pairs), theirs)
        assert signature_of(TOKEN, form.url, form.pairs, algorithm).decode() == expected
        assert signs_form(TOKEN, expected, form.url, form.pairs, algorithm)


def test_nothing_that_was_signed_can_be_changed() -> None:
    for form in signed_forms():
        signature = signature_of(TOKEN, form.url, form.pairs).decode()
        assert not signs_form(TOKEN, signature, f"{form.url}x", form.pairs)
        assert not signs_form(TOKEN, signature, form.url, (*form.pairs, ("Digits", "7")))
        assert not signs_form(TOKEN[1:], signature, form.url, form.pairs)


TEXTS = st.text(max_size=12)


@hypothesis_settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8), st.sampled_from(["", ":8443"]))
def test_any_form_is_signed_as_the_library_for_python_does(pairs: list[tuple[str, str]], port: str) -> None:
    url = f"https://line.example.jp{port}/voice?language=en"
    expected = RequestValidator(TOKEN).compute_signature(url, MultiDict(pairs))
    assert signature_of(TOKEN, url, pairs).decode() == expected
    assert form_signature(TOKEN, url, dict(pairs)) == RequestValidator(TOKEN).compute_signature(url, dict(pairs))


# --- reading them ---------------------------------------------------------------------------

BODIES = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from(["a", "=", "&", "+", "%", "%00", "%01", "\0", "%E6%9D%B1", "%E6", "東", "%3D", "%26"]),
        max_size=9,
    ).map(lambda parts: "".join(parts).encode()),
    st.text("ab=&+%;0123456789ABCDEFあ", max_size=40).map(lambda text: text.encode()),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=6).map(lambda pairs: urlencode(pairs).encode()),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(BODIES, st.sampled_from([FORM_TYPE, f"{FORM_TYPE}; charset=UTF-8", FORM_TYPE.upper()]))
def test_a_form_is_read_as_by_werkzeug(body: bytes, kind: str) -> None:
    environ = {"wsgi.input": BytesIO(body), "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
    request = Request({**environ, "REQUEST_METHOD": "POST"})
    read = pairs_of(kind, body)
    assert MultiDict(read) == request.form
    assert dict(reversed(read)) == request.form.to_dict(), "the first value of a name counts"


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.text("ab=&+%;019AF", max_size=40))
def test_a_query_is_read_as_by_werkzeug(query: str) -> None:
    assert MultiDict(pairs_in(query)) == Request({"QUERY_STRING": query}).args


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/json", "\x00"])
def test_what_is_no_form_has_no_fields(kind: str) -> None:
    assert pairs_of(kind, b"Digits=1") == ()
