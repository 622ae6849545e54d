"""What every page tells the browser to refuse: scripts and styles that are not files of ours,
framing, guessing, and what a telephone line has no use for."""

from flask import Flask, Response, request

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


def protect(app: Flask, https: bool) -> None:
    """Put the headers on every answer but the carrier's (/voice). An answer that has set one
    for itself keeps its own."""

    @app.after_request
    def add(response: Response) -> Response:
        if request.path == "/voice" or request.path.startswith("/voice/"):
            return response
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        return response
