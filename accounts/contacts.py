"""How a person wants to be reached: a telephone, an e-mail address, both or neither; read strictly, kept sealed."""

import re
from dataclasses import dataclass, field

from crypto.canonical import canonical, read_canonical
from kernel.errors import BadInput

TELEPHONE = re.compile(r"\+?[0-9][0-9 -]{4,19}", re.ASCII)
EMAIL = re.compile(r"[0-9A-Za-z._+-]{1,60}@[0-9A-Za-z-]{1,30}(\.[0-9A-Za-z-]{1,30}){1,4}", re.ASCII)


@dataclass(frozen=True)
class Contact:
    """Where reminders go; an empty text means not that way."""

    telephone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


def read_contact(telephone: str, email: str) -> Contact:
    """The contact as typed; raises BadInput without repeating it."""
    made = Contact(telephone.strip(), email.strip())
    if made.telephone and not TELEPHONE.fullmatch(made.telephone):
        raise BadInput(where="telephone", why="give digits, such as 13800000000")
    if made.email and not EMAIL.fullmatch(made.email):
        raise BadInput(where="email", why="give an address, such as name@example.org")
    return made


def contact_context(person_id: str) -> str:
    """What a sealed contact is bound to."""
    return f"contact {person_id}"


def write_contact(contact: Contact) -> bytes:
    """The contact before it is sealed."""
    return canonical({"telephone": contact.telephone, "email": contact.email})


def open_contact(plain: bytes) -> Contact:
    """The contact again."""
    data = read_canonical(plain)
    assert isinstance(data, dict)
    return Contact(str(data["telephone"]), str(data["email"]))
