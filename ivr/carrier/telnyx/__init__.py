"""Telnyx: TeXML, which is TwiML but for some attributes (https://developers.telnyx.com/docs/voice/programmable-voice/texml-fundamentals)."""
