"""Settings, read once at the doors from MINGTANG_* variables; secrets are paths of files, never values."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PREFIX = "MINGTANG_"


@dataclass(frozen=True)
class Settings:
    """What differs between two installations; every default runs embedded, with no service needed."""

    var: Path = Path("var")
    """Folder of all state: database, objects, keys, logs."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in `var`."""
    s3_endpoint: str = ""
    """host:port of an S3 store with object lock; empty means a folder in `var`."""
    s3_bucket: str = "mingtang"
    s3_secure: bool = True
    s3_access_key_file: str = ""
    s3_secret_key_file: str = ""
    s3_direct: str = ""
    """host:port at which bidders' machines reach the store; empty means that all bytes pass through the web tier."""
    archive_days: int = 5475
    """How long object lock keeps an object: fifteen years."""
    broker_url: str = ""
    """Celery broker (redis:// or amqp://); empty means the worker lives inside the web process."""
    broker_password_file: str = ""
    message_gateway: str = ""
    """URL that takes short messages as JSON; empty means one file for each message in `var`/messages."""
    message_gateway_key_file: str = ""
    """Key with which requests for short messages are signed; empty means plain requests without a signature."""
    voice_gateway: str = ""
    """URL that takes signed requests to call somebody; empty means that nobody is called by voice."""
    voice_gateway_key_file: str = ""
    """Key with which a voice gateway signs its reports of keypresses, and we our requests; empty: none are taken."""
    smtp_host: str = ""
    """Mail server; empty means that mails become files in `var`/messages as short messages do."""
    smtp_port: int = 465
    smtp_starttls: bool = False
    """Begin in the clear and raise TLS by STARTTLS; otherwise TLS from the first byte. Without TLS nothing is sent."""
    smtp_user: str = ""
    smtp_password_file: str = ""
    smtp_sender: str = ""
    """Address that mails come from."""
    smtp_ca_file: str = ""
    """Certificates that the mail server's is checked by; empty means those of the system."""
    caller_key_file: str = ""
    """The caller's key, which alone opens who was drawn; empty means one made in `var`/keys at first start."""
    draw_room_url: str = ""
    """Where the process with the caller's key answers; a web tier that names it has no such key itself."""
    public_url: str = "http://127.0.0.1:8000"
    """How people reach the site; printed in receipts and notices."""
    log_origin: str = "mingtang.local/log"
    """Name of the append-only log in its checkpoints."""
    national_log: bool = False
    """Keep the log's head in SM3 too, signed by SM2; needs `make national`."""
    timestamp_authorities_file: str = ""
    """File of outside timestamp authorities: in each line a name, an http address, and a PEM file of certificates."""
    signing_authorities_file: str = ""
    """File of authorities whose certificates sign bids: a name, certificates=FILE, lists=ADDRESS,… and hours=NUMBER."""
    time_servers: str = ""
    """Time servers (`host` or `host:port`, with commas between them) that the clock is held against by SNTP."""
    pulse_seconds: int = 5
    """How often a web process says that it serves; a gap of 30 s is an outage; 0 keeps no ledger of outages."""
    witnesses_file: str = ""
    """File of the log's witnesses: a verifier key in each line, and an address where it takes heads of the log."""
    secure_cookies: bool = False
    """Set the Secure flag on cookies: on wherever the site is served over TLS."""
    session_hours: int = 12
    passkey_duties: str = ""
    """Duties, with commas between them, whose legal acts nobody may do without a passkey of their own."""
    report_sign_hours: int = 24
    """How long a panel may sign its report; who stays silent until then counts as consenting (条例 53)."""
    sweep_seconds: int = 60
    """How often supervision looks over everything that runs; limits count from the clock, not from a sweep."""
    log_pace_seconds: int = 60
    """How often the public sees a new head of the log, filled up so that no bid shows; 0: each entry at once."""
    bid_limit_bytes: int = 2 * 1024**3
    """Largest sealed bid; shown on the notice and in the API."""

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.var.resolve()}/mingtang.sqlite3"

    @property
    def embedded(self) -> bool:
        """Whether jobs run inside the web process."""
        return not self.broker_url


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        ValueError: a variable is unknown or not of its type.
    """
    source = os.environ if environ is None else environ
    fields = {f.name: f for f in Settings.__dataclass_fields__.values()}
    given: dict[str, object] = {}
    for key, text in source.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX).lower()
        if name not in fields:
            raise ValueError(f"{key} is no setting; see docs/operations.md")
        kind = fields[name].type
        if kind is bool:
            if text not in ("0", "1"):
                raise ValueError(f"{key} must be 0 or 1")
            given[name] = text == "1"
        elif kind is int:
            given[name] = int(text)
        else:
            given[name] = Path(text) if kind is Path else text
    return Settings(**given)  # type: ignore[arg-type]


def read_secret(path: str) -> str:
    """The content of a secret file, without its last newline."""
    return Path(path).read_text().rstrip("\n")
