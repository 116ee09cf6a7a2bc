"""The one exception that people are meant to read."""


class DigitsError(Exception):
    """Something a person can mend; its message names the file or key, what was found and what to do next.

    Commands print the message without a traceback and end with status 1.
    """
