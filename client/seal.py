"""Bidders prepare and seal a bid; nothing leaves their machine, and only k openers together can open the result."""

import os
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from client.console import plain_errors, progress, say
from client.files import read_object, whole_file
from client.passphrases import passphrase
from client.server import connect
from client.signing import certificate_signer, told_signer
from client.trace import trace_files
from crypto.archive import ArchiveFile, archive_size, bytes_file, open_archive, stream_file
from crypto.bid_file import BID
from crypto.canonical import canonical, unb64
from crypto.envelope import seal
from crypto.envelope_prefix import EnvelopeHeader
from crypto.opener_keys import open_bidder_key
from crypto.own_secrets import own_seed
from crypto.parts_digest import file_parts_digest
from evaluation.answer_check import answer_remarks
from evaluation.answers import answer_fields
from evaluation.rulebook import read_rulebook
from kernel.errors import BadInput, BadRulebook, IntegrityBroken
from kernel.money import PriceScale, read_money
from tender.envelopes import EnvelopeTerm, envelopes_of
from tender.notice import lot_rulebook

THREADS = os.cpu_count() or 1


def fetch_notice(tender: str, notice_file: Path | None) -> dict[str, Any]:
    """The notice to seal for, from a kept file or the server; its digest must fit."""
    answer = read_object(notice_file) if notice_file else connect().get(f"/api/tenders/{tender}/notice")
    if not isinstance(notice := answer.get("notice"), dict):
        raise BadInput(where=str(notice_file), why="it is not a notice as `mingtang notice` keeps it")
    if sha256(canonical(notice)).hexdigest() != answer.get("digest") or notice.get("tender") != tender:
        raise IntegrityBroken(what="the notice does not fit its digest or is another tender's")
    return notice


def lot_id(notice: dict[str, Any], number: int) -> str:
    """The id of a lot by its number."""
    for lot in notice["lots"]:
        if lot["number"] == number:
            return str(lot["id"])
    raise BadInput(where="lot", why=f"the notice has lots 1 to {len(notice['lots'])}")


def sealed_price(notice: dict[str, Any], price: str) -> dict[str, str]:
    """The price as a bid states it; one that could not be read at the opening is refused here."""
    scale = PriceScale(notice["currency"], notice["price_places"])
    money = read_money(price, scale.currency, scale)
    return {"amount": str(money).split()[0], "currency": scale.currency}


def bid_json(
    notice: dict[str, Any],
    lot: str,
    bidder: str,
    price: dict[str, str],
    answers: dict[str, Any],
    term: EnvelopeTerm,
) -> bytes:
    """The announced part of one envelope of a bid."""
    body = {"v": 1, "tender": notice["tender"], "lot": lot, "bidder": bidder, "answers": answers}
    if term.kind != BID:
        body["envelope"] = term.kind
    if term.has_price:
        body["price"] = price
    return canonical(body)


def answers_of(
    rules: object, answers: dict[str, Any], term: EnvelopeTerm, terms: Sequence[EnvelopeTerm]
) -> dict[str, Any]:
    """The answers that belong into one envelope: what only adjusts the price lies with it, all else in the first."""
    if len(terms) == 1:
        return answers
    try:
        fields = answer_fields(read_rulebook(rules))
    except BadRulebook:  # of a version that this program does not know; it keeps nobody from bidding
        fields = {}
    priced = {id for id, field in fields.items() if field.with_price}
    if term.has_price:
        return {id: value for id, value in answers.items() if id in priced}
    return {id: value for id, value in answers.items() if id not in priced and term is terms[0]}


def check_answers(rules: object, answers: dict[str, Any], *, anyway: bool) -> list[str]:
    """What will not count, in sentences; raises BadInput where the bid would be rejected, unless it is wanted so.

    A rulebook of a version that this program does not know must not keep anybody from bidding.
    """
    try:
        fields = answer_fields(read_rulebook(rules))
    except BadRulebook as why:
        return [f"the answers were not checked: {why}"]
    remarks = answer_remarks(fields, answers)
    for remark in remarks:
        if remark.rejects and not anyway:
            raise BadInput(where=f"answers.{remark.id}", why=f"{remark.why}; --anyway seals all the same")
    return [f"{remark.id}: {remark.why}" for remark in remarks]


def header_for(notice: dict[str, Any], lot: str, bidder: str, public: bytes) -> EnvelopeHeader:
    """A fresh header: everything that the envelopes of one submission are bound to, besides their kinds."""
    sealing = notice["sealing"]
    return EnvelopeHeader(
        suite=sealing["suite"],
        tender_id=notice["tender"],
        lot_id=lot,
        kind=BID,
        bidder_id=bidder,
        bidder_key=public,
        submission_id=str(uuid4()),
        k=sealing["k"],
        n=len(sealing["openers"]),
        opener_keys=tuple(opener["fingerprint"] for opener in sealing["openers"]),
        bidder_also="bidder_also" in sealing,
    )


