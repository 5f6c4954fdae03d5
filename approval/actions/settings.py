"""The centre office changes a setting; every change is a new version with its author."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from accounts.duties import Actor, Duty
from approval.queries import settings
from approval.records.organisation import SettingRecord
from approval.settings import Setting
from crypto.canonical import canonical
from storage import audit_log
from storage.audit_log import Fact


def put_setting(session: Session, *, actor: Actor, setting: Setting, value: Any, now: datetime) -> int:
    """Let a value hold from now on; returns its version."""
    actor.require(Duty.CENTRE_OFFICE)
    setting.check(value)
    digest = sha256(canonical(value)).hexdigest()
    before = settings.latest(session, setting.key)
    version = before.version + 1 if before else 1
    session.add(
        SettingRecord(key=setting.key, version=version, value=value, set_by=actor.person_id, set_at=now)
    )
    session.flush()
    audit_log.append(
        session, Fact("setting.put", setting.key, data={"version": version, "digest": digest}), now
    )
    return version
