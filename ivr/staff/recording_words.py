"""The words of the call by which staff record (`ivr.call.recording_call`). English here; the other
languages are in `translations/`."""

from flask_babel import force_locale, gettext

from ivr.call.recording_events import RecordingWords, Sentence
from ivr.people.telling import Told, told
from ivr.staff.context import words as catalogue

_SENTENCES = {
    Sentence.WELCOME: told("This is the recording line of the My Number telephone line."),
    Sentence.KEY_CODE: told("Key the eight digits of the code."),
    Sentence.KEY_NEXT_CODE: told("Key the eight digits of the next code, or hang up."),
    Sentence.CODE_HAS_EIGHT_DIGITS: told("A code has eight digits."),
    Sentence.WHERE_CODES_ARE: told("You find the code in the console, on the page of the text that you record."),
    Sentence.CODE_EXPIRED: told("The code has expired."),
    Sentence.THIS_TEXT: told("You record this text:"),
    Sentence.READ_AFTER_TONE: told("Read it aloud after the tone, then press hash."),
    Sentence.HOW_TO_RECORD: told(
        "A text is read to you, then a tone comes. Read the text aloud after the tone, and press hash at its end. "
        "You then hear the recording, and decide. To hear the text again, press 5 before the tone."
    ),
    Sentence.NOTHING_BEFORE: told("There is nothing before this text."),
    Sentence.NO_VOICE: told("No voice was heard."),
    Sentence.TEXT_CHANGED: told("The text was changed meanwhile."),
    Sentence.NO_TAKE: told("There is no recording yet."),
    Sentence.DOUBTFUL: told("This recording may not be right:"),
    Sentence.HOW_IT_SOUNDS: told("This is how callers hear it."),
    Sentence.CHOICES: told("To keep it press 1, to record it again press 2, to throw it away press 3."),
    Sentence.CHOICES_IN_DOUBT: told(
        "If it is right all the same, press 1 to keep it. To record it again press 2, to throw it away press 3."
    ),
    Sentence.HOW_TO_CHOOSE: told(
        "To hear the recording again, press 5. To go back to the text, press star. Until you decide, "
        "the recording is kept for you in the console."
    ),
    Sentence.NO_SUCH_KEY: told("That key does nothing here."),
    Sentence.KEPT: told("The recording is in the draft."),
    Sentence.THROWN_AWAY: told("The recording was thrown away."),
    Sentence.CALL_WILL_END: told("If no key is pressed now, the call ends."),
    Sentence.WAITS_IN_CONSOLE: told("The recording waits for you in the console."),
    Sentence.FAULT: told("Something went wrong here. What was recorded waits in the console."),
    Sentence.GOODBYE: told("Goodbye."),
}


def recording_words(console_language: str, line_language: str) -> RecordingWords:
    """What is said in a language of the console, by the voice of a language of the line (codes)."""
    sentences = {each: spoken(message, console_language) for each, message in _SENTENCES.items()}
    return RecordingWords(line_language, sentences)


def spoken(sentence: Told, console_language: str) -> str:
    """A sentence in a language of the console."""
    message, facts = sentence
    with force_locale(console_language):
        catalogue().as_default()
        return str(gettext(message, **facts))
