"""A TwiML telephone, which rings the line as a carrier would and hears what a caller hears.

    caller = Handset(Wsgi(app, signer, "https://line.example"), at=monday_at_eleven)
    caller.dial()
    caller.press("1")
    assert caller.heard("fraud")

It sends the webhooks that a carrier sends, reads the documents that come back and keeps to TwiML's
documented semantics, named at each rule ("Gather" means the page
https://www.twilio.com/docs/voice/twiml/gather, and so on). Where a carrier would only warn and go on
without the caller hearing what was meant, it stops with a `LineFault`.

    handset.py    a telephone and its call: what the caller does and perceives
    verbs.py      what each verb of a document comes to
    documents.py  answers as documents, or what a carrier would refuse in them
    hearing.py    what is heard: speech, recordings, pauses
    timing.py     how long everything takes; time is reckoned, never waited for
    moments.py    what the line waits for: a Gather, a transfer, a Record
    line_faults.py faults of the line, and acts that the call does not allow
    transport.py  signed requests over WSGI or HTTP
    freezing.py   a call put by between two acts, and taken up again
    terminal.py   the telephone at a keyboard
    browser.py    the telephone in a browser, between two of its requests

Of the carrier it knows the wire format only (`ivr.carrier.wire`): names of fields, and how to sign.
"""
