"""A page in Chromium without a window, which Playwright drives."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

_PATIENCE = 60_000
"""Milliseconds until a page has what it was asked for."""


@contextmanager
def page(width: int, height: int) -> Iterator[Page]:
    """A page of so many pixels, in a browser that nobody has used before.

    Raises:
        SystemExit: there is no Chromium.
    """
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("error: Chromium is missing: make test installs it or says how")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=browser) as opened:
        shown = opened.new_page(viewport={"width": width, "height": height})
        shown.set_default_timeout(_PATIENCE)
        yield shown
