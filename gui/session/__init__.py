"""What the window knows and can do, without a widget; who wants to hear of a change says so."""

from .session import Session

__all__ = ["Session"]
