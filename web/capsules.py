"""The capsule over HTTP: gathered from what was recorded, so it is the same bytes for everybody and at any time.

Its log head is the one at the moment the report was made, or its signatures were closed. The public capsule holds no
bid contents beyond what was read out; the full one, for supervisors, adds the released shares. Sealed envelopes, which
may be large, are fetched one by one.
"""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from litestar.response import Stream

from accounts.credentials import Scope
from accounts.duties import Duty
from crypto.canonical import JsonValue, b64, canonical
from crypto.checkpoint import Checkpoint, sign_checkpoint
from crypto.merkle import consistency_proof, inclusion_proof
from crypto.national_head import sm3_node
from crypto.parts_digest import PART_BYTES
from evaluation.capsule import FULL, PUBLIC, pack
from evaluation.queries import draws
from evaluation.queries import judging as evaluations
from expert_pool import queries as experts
from expert_pool.queries.verifier import verifier_of
from kernel.errors import NotFound
from storage import archive_stamps, audit_log, national_log, published_heads
from storage.adapters import Adapters
from storage.database import Session
from tender import queries as tenders
from tender.queries import failures, signing, stages
from web.guards import adapters_of, caller
from web.routes import get

LAST_FACTS = ("report.made", "report.closed")
REPORT_FORMS = {"json": "report.json", "pdf-zh": "report.zh.pdf", "pdf-en": "report.en.pdf"}
SIGNATURE_FORMS = {
    "sign-json": "signatures.json",
    "sign-zh": "signatures.zh.pdf",
    "sign-en": "signatures.en.pdf",
}


