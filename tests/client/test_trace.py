"""What a machine says of itself: one hash, the same each time, and only when it is asked for."""

from client.trace import TRACE_NAME, machine_id, trace_files
from crypto.canonical import read_canonical
from evaluation.collusion.traces import NAMES, trace_file_marks
from evaluation.collusion.traces import TRACE_NAME as READ_NAME


def test_a_machine_gives_one_hash_or_nothing() -> None:
    assert machine_id() == machine_id()
    assert len(machine_id()) in (0, 64)


def test_nothing_is_sealed_that_nobody_gave() -> None:
    assert trace_files({}, with_machine=False) == []


def test_what_was_given_is_sealed_under_the_names_that_the_search_reads() -> None:
    (file,) = trace_files({"contact_phone": "13800000000"}, with_machine=True)
    with file.open() as stream:
        data = stream.read()
    assert file.name == TRACE_NAME == READ_NAME
    assert read_canonical(data).get("machine", machine_id()) == machine_id()
    kinds = {one.kind for one in trace_file_marks(data)}
    assert kinds == {"phone"} | ({"machine"} if machine_id() else set())
    assert "machine" in NAMES
