"""Voices that `<Say>` takes at Twilio, in the languages that most residents of Japan speak.

Amazon's are those of its list (https://docs.aws.amazon.com/polly/latest/dg/available-voices.html), by the
names that Twilio gives them (https://www.twilio.com/docs/voice/twiml/say/text-speech); Google's have
systematic names, which hold the language. Twilio adds voices at any time: one that is not here may be good.
"""

import re

POLLY = {
    "cmn-CN": ("Zhiyu", "Zhiyu-Neural"),
    "en-GB": ("Amy", "Amy-Neural", "Arthur-Neural", "Brian", "Brian-Neural", "Emma", "Emma-Neural"),
    "en-US": (
        *("Danielle-Neural", "Gregory-Neural", "Kevin-Neural", "Ruth-Neural", "Stephen-Neural"),
        *("Ivy", "Joanna", "Joey", "Justin", "Kendra", "Kimberly", "Matthew", "Salli"),
        *("Ivy-Neural", "Joanna-Neural", "Joey-Neural", "Justin-Neural"),
        *("Kendra-Neural", "Kimberly-Neural", "Matthew-Neural", "Salli-Neural"),
    ),
    "es-ES": ("Conchita", "Enrique", "Lucia", "Lucia-Neural", "Sergio-Neural"),
    "es-MX": ("Andres-Neural", "Mia", "Mia-Neural"),
    "es-US": ("Lupe", "Lupe-Neural", "Miguel", "Pedro-Neural", "Penelope"),
    "ja-JP": ("Kazuha-Neural", "Mizuki", "Takumi", "Takumi-Neural", "Tomoko-Neural"),
    "ko-KR": ("Jihye-Neural", "Seoyeon", "Seoyeon-Neural"),
    "pt-BR": ("Camila", "Camila-Neural", "Ricardo", "Thiago-Neural", "Vitoria", "Vitoria-Neural"),
    "yue-CN": ("Hiujin-Neural",),
}
"""Amazon's voices, by the language that they speak."""

_GOOGLE = re.compile(r"Google\.([a-z]{2,3}-[A-Z]{2})-(?:(?:Standard|Wavenet|Neural2)-[A-Z]|Chirp3-HD-[A-Z][a-z]+)")
_CHINESE = {"zh-CN": "cmn-CN", "zh-HK": "yue-CN", "zh-TW": "cmn-TW"}


def is_known(voice: str, locale: str) -> bool:
    """Whether a voice is known to speak a language, such as ja-JP."""
    names = {locale, _CHINESE.get(locale, locale)}
    if google := _GOOGLE.fullmatch(voice):
        return google[1] in names
    return voice in {f"Polly.{name}" for each in names for name in POLLY.get(each, ())}