@get("/api/tenders/{tender_id:str}/capsule.zip")
def download(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[bytes]:
    """The public capsule of an evaluated tender."""
    return answer(request, tender_id, PUBLIC)


@get("/api/tenders/{tender_id:str}/capsule-full.zip")
def download_full(request: Request[Any, Any, Any], tender_id: FromPath[str]) -> Response[bytes]:
    """The capsule with the released shares, for supervisors."""
    caller(request).may(Scope.READ).require(Duty.SUPERVISOR)
    return answer(request, tender_id, FULL)


def answer(request: Request[Any, Any, Any], tender_id: str, scope: str) -> Response[bytes]:
    """A capsule as a file to keep."""
    data = make_capsule(adapters_of(request), tender_id, scope)
    headers = {"Content-Disposition": f'attachment; filename="capsule-{tender_id}.zip"'}
    return Response(data, media_type="application/zip", headers=headers)


def make_capsule(adapters: Adapters, tender_id: str, scope: str) -> bytes:
    """Gather all parts in one consistent look and pack them.

    Raises:
        NotFound: the tender has no report yet.
    """
    with adapters.database.reading() as session:
        tender = tenders.tender(session, tender_id)
        public = published_heads.public_size(session)
        entries = [entry for entry in audit_log.entries_of(session, tender_id) if entry.index < public]
        size = max((entry.index + 1 for entry in entries if entry.kind in LAST_FACTS), default=0)
        if not size:
            raise NotFound(what="capsule of tender", id=tender_id)
        parts: dict[str, bytes] = {
            **log_parts(session, adapters, tender_id, [e for e in entries if e.index < size], size),
            **tender_parts(session, tender_id),
            **evaluation_parts(session, adapters, tender_id, size),
        }
        if scope == FULL:
            parts |= share_parts(session, tender_id)
    if adapters.keys.national:
        parts["log/national"] = national_log.head_note(adapters.database, adapters.keys, size).encode()
    return pack(
        parts, tender_id=tender_id, reference=tender.reference, scope=scope, signer=adapters.keys.receipts
    )


def log_parts(
    session: Session, adapters: Adapters, tender_id: str, entries: list[audit_log.LogRecord], size: int
) -> Mapping[str, bytes]:
    """The platform's keys, the head, every fact of the tender with its proof, and the way from the closing's head."""
    keys, node = adapters.keys, audit_log.node_reader(session)
    closing = tenders.closing(session, tender_id)
    assert closing is not None
    head = sign_checkpoint(Checkpoint(keys.log.name, size, audit_log.root_at(session, size)), keys.log)

    def proven(entry: audit_log.LogRecord) -> JsonValue:
        proof: list[JsonValue] = [b64(step) for step in inclusion_proof(entry.index, size, node)]
        return {"index": entry.index, "fact": b64(entry.fact), "salt": b64(entry.salt), "proof": proof}

    chains = experts.chain_entries(session, tender_id)
    way = [b64(step) for step in consistency_proof(closing.log_size, size, node)]
    lock = stages.score_lock(session, tender_id)
    locked = {}
    if lock is not None:
        since = [b64(step) for step in consistency_proof(lock.log_size, size, node)]
        locked["log/locked.json"] = canonical({"consistency": since})
    return {
        **locked,
        **archive_parts(session, adapters, size),
        **national_parts(session, adapters, entries, size),
        "keys.json": canonical({**keys.public}),
        "log/head": head.encode(),
        "log/facts.json": canonical([proven(entry) for entry in entries]),
        "log/chains.json": canonical([proven(entry) for entry in chains]),
        "log/closing.json": canonical({"checkpoint": closing.checkpoint, "consistency": way}),
    }


def national_parts(
    session: Session, adapters: Adapters, entries: list[audit_log.LogRecord], size: int
) -> Mapping[str, bytes]:
    """Where the log has a national head: the path of every fact in its tree. The head itself is added behind it."""
    if not adapters.keys.national:
        return {}
    node = national_log.node_reader(session)
    proofs: list[JsonValue] = [
        [b64(step) for step in inclusion_proof(entry.index, size, node, sm3_node)] for entry in entries
    ]
    return {"log/national.json": canonical(proofs)}


def archive_parts(session: Session, adapters: Adapters, size: int) -> Mapping[str, bytes]:
    """The stamps that prove the head to this day, each told of in the log that the next one covers."""
    node, log = audit_log.node_reader(session), adapters.keys.log
    links = archive_stamps.chain(session, size)
    lines: list[JsonValue] = []
    for link, following in zip_longest(links, links[1:]):
        head = Checkpoint(log.name, link.size, audit_log.root_at(session, link.size))
        entry: JsonValue = None
        if following:
            proof: list[JsonValue] = [
                b64(step) for step in inclusion_proof(link.entry.index, following.size, node)
            ]
            told: dict[str, JsonValue] = {"fact": b64(link.entry.fact), "salt": b64(link.entry.salt)}
            entry = {"index": link.entry.index, **told, "proof": proof}
        lines.append(
            {
                "token": b64(link.token),
                "certificate": b64(link.certificate),
                "checkpoint": sign_checkpoint(head, log),
                "consistency": [b64(step) for step in consistency_proof(size, link.size, node)],
                "entry": entry,
            }
        )
    return {"log/archive.json": canonical(lines)} if lines else {}


def tender_parts(session: Session, tender_id: str) -> Mapping[str, bytes]:
    """Notices, the sealed bids' prefixes with their timestamps, the opening record."""
    record = tenders.opening_record(session, tender_id)
    assert record is not None
    parts = {f"notices/{n.version}.json": canonical(n.body) for n in tenders.notices(session, tender_id)}
    for bid in tenders.sealed_bids(session, tender_id):
        body: dict[str, JsonValue] = {"bid": bid.id, "prefix": b64(bid.prefix), "token": b64(bid.token)}
        if outside := tenders.tokens_of(session, bid.id):
            body["tokens"] = {row.authority: b64(row.token) if row.token else None for row in outside}
        if proof := signing.proof_of(session, bid.id):
            body["signing"] = proof.to_json()
            parts |= {f"signing/{one}.crl": signing.list_content(session, one) for one in proof.lists}
        parts[f"bids/{bid.id}.json"] = canonical(body)
    lock = stages.score_lock(session, tender_id)
    if lock is not None and lock.body is not None:
        parts["prices.json"] = canonical(lock.body)
    return {**parts, "opening.json": canonical(record.body)}


def evaluation_parts(session: Session, adapters: Adapters, tender_id: str, size: int) -> Mapping[str, bytes]:
    """The panel's draw, the case, draws and ranking of each lot, the report."""
    # A round that was asked for and never drawn seated nobody: the report came first.
    rounds = [one for one in experts.rounds(session, tender_id) if one.result is not None]
    assert rounds
    parts = {"verify_draw.py": verifier_of(str(rounds[-1].request.get("verifier", "")))}
    for draw in rounds:
        name = "draw.json" if draw.round == 1 else f"draw_round_{draw.round}.json"
        parts[name] = canonical(experts.transcript(session, draw))
        program = verifier_of(str(draw.request.get("verifier", "")))
        if program != parts["verify_draw.py"]:
            parts[f"verify_draw_round_{draw.round}.py"] = program
    for ranking in evaluations.rankings(session, tender_id):
        parts[f"lots/{ranking.lot_id}/case.json"] = canonical(ranking.case)
        parts[f"lots/{ranking.lot_id}/ranking.json"] = canonical(ranking.body)
        parts[f"lots/{ranking.lot_id}/draws.json"] = canonical(
            drawn(session, tender_id, ranking.lot_id, size)
        )
    made = {record.form: record for record in evaluations.reports(session, tender_id)}
    if set(REPORT_FORMS) - set(made):
        raise NotFound(what="report of tender", id=tender_id)
    for form, name in (REPORT_FORMS | SIGNATURE_FORMS).items():
        if form in made:
            with adapters.objects.open(made[form].digest) as file:
                parts[name] = file.read()
    return parts


def drawn(session: Session, tender_id: str, lot_id: str, size: int) -> list[JsonValue]:
    """The records of a lot's draws, each with the way from the tree that made its seed to the head."""
    return [
        {
            "record": draws.transcript(session, record),
            "consistency": [b64(step) for step in draws.way_to_head(session, record, size)],
        }
        for record in draws.draws(session, tender_id)
        if record.lot_id == lot_id and record.result is not None
    ]


def share_parts(session: Session, tender_id: str) -> Mapping[str, bytes]:
    """The released shares and what bidders handed in: with them the holder of a sealed envelope opens it again."""
    shares: dict[str, JsonValue] = {
        str(release.position): dict(release.shares) for release in tenders.releases(session, tender_id)
    }
    for late in stages.price_releases(session, tender_id):
        held = shares.get(str(late.position), {})
        assert isinstance(held, dict)
        shares[str(late.position)] = {**held, **late.shares}
    own: dict[str, JsonValue] = {
        key: {what: b64(secret) for what, secret in line.items()}
        for key, line in failures.secrets_of_tender(session, tender_id).items()
    }
    return {"shares.json": canonical(shares), **({"own-secrets.json": canonical(own)} if own else {})}


@get("/api/bids/{bid_id:str}/envelope")
def download_envelope(request: Request[Any, Any, Any], bid_id: FromPath[str]) -> Stream:
    """A sealed envelope as it was received, for its bidder, and after the opening for supervisors."""
    adapters, actor = adapters_of(request), caller(request).may(Scope.READ)
    with adapters.database.reading() as session:
        bid = tenders.bid(session, bid_id)
        is_opened = tenders.opening_record(session, bid.tender_id) is not None
    if bid.bidder_id != actor.organisation_id and not (is_opened and actor.holds(Duty.SUPERVISOR)):
        raise NotFound(what="bid", id=bid_id)

    def chunks() -> Iterator[bytes]:
        with adapters.objects.open(bid.digest) as file:
            while chunk := file.read(PART_BYTES):
                yield chunk

    return Stream(chunks(), media_type="application/octet-stream", headers={"Content-Length": str(bid.size)})


ROUTES = [download, download_full, download_envelope]
