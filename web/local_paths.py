"""Paths that a reader may be sent on to."""


def local_path(path: str) -> str:
    """A path of this site to go on to; anything else leads to the start page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
