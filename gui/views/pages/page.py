"""What all pages have: a heading, and a button that closes them."""

import tkinter as tk
from tkinter import ttk

from ...session import Session
from ...session.events import Event, Listener
from ..look import Look


class Page(ttk.Frame):
    """Covers what it lies in until the session closes it.

    Args:
        parent: what it covers.
        look: colours and fonts; a page is made anew when they change.
        session: what it shows.
        title: its heading.
    """

    def __init__(self, parent: tk.Misc, look: Look, session: Session, title: str) -> None:
        super().__init__(parent, padding=look.px(20))
        self.look, self.session = look, session
        self._listening: list[Listener] = []
        heading = ttk.Frame(self)
        heading.pack(fill="x", pady=(0, look.px(10)))
        ttk.Label(heading, text=title, font=look.title).pack(side="left")
        closer = ttk.Button(heading, text="Close   Esc", command=session.close_page)
        closer.pack(side="right")
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        closer.focus_set()

    def listen(self, listener: Listener, *events: Event) -> None:
        """Has a listener called for as long as the page is open."""
        self._listening.append(self.session.on(listener, *events))

    def destroy(self) -> None:
        """Closes the page."""
        for end in self._listening:
            end()
        self._listening.clear()
        super().destroy()
