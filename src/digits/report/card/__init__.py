"""The model card: what a model file is for, how well it reads, where it fails and how to make it again, as an HTML page
and as Markdown (M. Mitchell et al., *Model Cards for Model Reporting*, 2019).

`facts` gathers what it tells of, `card.md` says it, `page` makes the two forms.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digits.evaluation.held_out import Tests
from digits.files import written_whole
from digits.reading.reader import Reader
from digits.report.card.facts import gather
from digits.report.card.page import html, markdown

PAGE, TEXT = "card.html", "card.md"
"""The two forms, in the evaluation's folder."""


def beginning(text: str) -> str:
    """What a card says first: its title, a sentence and the headline figures."""
    return text.partition("\n## ")[0]


def write(
    reader: Reader,
    tests: Tests,
    data: Path,
    reports: Mapping[str, Any],
    pictures: Mapping[str, Path],
    shown: int,
    out: Path,
) -> list[Path]:
    """Writes both forms: a function of the arguments, whatever else lies in the folder.

    Args:
        reader: of the model file.
        tests: what it read.
        data: preprocess's folder.
        reports: what the evaluation found, by name: metrics, handwriting, ...
        pictures: its charts, by name; in `out` / "charts", where card.md looks for them.
        shown: wrongly read digits of each test set that the page shows.
        out: the evaluation's folder.

    Returns:
        the files written, Markdown first.
    """
    facts = gather(reader, data, reports, pictures)
    text = markdown(facts)
    for name, content in ((TEXT, text), (PAGE, html(text, facts, tests, shown))):
        with written_whole(out / name) as path:
            path.write_text(content, encoding="utf-8")
    return [out / TEXT, out / PAGE]
