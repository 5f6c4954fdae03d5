"""What runs first in mingtang.pyz, on a machine that has nothing but Python: unpack once, then start the command.

Native parts cannot be loaded out of an archive. They go, with everything else, into a folder of the person's own that
is named after the contents; a second start finds it there.
"""

import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

OLDEST = (3, 11)
COMMON = "all/"


def folder_of_caches() -> Path:
    """Where programs of this person keep what they can make again."""
    if given := os.environ.get("MINGTANG_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "mingtang"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/mingtang"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mingtang"


def unpacked(archive: zipfile.ZipFile, tag: str) -> Path:
    """The folder with what this Python needs, made if it is not there yet."""
    folder = folder_of_caches() / f"{archive.read('build').decode()[:32]}-{tag}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent))
    for name in archive.namelist():
        for start in (COMMON, f"{tag}/"):
            if name.startswith(start):
                place = fresh / name[len(start) :]
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(name))
    try:
        fresh.rename(folder)  # at once: nobody starts from half a folder
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        if not folder.is_dir():
            raise
    return folder


def start() -> None:
    """Unpack, put the folder first on the path, and run the command."""
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    with zipfile.ZipFile(Path(__file__).parent) as archive:
        known = archive.read("made-for").decode().split()
        if sys.version_info < OLDEST or tag not in known[1:] or sys.platform != known[0]:
            made_for = f"{', '.join(known[1:])} on {known[0]}"
            sys.exit(f"mingtang: this file is for Python {made_for}; you run {tag} on {sys.platform}")
        folder = unpacked(archive, tag)
    sys.path.insert(0, str(folder))
    from client.main import run_one_file

    run_one_file()


if __name__ == "__main__":
    start()
