"""The carrier's edge: webhooks, signatures and TwiML; what differs between carriers is in their folders."""
