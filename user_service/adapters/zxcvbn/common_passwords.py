"""What leaks and dictionaries hold, from the lists of the package zxcvbn.

Its estimate of strength is not used: NIST SP 800-63B asks for a list, which says yes or no and can be explained,
and the estimate takes a time that grows with the square of what a stranger sends.
"""

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from user_service.domain.password import MIN_LENGTH


def common_passwords() -> frozenset[str]:
    """Implements CommonPasswords: the 40,000 that are long enough to be chosen at all; 4 MB."""
    return frozenset(
        word.casefold() for words in FREQUENCY_LISTS.values() for word in words if len(word) >= MIN_LENGTH
    )
