"""Twilio: the carrier whose TwiML the others took over (https://www.twilio.com/docs/voice/twiml)."""
