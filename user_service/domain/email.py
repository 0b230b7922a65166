"""What counts as an e-mail address, and when two of them are the same."""

import re
import unicodedata

from user_service.domain.errors import EmailInvalid

MAX_EMAIL_BYTES = 254  # RFC 5321 §4.5.3.1.3: a path is 256 octets with its angle brackets
MAX_LOCAL_PART_BYTES = 64  # RFC 5321 §4.5.3.1.1
MAX_LABEL_BYTES = 63  # RFC 1035 §2.3.4

# What would need quoting (RFC 5322 §3.2.3) is refused: nobody has such an address, and they invite tricks.
_SPECIALS = frozenset('"(),:;<>[]\\')
_ASCII_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")


def normalise_email(text: str) -> str:
    """Gives the one spelling under which an address is stored and looked up.

    Case and Unicode form are folded in both parts: in theory mailboxes may differ by case (RFC 5321 §2.4), in
    practice two accounts that do are a trap. Raises EmailInvalid.
    """
    if len(text) > 4 * MAX_EMAIL_BYTES:  # before any work that grows with the input
        raise EmailInvalid("The e-mail address is too long.")
    address = _fold(text.strip())
    if any(unicodedata.category(char)[0] in "CZ" for char in address):
        raise EmailInvalid("The e-mail address holds a space or a character that cannot be seen.")
    local, at, domain = address.rpartition("@")
    if not at or not _is_local_part(local) or not _is_domain(domain):
        raise EmailInvalid("This is not an e-mail address.")
    if len(address.encode()) > MAX_EMAIL_BYTES:
        raise EmailInvalid("The e-mail address is too long.")
    return address


def _fold(text: str) -> str:
    """Canonical caseless form (Unicode D145), composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def _is_local_part(local: str) -> bool:
    return (
        0 < len(local.encode()) <= MAX_LOCAL_PART_BYTES
        and "@" not in local
        and not _SPECIALS & set(local)
        and all(local.split("."))
    )


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) > 1 and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    if not 0 < len(label.encode()) <= MAX_LABEL_BYTES:
        return False
    if label.isascii():
        return bool(_ASCII_LABEL.fullmatch(label))
    # Letters, marks, numbers and hyphens of any script (RFC 5890); what IDNA refuses beyond that is no
    # danger here.
    return all(char == "-" or unicodedata.category(char)[0] in "LMN" for char in label)
