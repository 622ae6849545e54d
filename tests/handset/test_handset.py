"""The handset against hand-written TwiML, rule by rule of Twilio's documentation.

The comments name the page of https://www.twilio.com/docs/voice/twiml that a rule comes from.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from twilio.request_validator import RequestValidator

from ivr.carrier.twilio.twilio_carrier import TwilioSigner
from ivr.handset.handset import Handset
from ivr.handset.line_faults import LineFault, NotNow
from ivr.handset.terminal import run
from ivr.handset.timing import speech_seconds
from ivr.handset.transport import Http, Wsgi
from tests.support.running import running

pytestmark = pytest.mark.timeless

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ORIGIN = "https://line.example"
SIGNED_WITH = "what the account signs with"
JST = timezone(timedelta(hours=9))


class Line:
    """A WSGI application that answers each path with one document, and notes what it was asked.

    A path maps to TwiML without its Response, or to (status, content type, body).
    """

    def __init__(self, pages: dict[str, str | tuple[str, str, bytes]], origin: str = ORIGIN):
        self.pages = pages
        self.origin = origin
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.environs: list[WSGIEnvironment] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        form = _pairs(body)
        address = environ["PATH_INFO"] + query
        signature = environ["HTTP_X_TWILIO_SIGNATURE"]
        if not RequestValidator(SIGNED_WITH).validate(self.origin + address, form, signature):
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"unsigned"]
        self.environs.append(environ)
        self.asked.append((environ["REQUEST_METHOD"], address, form or _pairs(query[1:])))
        page = self.pages.get(environ["PATH_INFO"], "")
        if isinstance(page, str):
            page = ("200 OK", "text/xml", f"<Response>{page}</Response>".encode())
        status, content_type, answer = page
        start_response(status, [("Content-Type", content_type)])
        return [answer]


def _pairs(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def ring(pages: dict[str, str | tuple[str, str, bytes]] | str, at: datetime | None = None) -> tuple[Handset, Line]:
    """Ring a line of these pages; a bare text is the page at /voice."""
    line = Line({"/voice": pages} if isinstance(pages, str) else pages)
    return Handset(Wsgi(line, TwilioSigner(SIGNED_WITH), ORIGIN), at=at), line


def dialled(pages: dict[str, str | tuple[str, str, bytes]] | str, at: datetime | None = None) -> tuple[Handset, Line]:
    caller, line = ring(pages, at)
    caller.dial()
    return caller, line


# Requests -----------------------------------------------------------------------------------


def test_first_request_is_what_twilio_sends() -> None:
    caller, line = dialled('<Gather numDigits="1"/>')
    method, address, form = line.asked[0]
    assert (method, address) == ("POST", "/voice")
    assert form["CallSid"] == caller.call_sid
    assert len(form["CallSid"]) == 34
    assert {name: form[name] for name in ("From", "To", "CallStatus", "Direction")} == {
        "From": "+81312345678",
        "To": "+815012345678",
        "CallStatus": "ringing",
        "Direction": "inbound",
    }
    caller.press("1")
    assert line.asked[1][2]["CallStatus"] == "in-progress"
    tokens = {environ["HTTP_I_TWILIO_IDEMPOTENCY_TOKEN"] for environ in line.environs}
    assert len(tokens) == 2


def test_wrong_token_is_refused() -> None:
    caller = Handset(Wsgi(Line({}), TwilioSigner("another token"), ORIGIN))
    with pytest.raises(LineFault) as fault:
        caller.dial()
    assert fault.value.code == 11200
    assert fault.value.url == ORIGIN + "/voice"
    assert caller.hung_up


def test_query_is_signed_as_sent() -> None:
    _, line = dialled("<Redirect>/next?a=%E3%81%82+b&amp;c=%2F</Redirect>")
    assert line.asked[1][1] == "/next?a=%E3%81%82+b&c=%2F"


def test_method_get_puts_the_parameters_in_the_address() -> None:
    caller, line = dialled('<Gather action="/go?x=1" method="GET"/>')
    caller.press("7#")
    method, address, form = line.asked[1]
    assert method == "GET"
    assert address.startswith("/go?x=1&")
    assert form["Digits"] == "7"


# Gather: "The action attribute takes an absolute or relative URL … If no action is provided,
# Twilio will by default make a POST request to the current document's URL." The same holds for
# Redirect's text and for Record.
@pytest.mark.parametrize(
    ("verb", "address"),
    [
        ('<Gather action="b" numDigits="1"/>', "/voice/b"),
        ('<Gather action="?s=1" numDigits="1"/>', "/voice/a?s=1"),
        ('<Gather action="/c" numDigits="1"/>', "/c"),
        ('<Gather action="https://line.example/d" numDigits="1"/>', "/d"),
        ('<Gather numDigits="1"/>', "/voice/a?q=2"),
        ('<Gather action="/e#rc=2&amp;rp=all" numDigits="1"/>', "/e"),
    ],
)
def test_relative_action(verb: str, address: str) -> None:
    caller, line = ring({"/voice/a": verb})
    caller.dial("/voice/a?q=2")
    caller.press("1")
    assert line.asked[1][1] == address
    assert line.asked[1][2]["Digits"] == "1"


def test_address_off_the_line_is_a_fault() -> None:
    caller, _ = ring("<Redirect>https://elsewhere.example/x</Redirect>")
    with pytest.raises(LineFault, match="leads away"):
        caller.dial()


# Gather -------------------------------------------------------------------------------------

NEXT = "<Say>next</Say><Gather/>"
ACTION: dict[str, str | tuple[str, str, bytes]] = {"/done": "<Say>done</Say><Gather/>"}


# Gather: "If the timeout is reached before the caller enters any digits, or if the caller enters
# the finishOnKey value before entering any other digits, Twilio will not make a request to the
# action URL but instead continue processing the current TwiML document with the verb
# immediately following the Gather." finishOnKey is "#" unless set; the empty string means that
# no key ends the entry. actionOnEmptyResult="true" asks the action all the same.
@pytest.mark.parametrize(
    ("attributes", "keys", "digits"),
    [
        ("", "", None),
        ("", "12#", "12"),
        ("", "#", None),
        ('numDigits="1"', "1", "1"),
        ('numDigits="1"', "#", None),
        ('numDigits="1"', "*", "*"),
        ('numDigits="1" finishOnKey=""', "#", "#"),
        ('numDigits="3"', "123", "123"),
        ('finishOnKey="*"', "1#*", "1#"),
        ('finishOnKey="*"', "*", None),
        ('actionOnEmptyResult="true"', "", ""),
        ('actionOnEmptyResult="true"', "#", ""),
        ('timeout="7"', "12", "12"),
    ],
)
def test_gather(attributes: str, keys: str, digits: str | None) -> None:
    caller, line = dialled(ACTION | {"/voice": f'<Gather action="/done" {attributes}/>{NEXT}'})
    if keys:
        caller.press(keys)
    if len(line.asked) == 1 and not caller.heard("next"):
        caller.wait()
    if digits is None:
        assert caller.last == ["next"]
        assert len(line.asked) == 1
    else:
        assert caller.last == ["done"]
        assert line.asked[1][2]["Digits"] == digits


def test_nothing_after_gather_hangs_up() -> None:
    caller, line = dialled('<Gather timeout="3"/>')
    assert not caller.hung_up
    caller.wait()
    assert caller.hung_up
    method, address, form = line.asked[-1]
    assert (method, address) == ("POST", "/voice/status")
    assert (form["CallStatus"], form["CallDuration"]) == ("completed", "3")


def test_listening_tells_the_defaults() -> None:
    caller, _ = dialled("<Gather/>")
    gather = caller.listening
    assert gather
    assert (gather.timeout, gather.finish_on_key, gather.num_digits) == (5, "#", None)
    assert (gather.takes_keys, gather.takes_speech, gather.method) == (True, False, "POST")
    assert gather.url == ORIGIN + "/voice"


# Gather: "After the caller enters digits … the nested audio stops" (barge-in).
def test_key_breaks_off_nested_speech() -> None:
    prompt = '<Pause length="4"/><Pause length="6"/><Say>never reached</Say>'
    caller, line = dialled(ACTION | {"/voice": f'<Gather action="/done">{prompt}</Gather>'})
    assert caller.heard("never reached")
    caller.press("1", after=5)
    pauses = [(sound.seconds, sound.cut) for sound in caller.transcript]
    assert pauses == [(4, False), (1, True)]
    assert caller.elapsed == 5
    caller.press("2")
    assert caller.elapsed == 5.5
    caller.wait()
    assert line.asked[1][2]["Digits"] == "12"
    assert caller.elapsed == 10.5 + speech_seconds("done")


def test_keys_go_to_whatever_gather_then_listens() -> None:
    caller, line = dialled(
        {
            "/voice": '<Gather numDigits="1" action="/b"/>',
            "/b": '<Say>b</Say><Gather numDigits="1" action="/c"/>',
            "/c": "<Say>c</Say>",
        }
    )
    caller.press("123")
    assert [(address, form.get("Digits")) for _, address, form in line.asked] == [
        ("/voice", None),
        ("/b", "1"),
        ("/c", "2"),
        ("/voice/status", None),
    ]
    assert caller.last == ["c"]
    assert not caller.heard("b")


# Gather: input "dtmf", "speech" or "dtmf speech"; speech arrives as SpeechResult, Confidence.
def test_speech() -> None:
    caller, line = dialled('<Gather input="dtmf speech" language="en-US" action="/x"/>')
    caller.say("fraud")
    form = line.asked[1][2]
    assert form["SpeechResult"] == "fraud"
    assert 0 < float(form["Confidence"]) <= 1
    assert "Digits" not in form


def test_no_words_are_an_empty_result() -> None:
    caller, line = dialled('<Gather input="speech" action="/x"/><Say>sorry</Say>')
    caller.say("")
    assert caller.last == ["sorry"]
    assert [address for _, address, _ in line.asked] == ["/voice", "/voice/status"]


@pytest.mark.parametrize(
    ("twiml", "deed", "why"),
    [
        ("<Gather/>", lambda caller: caller.say("fraud"), "does not listen for speech"),
        ('<Gather input="speech"/>', lambda caller: caller.press("1"), "not listen for keys"),
        ("<Dial>+81456649110</Dial>", lambda caller: caller.press("1"), "being rung"),
        ("<Record/>", lambda caller: caller.press("1"), "recording is in progress"),
        ("<Hangup/>", lambda caller: caller.wait(), "call is over"),
        ("<Gather/>", lambda caller: caller.transfer("busy"), "no transfer"),
        ("<Gather/>", lambda caller: caller.record(1), "no recording"),
        ("<Gather/>", lambda caller: caller.dial(), "made its call"),
        (
            '<Gather input="dtmf speech"/>',
            lambda caller: (caller.press("1"), caller.say("one")),
            "a key was pressed first",
        ),
    ],
)
def test_what_the_moment_does_not_allow(twiml: str, deed: Callable[[Handset], object], why: str) -> None:
    caller, _ = dialled(twiml)
    with pytest.raises(NotNow, match=why):
        deed(caller)


def test_nobody_has_rung_yet() -> None:
    caller, _ = ring("")
    with pytest.raises(NotNow, match="nobody has rung"):
        caller.wait()


@pytest.mark.parametrize("keys", ["", "a", "1 2", "１"])
def test_not_keys(keys: str) -> None:
    caller, _ = dialled("<Gather/>")
    with pytest.raises(ValueError, match="not keys"):
        caller.press(keys)


def test_wait_is_one_timeout() -> None:
    passage = '<Gather timeout="2"><Say>{}</Say></Gather><Redirect>/{}</Redirect>'
    caller, _ = dialled({"/voice": passage.format("one", "b"), "/b": passage.format("two", "c")})
    assert caller.last == ["one"]
    caller.wait()
    assert caller.last == ["two"]
    assert not caller.hung_up
    caller.wait()
    assert caller.hung_up


# Redirect, Hangup, Reject -------------------------------------------------------------------


# Redirect: "All verbs after Redirect are unreachable and ignored"; POST is the default, and an
# empty address is the current document.
def test_redirect() -> None:
    caller, line = dialled({"/voice": "<Redirect> b </Redirect><Say>unheard</Say>", "/b": NEXT})
    assert caller.last == ["next"]
    assert [(method, address) for method, address, _ in line.asked] == [
        ("POST", "/voice"),
        ("POST", "/b"),
    ]


def test_redirect_in_a_circle_is_a_fault() -> None:
    caller, line = ring("<Say>again</Say><Redirect/>")
    with pytest.raises(LineFault, match="circle"):
        caller.dial()
    assert {address for _, address, _ in line.asked} == {"/voice"}


@pytest.mark.parametrize(
    ("twiml", "status"),
    [
        ("<Say>bye</Say><Hangup/><Say>unheard</Say>", "completed"),
        ("<Reject/>", "failed"),
        ('<Reject reason="busy"/>', "busy"),
        ("", "completed"),
    ],
)
def test_the_line_ends_the_call(twiml: str, status: str) -> None:
    caller, line = dialled(twiml)
    assert caller.hung_up
    assert not caller.heard("unheard")
    assert line.asked[-1][2]["CallStatus"] == status


def test_caller_hangs_up_once() -> None:
    caller, line = dialled("<Gather/>")
    caller.hang_up()
    caller.hang_up()
    assert [address for _, address, _ in line.asked] == ["/voice", "/voice/status"]


def test_no_status_callback() -> None:
    line = Line({})
    caller = Handset(Wsgi(line, TwilioSigner(SIGNED_WITH), ORIGIN), status_url=None)
    caller.dial()
    assert caller.hung_up
    assert len(line.asked) == 1


def test_status_callback_must_be_answered() -> None:
    caller, _ = dialled({"/voice": "<Gather/>", "/voice/status": ("500 Oh", "text/plain", b"")})
    with pytest.raises(LineFault, match="answered 500"):
        caller.hang_up()


# Dial ---------------------------------------------------------------------------------------


# Dial: "If you do not provide an action URL … Twilio will continue to render the original TwiML
# document"; with one, it is asked with DialCallStatus and the verbs that follow are unreachable.
@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_dial_with_action(status: str) -> None:
    caller, line = dialled(
        {
            "/voice": '<Dial action="/after" callerId="+815012345678">+81456649110</Dial><Say>unreachable</Say>',
            "/after": NEXT,
        }
    )
    assert caller.ringing
    assert (caller.ringing.number, caller.ringing.caller_id) == ("+81456649110", "+815012345678")
    caller.transfer(status)
    assert caller.last == ["next"]
    form = line.asked[1][2]
    assert form["DialCallStatus"] == status
    assert form["DialCallSid"].startswith("CA")
    assert form.get("DialCallDuration") == ("60" if status == "completed" else None)
    assert caller.ringing is None
    assert len(caller.dialled) == 1


def test_dial_without_action_goes_on() -> None:
    caller, line = dialled(f'<Dial timeout="20">+81456649110</Dial>{NEXT}')
    caller.wait()
    assert caller.last == ["next"]
    assert caller.elapsed == 20 + speech_seconds("next")
    assert len(line.asked) == 1


# Dial: callerId is the caller's own number unless set; timeout 30, timeLimit four hours.
@pytest.mark.parametrize(
    ("twiml", "kind", "numbers"),
    [
        ("<Dial>+81456649110</Dial>", "Number", ("+81456649110",)),
        (
            "<Dial><Number>+811</Number><Number> +812 </Number></Dial>",
            "Number",
            ("+811", "+812"),
        ),
        ("<Dial><Client>desk</Client></Dial>", "Client", ("desk",)),
        ("<Dial><Sip>sip:a@b.example</Sip></Dial>", "Sip", ("sip:a@b.example",)),
    ],
)
def test_whom_it_rings(twiml: str, kind: str, numbers: tuple[str, ...]) -> None:
    caller, _ = dialled(twiml)
    (transfer,) = caller.dialled
    assert (transfer.kind, transfer.numbers) == (kind, numbers)
    assert (transfer.caller_id, transfer.timeout, transfer.time_limit) == (
        "+81312345678",
        30,
        14400,
    )


def test_talk_ends_at_the_time_limit() -> None:
    caller, line = dialled('<Dial action="/x" timeLimit="600">+811</Dial>')
    caller.transfer("completed", seconds=3600)
    assert line.asked[1][2]["DialCallDuration"] == "600"
    assert caller.elapsed == 600


def test_unknown_outcome() -> None:
    caller, _ = dialled("<Dial>+811</Dial>")
    with pytest.raises(ValueError, match="none of completed"):
        caller.transfer("answered")


# Record -------------------------------------------------------------------------------------


# Record: "Any TwiML verbs occurring after a Record are unreachable. There is one exception: if
# Twilio receives an empty recording, it will not make a request to the action URL." Digits is
# the key that ended it, or "hangup".
@pytest.mark.parametrize(
    ("seconds", "digits", "elapsed", "duration"),
    [(4, "#", 4, "4"), (4, "", 9, "4"), (90, "", 30, "30"), (0, "", 5, None), (0, "1", 0, None)],
)
def test_record(seconds: float, digits: str, elapsed: float, duration: str | None) -> None:
    caller, line = dialled({"/voice": '<Record maxLength="30"/><Gather/>', "/r": "<Gather/>"})
    assert caller.transcript[0].kind == "beep"
    line.pages["/voice"] = "<Gather/>"  # the default action is the current document
    caller.record(seconds, digits)
    assert caller.elapsed == elapsed
    assert caller.listening
    if duration is None:
        assert len(line.asked) == 1
    else:
        form = line.asked[1][2]
        assert (form["RecordingDuration"], form["Digits"]) == (duration, digits)
        assert form["RecordingSid"].startswith("RE")
        assert form["RecordingUrl"].endswith(form["RecordingSid"])


def test_hanging_up_ends_a_recording() -> None:
    caller, line = dialled('<Record action="/r" playBeep="false"/>')
    assert caller.transcript == ()
    caller.record(3, "hangup")
    assert caller.hung_up
    assert [address for _, address, _ in line.asked] == ["/voice", "/r", "/voice/status"]
    assert (line.asked[1][2]["Digits"], line.asked[1][2]["CallStatus"]) == ("hangup", "completed")


def test_key_that_does_not_end_a_recording() -> None:
    caller, _ = dialled('<Record finishOnKey="#"/>')
    with pytest.raises(ValueError, match="does not end"):
        caller.record(3, "1")
    caller.wait()
    assert caller.hung_up


# What is heard ------------------------------------------------------------------------------


# Say: the SSML tags; text as written, aliases only in what is spoken.
@pytest.mark.parametrize(
    ("inside", "text", "spoken"),
    [
        ("  two\n  words ", "two words", "two words"),
        ('call <sub alias="one eight eight">188</sub>.', "call 188.", "call one eight eight."),
        ('0<break time="500ms"/>4<break strength="weak"/>5', "045", "045"),
        ("<s>One.</s><s>Two.</s>", "One. Two.", "One. Two."),
        ('<prosody rate="80%"><emphasis level="strong">so</emphasis></prosody>', "so", "so"),
        ('<say-as interpret-as="digits">12</say-as><w role="x">ab</w>', "12ab", "12ab"),
        ('<phoneme alphabet="ipa" ph="x">ch</phoneme>', "ch", "ch"),
    ],
)
def test_say(inside: str, text: str, spoken: str) -> None:
    caller, _ = dialled(f'<Say voice="Polly.Joanna" language="en-US">{inside}</Say>')
    (sound,) = caller.transcript
    assert (sound.text, sound.spoken, sound.language, sound.voice) == (
        text,
        spoken,
        "en-US",
        "Polly.Joanna",
    )
    assert caller.heard(text)
    assert caller.heard(spoken)


def test_each_language_is_a_stretch_of_its_own() -> None:
    caller, _ = dialled('<Say language="ja-JP">次は<lang xml:lang="en-US">English</lang>です</Say>')
    assert [(sound.language, sound.text) for sound in caller.transcript] == [
        ("ja-JP", "次は"),
        ("en-US", "English"),
        ("ja-JP", "です"),
    ]


def test_heard_spans_verbs_since_the_last_act() -> None:
    caller, _ = dialled("<Say>one</Say><Gather><Say>two</Say></Gather><Say>three</Say><Gather/>")
    assert caller.heard("one two")
    assert [sound.in_gather for sound in caller.transcript] == [False, True]
    caller.wait()
    assert caller.last == ["three"]
    assert not caller.heard("two")
    assert len(caller.transcript) == 3


# Play: relative addresses; digits are tones, w half a second. Pause: one second by default.
def test_play_and_pause() -> None:
    caller, _ = ring({"/voice/a": '<Play>b.wav</Play><Play digits="w1"/><Pause/><Gather/>'})
    caller.dial("/voice/a")
    assert [(sound.kind, sound.url, sound.seconds) for sound in caller.transcript] == [
        ("play", ORIGIN + "/voice/b.wav", 0),
        ("tones", "", 1),
        ("pause", "", 1),
    ]


@pytest.mark.parametrize(
    ("inside", "seconds"),
    [
        ("one two three four five", 2.0),
        ('<break time="2s"/>', 2.0),
        ('<prosody rate="50%">one two three four five</prosody>', 4.0),
        ('<prosody rate="fast">one two three four five</prosody>', 1.6),
    ],
)
def test_seconds_of_speech(inside: str, seconds: float) -> None:
    caller, _ = dialled(f'<Say loop="3">{inside}</Say><Gather/>')
    assert caller.elapsed == pytest.approx(3 * seconds)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("こちらはよこはましのあんないです。", 2.5, 3.8),
        ("横浜市", 0.8, 1.4),
        ("안녕하세요", 0.8, 1.2),
        ("สวัสดี", 0.2, 0.6),
        ("二〇二六", 0.5, 1.2),
        ("مرحبا بكم", 0.6, 1.0),
        ("𐐨𐐩𐐪 𐐫𐐬", 0.6, 1.0),
    ],
)
def test_estimates(text: str, least: float, most: float) -> None:
    assert least < speech_seconds(text) < most


# The clock ----------------------------------------------------------------------------------


def test_the_line_is_told_the_time_of_the_handset() -> None:
    evening = datetime(2026, 11, 24, 17, 14, 55, tzinfo=JST)
    caller, line = dialled('<Gather timeout="10"/><Redirect>/b</Redirect>', at=evening)
    assert line.environs[0]["ivr.now"] == evening
    caller.wait()
    assert line.environs[1]["ivr.now"] == evening + timedelta(seconds=10)
    assert caller.now == evening + timedelta(seconds=10)
    assert line.asked[-1][2]["Timestamp"] == "Tue, 24 Nov 2026 08:15:05 +0000"


def test_without_a_clock_the_line_keeps_its_own() -> None:
    caller, line = dialled("<Gather/>")
    assert "ivr.now" not in line.environs[0]
    assert caller.now is None


def test_a_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ring("", at=datetime.fromisoformat("2026-11-24T17:00"))


# Odd documents ------------------------------------------------------------------------------


def _xml(body: bytes, content_type: str = "text/xml") -> tuple[str, str, bytes]:
    return "200 OK", content_type, body


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (("500 Oh", "text/xml", b"<Response/>"), 11200),
        (("302 Found", "text/xml", b"<Response/>"), 11200),
        (_xml(b"<Response/>", "application/json"), 12300),
        (_xml(b"<Response/>", ""), 12300),
        (_xml(b""), 12100),
        (_xml(b" <?xml version='1.0'?><Response/>"), 12100),
        (_xml(b"<Response><Say></Response>"), 12100),
        (_xml(b"<response/>"), 12100),
        (_xml(b"<Response>" + b" " * 65536 + b"</Response>"), 11750),
        ("<say>small</say>", 12200),
        ("<Gather><Redirect/></Gather>", 12200),
        ("<Dial></Dial>", 13224),
        ("<Dial><Conference>room</Conference></Dial>", None),
        (f"<Say>{'a' * 4097}</Say>", None),
        (f"<Say>{'市' * 501}</Say>", None),
        ('<Gather timeout="soon"/>', None),
        ('<Gather method="PUT"/>', None),
    ],
)
def test_what_twilio_would_refuse(page: str | tuple[str, str, bytes], code: int | None) -> None:
    caller, _ = ring({"/voice": page})
    with pytest.raises(LineFault) as fault:
        caller.dial()
    assert (fault.value.code, fault.value.url) == (code, ORIGIN + "/voice")
    assert caller.hung_up
    assert len(caller.documents) == 1


@pytest.mark.parametrize("content_type", ["text/xml; charset=utf-8", "application/xml", "TEXT/XML"])
def test_content_types(content_type: str) -> None:
    caller, _ = dialled({"/voice": _xml(b"<?xml version='1.0'?><Response/>", content_type)})
    (document,) = caller.documents
    assert (document.status, document.content_type) == (200, content_type)
    assert document.xml == "<?xml version='1.0'?><Response/>"


# Over HTTP ----------------------------------------------------------------------------------


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served() -> Iterator[tuple[Line, str]]:
    """A line on a real server, known to the public by another address."""
    line = Line({"/voice": '<Gather numDigits="1" action="voice/b?s=%2F"/>', "/voice/b": NEXT})
    server = make_server("127.0.0.1", 0, line, handler_class=_Quiet)
    with running(server):
        yield line, f"http://127.0.0.1:{server.server_port}"


def test_over_http(served: tuple[Line, str]) -> None:
    line, server = served
    caller = Handset(Http(server, TwilioSigner(SIGNED_WITH), public_url=ORIGIN))
    caller.dial()
    caller.press("5")
    assert caller.heard("next")
    assert line.asked[1][1] == "/voice/b?s=%2F"
    caller.hang_up()
    assert line.asked[-1][1] == "/voice/status"


def test_get_over_http(served: tuple[Line, str]) -> None:
    line, server = served
    line.origin = server
    line.pages["/voice"] = '<Redirect method="GET">/voice/b</Redirect>'
    caller = Handset(Http(server, TwilioSigner(SIGNED_WITH)))
    caller.dial()
    assert line.asked[1][0] == "GET"
    assert caller.heard("next")


def test_a_server_keeps_its_own_time(served: tuple[Line, str]) -> None:
    caller = Handset(Http(served[1], TwilioSigner(SIGNED_WITH), ORIGIN), at=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="its own time"):
        caller.dial()


def test_no_server() -> None:
    caller = Handset(Http("http://127.0.0.1:9", TwilioSigner(SIGNED_WITH)))
    with pytest.raises(LineFault, match="no answer") as fault:
        caller.dial()
    assert fault.value.code == 11200
    assert caller.hung_up


# The terminal telephone ---------------------------------------------------------------------


def typed(pages: dict[str, str | tuple[str, str, bytes]] | str, lines: str) -> tuple[str, Line]:
    caller, line = ring(pages)
    shown = io.StringIO()
    code = run(caller, io.StringIO(lines), shown)
    assert code == ("out of order" in shown.getvalue())
    assert caller.hung_up
    return shown.getvalue(), line


TREE: dict[str, str | tuple[str, str, bytes]] = {
    "/voice": '<Gather input="dtmf speech" numDigits="1" action="/b"><Say language="ja-JP">'
    "横浜市です</Say></Gather><Say>silence</Say><Redirect/>",
    "/b": '<Play>/audio/x.wav</Play><Dial action="/c" callerId="+815012345678">+81456649110</Dial>',
    "/c": '<Record maxLength="9" action="/voice"/>',
}


def test_terminal_shows_what_is_heard_and_asked() -> None:
    shown, line = typed(TREE, "?\n\nbusy\nsay busy\n1\nanswered\nrecord 5 #\n5 5\nhang up\n")
    for expected in (
        "ja-JP   1.",
        "横浜市です",
        "silence",
        "[listening for keys or words, 5 s] >",
        "https://line.example/audio/x.wav",
        "[ringing +81456649110 as +815012345678:",
        "[recording, at most 9 s:",
        "press keys",
        "Not now: nothing listens: +81456649110 is being rung",
        "The call is over after",
    ):
        assert expected in shown
    # The first "busy" is a word, for nothing rings then; the second is not heard by the line.
    forms = [form for _, _, form in line.asked]
    assert [form["SpeechResult"] for form in forms if "SpeechResult" in form] == ["busy"]
    assert [form["DialCallStatus"] for form in forms if "DialCallStatus" in form] == ["completed"]
    assert [form["RecordingDuration"] for form in forms if "RecordingSid" in form] == ["5"]


def test_end_of_input_hangs_up() -> None:
    shown, line = typed(TREE, "")
    assert line.asked[-1][1] == "/voice/status"
    assert "The call is over" in shown


def test_terminal_shows_a_fault() -> None:
    shown, _ = typed({"/voice": "<Say>well</Say><Gather/><Redirect>/b</Redirect>", "/b": "<X/>"}, "\n")
    assert "well" in shown
    assert "12200" in shown


def test_terminal_shows_the_clock() -> None:
    caller, _ = ring("<Gather/>", at=datetime(2026, 11, 24, 8, 29, 50, tzinfo=JST))
    shown = io.StringIO()
    run(caller, io.StringIO("q\n"), shown)
    assert "Tue 2026-11-24 08:29:50" in shown.getvalue()
