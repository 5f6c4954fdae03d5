"""The outside world as one value, built once from Settings at each door."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from crypto.witnessing import Witness, read_witnesses
from kernel.clock import Clock, SystemClock
from kernel.settings import Settings, read_secret
from storage.authorities import TimestampAuthority, read_authorities_file
from storage.clock_watch import ClockWatch, Source, database_source, time_server_source
from storage.database import Database
from storage.direct_uploads import DirectUploads, Presigner
from storage.drafts import Drafts, LocalDrafts
from storage.keys import PlatformKeys, caller_key, platform_keys
from storage.lane import Lane
from storage.local_objects import LocalObjects
from storage.objects import Objects, S3Objects
from storage.s3_drafts import S3Drafts
from storage.signing_authorities import TrustedAuthority
from storage.signing_authorities import read_authorities_file as read_signing_file


@dataclass(frozen=True)
class Adapters:
    """Database, objects, keys and clock of one running platform."""

    settings: Settings
    database: Database
    objects: Objects
    keys: PlatformKeys = field(repr=False)
    clock: Clock

    @cached_property
    def drafts(self) -> Drafts:
        """Where uploads lie that are not whole yet: a folder, or the store that all web hosts share."""
        if isinstance(self.objects, LocalObjects):
            return LocalDrafts(self.settings.var / "uploads", self.objects)
        assert isinstance(self.objects, S3Objects)
        return S3Drafts(self.objects, self.clock)

    @cached_property
    def direct(self) -> DirectUploads | None:
        """Uploads that go straight to the store, where the site offers them."""
        settings = self.settings
        if not settings.s3_direct or not isinstance(self.drafts, S3Drafts):
            return None
        keys = read_secret(settings.s3_access_key_file), read_secret(settings.s3_secret_key_file)
        return DirectUploads(self.drafts, Presigner(settings.s3_direct, *keys, secure=settings.s3_secure))

    @cached_property
    def clock_watch(self) -> ClockWatch:
        """The sources that the clock is held against."""
        sources: dict[str, Source] = {}
        if not self.settings.database.startswith("sqlite"):
            sources["database"] = database_source(self.database, self.clock)
        for address in filter(None, self.settings.time_servers.replace(" ", "").split(",")):
            sources[address] = time_server_source(address, self.clock)
        return ClockWatch(self.clock, sources)

    @cached_property
    def authorities(self) -> dict[str, TimestampAuthority]:
        """The outside timestamp authorities that tenders may name."""
        path = self.settings.timestamp_authorities_file
        return read_authorities_file(Path(path)) if path else {}

    @cached_property
    def signing_authorities(self) -> dict[str, TrustedAuthority]:
        """The authorities whose certificates tenders may ask bidders to sign with."""
        path = self.settings.signing_authorities_file
        return read_signing_file(Path(path)) if path else {}

    @cached_property
    def witnesses(self) -> tuple[Witness, ...]:
        """The witnesses of the log that this site knows."""
        path = self.settings.witnesses_file
        return read_witnesses(Path(path).read_text()) if path else ()

    @cached_property
    def lane(self) -> Lane:
        """The way in for bids, which come in crowds before a closing."""
        return Lane(self.database)


def make_adapters(settings: Settings, clock: Clock | None = None) -> Adapters:
    """Build the adapters that the settings name."""
    clock = clock or SystemClock()
    keys = platform_keys(
        settings.var / "keys", settings.log_origin, clock.now(), has_national_head=settings.national_log
    )
    database = Database(settings.database, keys.people, caller_key(settings), settings.log_pace_seconds)
    return Adapters(settings, database, make_objects(settings), keys, clock)


def make_objects(settings: Settings) -> Objects:
    """The object store that the settings name: a folder, or S3 with object lock."""
    if not settings.s3_endpoint:
        return LocalObjects(settings.var / "objects")
    return S3Objects(
        settings.s3_endpoint,
        settings.s3_bucket,
        read_secret(settings.s3_access_key_file),
        read_secret(settings.s3_secret_key_file),
        secure=settings.s3_secure,
        retention_days=settings.archive_days,
        spool=settings.var / "spool",
    )
