"""SignalWire: TwiML under another name, cXML (https://developer.signalwire.com/compatibility-api/cxml/voice)."""
