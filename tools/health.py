"""Whether a server on this machine answers: asked often while it starts, so without anything that costs time."""

from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

SECONDS = 2.0


def is_healthy(url: str) -> bool:
    """Whether /health under this address says yes."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
