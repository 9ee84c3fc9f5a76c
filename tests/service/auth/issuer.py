"""A real issuer: RSA keys, a web server that shows their certificates, tokens of any make."""

from __future__ import annotations

import base64
import datetime
import functools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from service.auth.modes import AuthSettings

AUDIENCE = "https://tipoff.example.run.app"
MACHINE = "push@tipoff.iam.gserviceaccount.com"
PERSON = "ada@example.com"
SUBJECT = "110248495921238986420"
GCLOUD = "32555940559.apps.googleusercontent.com"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def segment(value: object) -> str:
    """A dict as JSON; bytes as they are."""
    return base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


@functools.cache
def make_key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer.example")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a right token, fetched a minute ago; a change to None takes the claim away."""
    issued = int(time.time()) - 60
    right = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "sub": SUBJECT,
        "azp": SUBJECT,
        "email": MACHINE,
        "email_verified": True,
        "iat": issued,
        "exp": issued + 3600,
    }
    return {name: value for name, value in (right | changes).items() if value is not None}


def stripped(token: str) -> str:
    """As Cloud Run hands it on."""
    return token.rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"


@dataclass
class Issuer:
    """Keys, and the address of the server that shows their certificates."""

    url: str
    keys: dict[str, rsa.RSAPrivateKey]
    asked: int = 0
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": "max-age=600"})

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        return json.dumps({key_id: certificate(key) for key_id, key in self.keys.items()}).encode()

    def token(self, header: Any = None, payload: Any = None, key_id: str = "one") -> str:
        """Signed by that key, whatever the header says."""
        header = {"alg": "RS256", "kid": key_id, "typ": "JWT"} if header is None else header
        signed = f"{segment(header)}.{segment(claims() if payload is None else payload)}"
        signature = self.keys[key_id].sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64url(signature)}"

    def settings(self, **changes: Any) -> AuthSettings:
        right = {
            "mode": "app",
            "audience": AUDIENCE,
            "allowed_emails": frozenset({MACHINE}),
            "certs_url": self.url,
        }
        return AuthSettings(**right | changes)


@contextmanager
def serve(**keys: rsa.RSAPrivateKey) -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            body = issuer.answer()
            self.send_response(issuer.status)
            for name, value in issuer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(url=f"http://127.0.0.1:{server.server_port}/certs", keys=dict(keys))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
