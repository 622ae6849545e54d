"""`python -m ivr.door`."""

import signal

if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # not ignored, as behind a shell's `&`
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a Ctrl-C while all else is imported ends it without a traceback
    from ivr.door.starting import main

    main()
