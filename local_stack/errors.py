"""What can go wrong on somebody's machine, said so that they can mend it."""


class StackError(Exception):
    """The text is for the person at the keyboard: what happened, and what to do."""
