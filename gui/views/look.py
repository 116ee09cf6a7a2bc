"""Colours, type and measures of the window, light and dark; everything that is drawn takes them from here."""

import tkinter as tk
from tkinter import font as tkfont
from tkinter import ttk

from ..session.paint import Colour

_FAMILIES = (
    "Segoe UI Variable Text", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Inter", "Cantarell", "Ubuntu", "Noto Sans",
    "Roboto", "Liberation Sans", "DejaVu Sans",
)  # fmt: skip
"""The first one present: each system's own typeface, then good ones."""

_POINTS_PER_INCH_96 = 96


class Palette:
    """Colours as #rrggbb. Blue and orange stay apart for the colour-blind; nothing is said by colour alone."""

    def __init__(self, dark: bool) -> None:
        self.window = ("#fafafa", "#1c1c1c")[dark]
        self.paper = ("#ffffff", "#262728")[dark]
        self.ink = ("#1a1d21", "#f4f4f2")[dark]
        self.line = ("#e1e3e6", "#3b3d40")[dark]  # of borders and of empty bars
        self.text = ("#1c1c1c", "#fafafa")[dark]
        self.muted = ("#60656c", "#a9adb3")[dark]  # may be overlooked; still 4.5 to 1 against window and paper
        self.faint = ("#c3c7cc", "#55585c")[dark]  # what cannot be used now
        self.accent = ("#005fb8", "#57c8ff")[dark]
        self.doubt = ("#a84b00", "#ffb35c")[dark]
        self.heat = ("#ff8a1f", "#ff9a3d")[dark]


def rgb(colour: str) -> Colour:
    """#rrggbb as three numbers."""
    value = int(colour[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255


class Look:
    """The palette of now, fonts, and pixels for this screen."""

    def __init__(self, root: tk.Tk, theme: str) -> None:
        self.root = root
        self.scale = max(1.0, round(root.winfo_fpixels("1i") / _POINTS_PER_INCH_96 * 4) / 4)
        present = set(tkfont.families(root))
        self.family = next((name for name in _FAMILIES if name in present), "TkDefaultFont")
        self.use(theme)
        self.small = self.font(12)
        self.body = self.font(14)
        self.strong = self.font(14, bold=True)
        self.title = self.font(20, bold=True)

    def px(self, pixels: float) -> int:
        """Pixels of a 96 dpi screen as pixels of this one."""
        return round(pixels * self.scale)

    def font(self, pixels: int, bold: bool = False) -> tkfont.Font:
        """The window's typeface in a size."""
        weight = "bold" if bold else "normal"
        return tkfont.Font(self.root, family=self.family, size=-self.px(pixels), weight=weight)  # type: ignore[arg-type]

    def use(self, theme: str) -> None:
        """Changes to `light` or `dark`."""
        import sv_ttk

        sv_ttk.set_theme(theme, self.root)
        self.palette = Palette(dark=theme == "dark")
        sizes = {"Caption": 12, "Body": 14, "BodyStrong": 14, "BodyLarge": 18, "Subtitle": 20, "Title": 28}
        for name, size in sizes.items():
            weight = "bold" if name in ("BodyStrong", "Subtitle", "Title") else "normal"
            self.root.tk.call(
                "font", "configure", f"SunValley{name}Font",
                "-family", self.family, "-size", -self.px(size), "-weight", weight,
            )  # fmt: skip
        ttk.Style(self.root).configure("Treeview", rowheight=self.px(28))
        self.root.configure(background=self.palette.window)
        # The list in Tk's own file dialog is white in every theme, and takes its letters' colour from here.
        self.root.option_add("*__tk_filedialog*Canvas.foreground", "black")
