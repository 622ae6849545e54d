"""The carrier's edge: Twilio's webhooks, signatures and TwiML, and a telephone of our own."""
