"""What the centre has set."""

from copy import deepcopy
from typing import Any

from sqlmodel import Session, col, select

from approval.records.organisation import SettingRecord
from approval.settings import Setting


def value(session: Session, setting: Setting) -> Any:
    """The value that holds now; the default of the code while nobody set one."""
    record = latest(session, setting.key)
    return deepcopy(setting.default) if record is None else record.value


def latest(session: Session, key: str) -> SettingRecord | None:
    """The version that holds now."""
    return session.exec(
        select(SettingRecord)
        .where(SettingRecord.key == key)
        .order_by(col(SettingRecord.version).desc())
        .limit(1)
    ).one_or_none()


def history(session: Session, key: str) -> list[SettingRecord]:
    """Every version, the newest first."""
    return list(
        session.exec(
            select(SettingRecord).where(SettingRecord.key == key).order_by(col(SettingRecord.version).desc())
        )
    )
