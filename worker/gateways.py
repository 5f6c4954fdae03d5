"""Gateways to the outside: short messages and calls by signed requests, e-mail by SMTP. Format: gateway-request.md.

Whatever fails is `Unavailable`, so that the job is tried again with a growing delay; a key that was sent before is not
sent again by the gateway. No exception and no log line repeats an address, a text or a secret.
"""

import hashlib
import hmac
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

import httpx

from crypto.canonical import canonical
from kernel.clock import write_time
from kernel.errors import Unavailable
from kernel.settings import Settings, read_secret

SECONDS = 10.0
SMS, VOICE = "sms", "voice"
SUBJECT = "通知 Notice"


class SignedGateway:
    """A provider of short messages or calls that checks our signature under a shared key."""

    def __init__(self, url: str, key: bytes, channel: str, now: datetime, seconds: float = SECONDS) -> None:
        self._url, self._key, self._channel = url, key, channel
        self._now, self._seconds = now, seconds

    def send(self, key: str, telephone: str, text: str) -> str:
        """Post one signed request; returns the gateway's receipt."""
        body = canonical(
            {
                "v": 1,
                "channel": self._channel,
                "key": key,
                "to": telephone,
                "text": text,
                "at": write_time(self._now),
            }
        )
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Signature": hmac.new(self._key, body, sha256).hexdigest(),
        }
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=self._seconds)
            answer.raise_for_status()
        except httpx.HTTPError:
            raise Unavailable(what=f"the {self._channel} gateway") from None
        return str(answer.headers.get("x-receipt", ""))[:200]


class MailGateway:
    """A mail server: TLS always, with the name and the certificate checked."""

    def __init__(self, settings: Settings, now: datetime, seconds: float = SECONDS) -> None:
        self._settings, self._now, self._seconds = settings, now, seconds

    def send(self, key: str, address: str, text: str) -> str:
        """Hand one mail to the server; its Message-ID follows from the key, so a repetition can be told."""
        sender = self._settings.smtp_sender
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, address, SUBJECT
        mail["Date"] = format_datetime(self._now)
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        mail["Message-ID"] = f"<{name}@{sender.rpartition('@')[2].rstrip('>')}>"
        mail.set_content(text)
        try:
            with self._connected() as server:
                if self._settings.smtp_user:
                    password = read_secret(self._settings.smtp_password_file)
                    server.login(self._settings.smtp_user, password)
                server.send_message(mail)
        except (OSError, smtplib.SMTPException):
            raise Unavailable(what="the mail server") from None
        return str(mail["Message-ID"]).strip("<>")

    def _connected(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_host, self._settings.smtp_port
        context = ssl.create_default_context(cafile=self._settings.smtp_ca_file or None)
        if not self._settings.smtp_starttls:
            return smtplib.SMTP_SSL(host, port, timeout=self._seconds, context=context)
        server = smtplib.SMTP(host, port, timeout=self._seconds)
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
        return server
