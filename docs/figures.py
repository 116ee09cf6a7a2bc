"""Figures of README.md and docs/*.md that the pipeline's reports hold, kept equal to them.

    <!-- metrics.mnist.accuracy .2% -->99.71%<!-- -->

says: key `mnist.accuracy` of reports/metrics.json, in Python's format `.2%`. The format's `p` means points: a hundred
times the value, without the sign.

python docs/figures.py            rewrites every marked figure (`make docs`)
python docs/figures.py --check    names those that differ, and ends with status 1 if there are any
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

MARKED = re.compile(r"<!-- (?P<report>\w+)\.(?P<key>[^>]+?) (?P<format>\S+) -->(?P<shown>[^<]*)<!-- -->")


def pages() -> list[Path]:
    """The pages whose figures are kept."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def figure(report: str, key: str, form: str) -> str:
    """A figure of a report, as a page shows it.

    Raises:
        SystemExit: the report has no such key; says which there are.
    """
    value: Any = json.loads((ROOT / "reports" / f"{report}.json").read_text())
    for name in key.split("."):
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except KeyError:
            sys.exit(f"error: reports/{report}.json has no {key}: instead of {name} there is {', '.join(value)}")
    return f"{100 * value:{form[:-1]}f}" if form.endswith("p") else f"{value:{form}}"


def up_to_date(text: str) -> str:
    """A page's text with every marked figure as the reports have it."""
    return MARKED.sub(
        lambda match: match[0].replace(
            f"-->{match['shown']}<!--", f"-->{figure(match['report'], match['key'], match['format'])}<!--"
        ),
        text,
    )


def main() -> None:
    """Rewrites the pages, or only says which figures differ."""
    stale = [page for page in pages() if up_to_date(page.read_text()) != page.read_text()]
    if "--check" not in sys.argv:
        for page in stale:
            page.write_text(up_to_date(page.read_text()))
            print(f"{page.relative_to(ROOT)}: brought up to date")
        return
    for page in stale:
        for old, new in zip(page.read_text().splitlines(), up_to_date(page.read_text()).splitlines(), strict=True):
            if old != new:
                print(f"{page.relative_to(ROOT)}\n  is         {old}\n  should be  {new}")
    if stale:
        sys.exit("error: figures that differ from reports/: run make docs")


if __name__ == "__main__":
    main()
