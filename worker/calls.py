"""The job that calls an expert: the message is made, sent and forgotten; only the gateway's receipt is kept.

The telephone is opened here and nowhere else, and the PIN stands in the message only. Sent once for each call.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from expert_pool.actions.calls import keep_placed
from expert_pool.call_rules import WAITING
from expert_pool.queries import calls
from kernel.clock import BEIJING
from storage.adapters import Adapters
from storage.database import Session
from worker.jobs import Payload
from worker.messages import gateway_of, mail_of, voice_of


def place_call(adapters: Adapters, payload: Payload, now: datetime) -> Mapping[str, Any]:
    """Send the message of a call, unless it was sent before; the receipt is None where nobody can be reached."""
    with adapters.database.reading() as session:
        call = calls.call(session, str(payload["call_id"]))
        if call.state != WAITING:
            return {"receipt": ""}
        contact = calls.contact_of(session, call)
        token, pin = calls.token_of(session, call.id), calls.secret_pin(session, call.id)
        until = now + timedelta(minutes=call.minutes)
    text = _text(adapters, token, pin, until)
    receipts = []
    # Each channel keeps a key of its own, so a job that is tried again sends only what was not sent yet; the mail
    # goes last, for a mail server keeps no keys.
    if contact.telephone:
        receipts.append(gateway_of(adapters, now).send(call.id, contact.telephone, text))
        voice = voice_of(adapters, now)
        if voice is not None:
            receipts.append(voice.send(f"{call.id}-voice", contact.telephone, text))
    if contact.email:
        receipts.append(mail_of(adapters, now).send(f"{call.id}-mail", contact.email, text))
    return {"receipt": " ".join(receipts) if receipts else None}


def keep_call(
    session: Session, _: Adapters, payload: Payload, sent: Mapping[str, Any], now: datetime
) -> None:
    """Write down that the call was placed."""
    keep_placed(session, call_id=str(payload["call_id"]), receipt=sent["receipt"], now=now)


def _text(adapters: Adapters, token: str, pin: str, until: datetime) -> str:
    """What the expert reads or hears: neither the project nor anybody else on the panel."""
    at = until.astimezone(BEIJING).strftime("%H:%M")
    url = f"{adapters.settings.public_url}/call/{token}"
    return (
        f"【评标专家抽取】您被抽取为评标专家，请于{at}前答复是否参加：{url} 验证码 {pin}。"
        f" You were drawn to evaluate bids. Please answer by {at} (Beijing): {url} PIN {pin}."
    )