def collect(paths: list[Path]) -> list[ArchiveFile]:
    """The files of a bid; a folder gives all its files under their relative names."""
    found: list[ArchiveFile] = []
    for path in paths:
        members = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for member in members:
            name = member.relative_to(path.parent).as_posix() if path.is_dir() else member.name
            found.append(stream_file(name, lambda member=member: member.open("rb")))  # type: ignore[misc]
    return found


def collect_by_envelope(paths: list[Path], terms: Sequence[EnvelopeTerm]) -> dict[str, list[ArchiveFile]]:
    """The files of each envelope, by its kind.

    Raises:
        BadInput: the tender opens in stages, and a file does not lie in a folder that is named as an envelope.
    """
    if len(terms) == 1:
        return {terms[0].kind: collect(paths)}
    kinds = [term.kind for term in terms]
    found: dict[str, list[ArchiveFile]] = {kind: [] for kind in kinds}
    for path in paths:
        for part in sorted(path.iterdir()) if path.is_dir() and path.name not in kinds else [path]:
            if not part.is_dir() or part.name not in kinds:
                why = f"this tender opens in stages; put each file into one of the folders {', '.join(kinds)}"
                raise BadInput(where=str(part), why=why)
            found[part.name] += collect(sorted(part.iterdir()))
    return found


def check_limit(size: int, limit: int) -> None:
    """Raise BadInput when a bid of this size could not be submitted."""
    if size > limit:
        raise BadInput(where="files", why=f"{size} bytes in all; the tender takes {limit}")


def seal_command(
    tender: Annotated[str, typer.Argument(help="Tender id, from the tender's page")],
    files: Annotated[list[Path] | None, typer.Argument(help="Files or folders of the bid")] = None,
    price: Annotated[str, typer.Option(help="Total price, such as 1250000.00")] = "",
    key: Annotated[Path, typer.Option(help="Your bidder key file")] = Path("bidder.key"),
    lot: Annotated[int, typer.Option(help="Lot number")] = 1,
    answers: Annotated[
        Path | None, typer.Option(help="JSON file with the answers to the notice's form")
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(help="JSON file with contacts, bond account, pricing software; not published"),
    ] = None,
    machine_id: Annotated[
        bool,
        typer.Option("--machine-id", help="Seal a hash of this machine's id with the bid; not published"),
    ] = False,
    notice: Annotated[Path | None, typer.Option(help="A kept notice, to seal without a connection")] = None,
    out: Annotated[Path, typer.Option(help="Where the sealed bid goes")] = Path("bid.sealed"),
    sign_with: Annotated[
        Path | None,
        typer.Option(help="Key of your signing certificate, PKCS #12 or PEM, where the tender asks for one"),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="Its chain in PEM, where it does not lie with the key")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Seal although a required answer is missing")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Seal a bid on this machine for one tender and lot."""
    with plain_errors(as_json):
        found = fetch_notice(tender, notice)
        lot_of = lot_id(found, lot)
        signer = open_bidder_key(key.read_bytes(), passphrase())
        second = certificate_signer(found, sign_with, certificate)
        given = read_object(answers) if answers else {}
        rules, stated, terms = lot_rulebook(found, lot_of), sealed_price(found, price), envelopes_of(found)
        warnings = check_answers(rules, given, anyway=anyway)
        traces = trace_files(read_object(trace) if trace else {}, machine_id)
        announced = {
            term.kind: bid_json(
                found, lot_of, signer.name, stated, answers_of(rules, given, term, terms), term
            )
            for term in terms
        }
        held = collect_by_envelope(files or [], terms)
        contents = {
            term.kind: [bytes_file("bid.json", announced[term.kind]), *held[term.kind]] for term in terms
        }
        contents[terms[0].kind] += traces
        members = [member for term in terms for member in contents[term.kind]]
        limit = int(found["sealing"]["limit_bytes"])
        check_limit(sum(archive_size(one) for one in contents.values()), limit)
        header = header_for(found, lot_of, signer.name, signer.public)
        with whole_file(out) as target, progress(as_json) as bar:
            bar.add_task("Sealing", total=None)
            for term in terms:
                own = replace(header, kind=term.kind)
                with open_archive(contents[term.kind]) as plain:
                    seal(
                        plain,
                        archive_size(contents[term.kind]),
                        target,
                        header=own,
                        opener_publics=[unb64(opener["hpke"]) for opener in found["sealing"]["openers"]],
                        signer=signer,
                        seed=own_seed(signer, own.ctx()),
                        announcement=announced[term.kind],
                        threads=THREADS,
                        certificate=second,
                    )
                check_limit(target.tell(), limit)
        facts = {
            "sealed": str(out),
            "tender": tender,
            "lot": lot,
            "submission": header.submission_id,
            "size": out.stat().st_size,
            "digest": file_parts_digest(out, THREADS).hex(),
            "files": [
                {"name": member.name, "size": member.size, "sha256": member.sha256} for member in members
            ],
            **({"signed by certificate": told_signer(second)} if second else {}),
            **({"warnings": warnings} if warnings else {}),
            "next": f"mingtang submit {out}",
        }
        say(facts, as_json=as_json, title="Sealed. It is NOT submitted yet.")
