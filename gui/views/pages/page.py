"""What all pages have: a heading, a button that closes them, and room that scrolls where the window is small."""

import tkinter as tk
from tkinter import ttk

from ... import words
from ...session import Session
from ...session.events import Event, Listener
from ..look import Look

_STEP = 28
"""How far a notch of the wheel, or an arrow key, scrolls, pixels of a 96 dpi screen."""

_OF_ITS_OWN = (tk.Text, ttk.Treeview)
"""What the wheel and the arrows scroll by itself."""


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
        closer = ttk.Button(heading, text=words.window.CLOSE_PAGE, command=session.close_page)
        closer.pack(side="right")
        self._canvas = tk.Canvas(
            self, borderwidth=0, highlightthickness=0, width=1, height=1, background=look.palette.window,
            yscrollincrement=look.px(_STEP),
        )  # fmt: skip
        self._scrollbar = ttk.Scrollbar(self, command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._scrollbar.set)
        self._canvas.pack(side="left", fill="both", expand=True)
        self.body = ttk.Frame(self._canvas)
        """Where a page puts what it shows."""
        self._inside = self._canvas.create_window(0, 0, anchor="nw", window=self.body)
        self._canvas.bind("<Configure>", self._fit)
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        self.bind("<Map>", self._bind_scrolling)  # when all that is on it was made
        closer.focus_set()

    def listen(self, listener: Listener, *events: Event) -> None:
        """Has a listener called for as long as the page is open."""
        self._listening.append(self.session.on(listener, *events))

    def _fit(self, _event: object = None) -> None:
        """As much room as there is, or as it takes."""
        width, room, wanted = self._canvas.winfo_width(), self._canvas.winfo_height(), self.body.winfo_reqheight()
        high = max(room, wanted)
        self._canvas.itemconfigure(self._inside, width=width, height=high)
        self._canvas.configure(scrollregion=(0, 0, width, high))
        if high > room:
            self._scrollbar.pack(side="right", fill="y", before=self._canvas)
        else:
            self._scrollbar.pack_forget()

    def _bind_scrolling(self, _event: object) -> None:
        """Has keys and wheel scroll wherever on the page they are used, and whatever grows there get its room."""
        scroll, tag = self._canvas.yview_scroll, str(self._scrollbar)
        for name, step, what in (
            ("<Button-4>", -1, "units"), ("<Button-5>", 1, "units"), ("<Up>", -1, "units"), ("<Down>", 1, "units"),
            ("<Prior>", -1, "pages"), ("<Next>", 1, "pages"),
        ):  # fmt: skip
            self._scrollbar.bind(name, lambda _, step=step, what=what: scroll(step, what))  # type: ignore[misc]
        self._scrollbar.bind("<Configure>", self._fit)
        self._scrollbar.bind("<MouseWheel>", lambda event: scroll(-1 if event.delta > 0 else 1, "units"))
        widgets: list[tk.Misc] = [self]
        for widget in widgets:
            widgets += widget.winfo_children()
            if widget is not self._scrollbar and not isinstance(widget, _OF_ITS_OWN):
                widget.bindtags((*widget.bindtags(), tag))
        self._fit()

    def destroy(self) -> None:
        """Closes the page."""
        for end in self._listening:
            end()
        self._listening.clear()
        super().destroy()
