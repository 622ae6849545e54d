"""What every page tells the browser to refuse: scripts and styles that are not files of ours,
framing, guessing, and what a telephone line has no use for."""

from flask import Response, current_app

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}

STRICT_TRANSPORT = "max-age=31536000"


def protect(response: Response) -> Response:
    """Put the headers on an answer; what it has set for itself it keeps. Answers to the carrier bear none."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.extensions["ivr.settings"].public_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return response
