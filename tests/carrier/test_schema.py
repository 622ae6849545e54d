"""The validator of voice answers against good and bad documents."""

import pytest

from tests.support.schema import problems

pytestmark = pytest.mark.timeless

GOOD = [
    "",
    "<Say>words</Say>",
    '<Say voice="Polly.Kazuha-Neural" language="ja-JP" loop="0">市<break time="500ms"/></Say>',
    '<Say voice="Google.vi-VN-Wavenet-A" language="vi-VN">xin</Say>',
    '<Say><prosody rate="80%"><lang xml:lang="en-US"><p><s>a</s></p></lang></prosody></Say>',
    '<Say><sub alias="ichi">1</sub><say-as interpret-as="digits">2</say-as></Say>',
    '<Play>/audio/a.wav</Play><Play digits="ww1"/><Pause length="2"/>',
    '<Gather action="/voice?a=1&amp;b=2#rc=2" numDigits="1" finishOnKey="" timeout="10" '
    'input="dtmf speech" hints="a, b" language="ja-JP" actionOnEmptyResult="true">'
    "<Say>a</Say><Play>b</Play><Pause/></Gather><Redirect/>",
    '<Dial callerId="+815012345678" answerOnBridge="true" timeLimit="3600" action="/a">+81456649110</Dial>',
    "<Dial><Number>+81456649110</Number><Client>desk</Client><Sip>sip:a@b.example</Sip></Dial>",
    '<Record maxLength="60" finishOnKey="#" playBeep="false" trim="do-not-trim" timeout="3"/>',
    '<Reject reason="busy"/>',
    '<Redirect method="GET">../a</Redirect><Hangup/>',
    "<!-- a remark --><Hangup/>",
]

BAD = [
    ("<Speak>a</Speak>", "/Response/Speak[1]: does not belong there"),
    ("<say>a</say>", "does not belong there"),
    ("words", "takes no text"),
    ("<Say/>", "says nothing"),
    ('<Say voice="Siri">a</Say>', "voice='Siri' is not"),
    ('<Say voice="Polly.mizuki">a</Say>', "voice="),
    ('<Say language="japanese">a</Say>', "language="),
    ('<Say loop="-1">a</Say>', "loop="),
    ('<Say speed="2">a</Say>', "knows no attribute speed"),
    ("<Say>a<Pause/></Say>", "/Response/Say[1]/Pause[1]: does not belong there"),
    ("<Say><s><p>a</p></s></Say>", "/s[1]/p[1]: does not belong there"),
    ("<Say><sub>a</sub></Say>", "lacks alias"),
    ("<Say><lang>a</lang></Say>", "lacks {http://www.w3.org/XML/1998/namespace}lang"),
    ('<Say>a<break time="11s"/></Say>', "time='11s' is not at most 10 s"),
    ('<Say>a<break time="1s" strength="weak"/></Say>', "both strength and time"),
    ("<Say>a<break>b</break></Say>", "takes no text"),
    ('<Say><prosody rate="10%">a</prosody></Say>', "rate='10%' is not a speed"),
    ('<Say><say-as interpret-as="song">a</say-as></Say>', "interpret-as="),
    ('<Say voice="Polly.Mia-Neural"><emphasis>a</emphasis></Say>', "has no emphasis"),
    ('<Say voice="Polly.Mia-Neural"><prosody pitch="high">a</prosody></Say>', "has no pitch"),
    (f"<Say>{'a' * 4097}</Say>", "4097 characters, at most 4096"),
    (f"<Say>{'市' * 501}</Say>", "4509 characters URL-encoded"),
    (f'<Say voice="Polly.Mizuki">{"a" * 3001}</Say>', "characters for Polly"),
    ("<Play/>", "plays nothing"),
    ("<Play>a b.wav</Play>", "not an address"),
    ('<Play digits="5a"/>', "digits="),
    ('<Pause length="0"/>', "length="),
    ('<Pause length="1.5"/>', "length="),
    ("<Gather><Gather/></Gather>", "/Response/Gather[1]/Gather[1]: does not belong there"),
    ('<Gather numDigits="0"/>', "numDigits="),
    ('<Gather finishOnKey="12"/>', "finishOnKey="),
    ('<Gather input="voice"/>', "input="),
    ('<Gather input="dtmf dtmf"/>', "input="),
    ('<Gather timeout="soon"/>', "timeout="),
    ('<Gather method="PUT"/>', "method="),
    ('<Gather action="javascript:x"/>', "action="),
    ('<Gather action="/案内"/>', "action="),
    ("<Dial>188</Dial>", "'188' is not a number in E.164"),
    ("<Dial>#9110</Dial>", "not a number in E.164"),
    ("<Dial/>", "rings nobody"),
    ("<Dial><Number/></Dial>", "'' is not a number in E.164"),
    ("<Dial>" + "<Number>+81456649110</Number>" * 11 + "</Dial>", "rings 11 at once"),
    ('<Dial callerId="anonymous">+81456649110</Dial>', "callerId="),
    ('<Dial answerOnBridge="yes">+81456649110</Dial>', "answerOnBridge="),
    ('<Record maxLength="1"/>', "maxLength="),
    ("<Record><Say>a</Say></Record>", "does not belong there"),
    ('<Reject reason="tired"/>', "reason="),
    ("<Hangup>now</Hangup>", "takes no text"),
    ("<Pause/>" * 8192, "bytes, at most 65536"),
]


@pytest.mark.parametrize("twiml", GOOD)
def test_good(twiml: str) -> None:
    assert problems(f'<?xml version="1.0" encoding="UTF-8"?><Response>{twiml}</Response>') == []


@pytest.mark.parametrize(("twiml", "problem"), BAD)
def test_bad(twiml: str, problem: str) -> None:
    (found,) = problems(f"<Response>{twiml}</Response>")
    assert problem in found


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", "not XML"),
        (" <?xml version='1.0'?><Response/>", "not XML"),
        (b"\xff<Response/>", "not XML"),
        ("<response/>", "the root is <response>"),
    ],
)
def test_no_response(document: str | bytes, problem: str) -> None:
    (found,) = problems(document)
    assert problem in found


def test_all_problems_are_listed() -> None:
    assert len(problems('<Response><Say/><Pause length="0"/><X/></Response>')) == 3
