"""Google's part in an identity, on this machine: a metadata server, a token endpoint, and IAM
behind a proxy that answers in its name. Tokens and keys are real ones."""

from __future__ import annotations

import base64
import datetime
import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from clients.identity.metadata import PATH
from tests.service.auth.issuer import Issuer, base64url, claims, make_key

IAM = "iamcredentials.googleapis.com"
MACHINE = "machine@tipoff.iam.gserviceaccount.com"
CALLER = "caller@tipoff.iam.gserviceaccount.com"
ACCESS = f"ya29.{base64url(bytes(range(60)))}"
FLAVOR = {"Metadata-Flavor": "Google"}


def claims_of(headers: dict[str, str]) -> dict[str, Any]:
    return parts_of(headers["Authorization"].removeprefix("Bearer "))


def parts_of(token: str) -> dict[str, Any]:
    segment = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


@dataclass
class Google:
    """What it answers, and what it was asked."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    life: int = 3600
    pause: float = 0
    answer: tuple[int, str] | None = None
    headers: dict[str, str] = field(default_factory=FLAVOR.copy)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def token(self, audience: str, email: str, **changes: Any) -> str:
        now = int(time.time())
        said = claims(aud=audience, email=email, iat=now, exp=now + self.life, n=len(self.given))
        self.given.append(Issuer(url="", keys={"one": make_key(1)}).token(payload=said | changes))
        return self.given[-1]

    def metadata(self, path: str, headers: Any) -> tuple[int, str]:
        if headers.get("Metadata-Flavor") != "Google":
            return 403, "Missing Metadata-Flavor:Google header."
        asked = parse_qs(urlsplit(path).query)
        assert asked["format"] == ["full"]
        return 200, self.token(asked["audience"][0], MACHINE)

    def exchange(self, body: bytes) -> tuple[int, str]:
        """A signed assertion for a token; the signature is checked."""
        signed, _, signature = parse_qs(body.decode())["assertion"][0].rpartition(".")
        content = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        key = make_key(2).public_key()
        key.verify(content, signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        said = parts_of(f"{signed}.")
        if "target_audience" in said:
            return 200, json.dumps({"id_token": self.token(said["target_audience"], said["iss"])})
        return 200, json.dumps({"access_token": ACCESS, "expires_in": 3599})

    def generate(self, path: str, headers: Any, body: bytes) -> tuple[int, str]:
        """IAM: who has an access token acts as another account."""
        assert headers["Authorization"] == f"Bearer {ACCESS}"
        if path.endswith("/allowedLocations"):  # google-auth wants to know, and does without
            return 404, "{}"
        asked = json.loads(body)
        account = path.rpartition("/")[2].removesuffix(":generateIdToken")
        email = {"email": account} if asked["includeEmail"] else {"email": None}
        return 200, json.dumps({"token": self.token(asked["audience"], **email)})

    def key_file(self, folder: Path, **changes: str) -> Path:
        pem = make_key(2).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        info = {
            "type": "service_account",
            "client_email": CALLER,
            "private_key": pem.decode(),
            "private_key_id": "two",
            "token_uri": f"{self.url}/token",
        }
        path = folder / "key.json"
        path.write_text(json.dumps(info | changes))
        return path


def iam_certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of a server that calls itself IAM."""
    key, name = make_key(3), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, IAM)])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(IAM)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "iam.pem", folder / "iam.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


@contextmanager
def serve_google(folder: Path) -> Iterator[Google]:
    google = Google()
    certificate, private = iam_certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, private)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_CONNECT(self) -> None:
            assert self.path == f"{IAM}:443"
            self.send_response(200)
            self.end_headers()
            with tls.wrap_socket(self.connection, server_side=True) as inner:
                self.rfile, self.wfile = inner.makefile("rb"), inner.makefile("wb", 0)  # type: ignore[assignment]
                self.handle_one_request()
            self.close_connection = True

        def _answer(self) -> None:
            path, body = self.path, self.rfile.read(int(self.headers.get("Content-Length", 0)))
            google.asked.append(path)
            time.sleep(google.pause)
            if google.answer:
                status, text = google.answer
            elif path.startswith(f"{PATH}?"):
                status, text = google.metadata(path, self.headers)
            elif path == "/token":
                status, text = google.exchange(body)
            else:
                status, text = google.generate(path, self.headers, body)
            self.send_response(status)
            for name, value in google.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    google.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield google
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
