"""All registers by name, in the order of the office's list."""

from collections.abc import Mapping

from approval.register_places import PLACES
from approval.register_work import WORK
from approval.registers import Register
from kernel.errors import NotFound

REGISTERS: Mapping[str, Register] = {register.name: register for register in (*PLACES, *WORK)}


def register_named(name: str) -> Register:
    """The register with a name; raises NotFound."""
    if name not in REGISTERS:
        raise NotFound(what="register", id=name)
    return REGISTERS[name]
