"""Setup says what is missing, costs nothing when nothing is, and may run twice at once."""

import subprocess
from pathlib import Path

import pytest

from tools.setup.__main__ import fingerprint
from tools.setup.console import SetupFailed, run
from tools.setup.debian import Need, install_missing

ROOT = Path(__file__).parents[2]
NEEDS = (
    Need("poetry-of-li-bai", "quotations", lambda: False),
    Need("coreutils", "everything", lambda: True),
    Need("ink", "writing", lambda: False),
)


def test_without_the_right_to_install_each_package_and_the_command_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    install_missing(NEEDS, apt=None, required=False)
    said = capsys.readouterr()
    assert "missing: poetry-of-li-bai (quotations)" in said.out
    assert "sudo apt-get install --no-install-recommends poetry-of-li-bai ink" in said.err
    assert "going on without it" in said.err
    assert "coreutils" not in said.out + said.err


def test_what_tests_cannot_do_without_ends_the_setup() -> None:
    with pytest.raises(SetupFailed, match="poetry-of-li-bai is missing, so these will not work: quotations"):
        install_missing(NEEDS, apt=None, required=True)


def test_what_is_there_is_not_spoken_of(capsys: pytest.CaptureFixture[str]) -> None:
    install_missing(NEEDS[1:2], apt=None, required=True)
    assert capsys.readouterr() == ("", "")


def test_a_failing_step_shows_its_last_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SetupFailed, match=r"(?s)counting failed \(exit 3\).*line 40") as failure:
        run("counting", ["sh", "-c", "for n in $(seq 40); do echo line $n; done; exit 3"])
    assert "line 10\n" not in str(failure.value)
    with pytest.raises(SetupFailed, match="cannot start no-such-program"):
        run("starting", ["no-such-program"])


def test_a_changed_file_changes_the_fingerprint(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b")]
    for file in files:
        file.write_bytes(b"same")
    before = fingerprint(files)
    assert fingerprint(files) == before
    files[1].write_bytes(b"other")
    assert fingerprint(files) != before


def test_a_second_setup_has_nothing_to_do_and_two_at_once_are_harmless() -> None:
    for _ in range(2):
        processes = [
            subprocess.Popen(["tools/setup.sh", goal], cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for goal in ("test", "run")
        ]
        said = [process.communicate()[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0]
    waiting = "setup: another setup is at work in this folder; waiting for it\n"
    assert set(said) <= {"", waiting}
