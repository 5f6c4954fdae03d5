"""The claim about the national head: every fact is in the log's tree in SM3, whose head SM2 signed."""

from client.claims import Evidence, NotProven
from crypto import sm2
from crypto.canonical import unb64
from crypto.log_entry import leaf_data
from crypto.merkle import verify_inclusion
from crypto.national_head import read_national, sm3_leaf, sm3_node
from kernel.errors import IntegrityBroken


def national_head_holds(evidence: Evidence) -> str:
    """The national head is signed, stands for the same log as the head, and holds every disclosed fact."""
    if "national_vkey" not in evidence.keys:
        raise NotProven("the log has no national head, or its key is not among those that you pinned")
    if not sm2.is_installed():
        raise NotProven("SM2 needs the Python package gmssl-pyx: make national, or pip install gmssl-pyx")
    national = read_national(evidence.text("log/national"), evidence.keys["national_vkey"])
    head, facts = evidence.head, evidence.capsule.json("log/facts.json")
    if (national.size, national.sha256_root) != (head.size, head.root):
        raise IntegrityBroken(what="the national head stands for another log than the head")
    proofs = evidence.capsule.json("log/national.json")
    for line, proof in zip(facts, proofs, strict=True):
        leaf = sm3_leaf(leaf_data(unb64(line["salt"], length=32), unb64(line["fact"])))
        path = [unb64(step, length=32) for step in proof]
        verify_inclusion(leaf, line["index"], national.size, path, national.root, sm3_node)
    return f"{len(facts)} facts in SM3, signed by SM2"
