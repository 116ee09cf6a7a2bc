"""The model card as Markdown, and that Markdown as one HTML page that needs nothing beside it.

The words and figures stand in card.md alone, so that both forms say the same. The page shows pictures as data URIs, and
draws anew what a small screen could not show: the damage curves and the wrongly read digits.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from digits.charts.evaluation import captions
from digits.data.kinds import KINDS
from digits.evaluation.held_out import Tests, mistakes
from digits.report.pages import environment, png_uri

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    title: str
    anchor: str
    body: Markup


def markdown(facts: Mapping[str, Any]) -> str:
    """The card as GitHub's Markdown, from what `facts.gather` gives; its pictures lie beside it."""
    templates = environment(HERE)
    templates.filters.update(percent=percent, number=number, code=code)
    text = templates.get_template("card.md").render(facts, captions=captions(), kinds=KINDS)
    elsewhere = [name for name in facts["pictures"] if name in captions() and f"](charts/{name}.png)" not in text]
    if elsewhere:  # pictures that no section of card.md speaks of
        text += "\n## Further pictures\n\n" + "\n\n".join(
            f"![{captions()[name]}](charts/{name}.png)" for name in elsewhere
        )
    return _tidy(text)


def html(text: str, facts: Mapping[str, Any], tests: Tests, shown: int) -> str:
    """The page that shows this Markdown; of each test set's mistakes so many."""
    templates = environment(HERE)
    charts: Any = templates.get_template("charts.html").module
    drawn = {"errors": charts.mistakes({name: (*of, mistakes(*of)[:shown]) for name, of in tests.items()})}
    if facts["robustness"]:
        drawn["robustness"] = charts.curves(facts["robustness"])
    first, *sections = _sections(text, facts["pictures"], drawn)
    return templates.get_template("card.html").render(first=first, sections=sections, sha256=facts["sha256"])


def percent(share: float, digits: int = 1) -> str:
    """0.9976 as "99.76 %"."""
    return f"{number(share, digits, 100)} %"


def number(value: float, digits: int = 4, scale: float = 1) -> str:
    """A number with so many digits behind the point, and a true minus."""
    return f"{scale * value:.{digits}f}".replace("-", "−")


def code(value: object) -> str:
    """A value that people may have chosen, a writer's name say, so that nothing in it is taken for Markdown."""
    text = "null" if value is None else " ".join(str(value).split())
    return "`{}`".format(text.replace("`", "'").replace("|", r"\|"))


class _Html(RendererHTML):
    """Tables that can be scrolled on a narrow screen, and pictures inside the page."""

    def table_open(self, *_: object) -> str:
        return '<div class="scroll"><table>'

    def table_close(self, *_: object) -> str:
        return "</table></div>"

    def image(self, tokens: Sequence[Token], i: int, _options: OptionsDict, env: EnvType) -> str:
        name = Path(str(tokens[i].attrs["src"])).stem
        says = escapeHtml(tokens[i].content)
        shown = env["drawn"].get(name) or f'<img src="{png_uri(env["pictures"][name])}" alt="{says}">'
        return f'<figure id="{name}"><div class="picture">{shown}</div><figcaption>{says}</figcaption></figure>'


def _sections(text: str, pictures: Mapping[str, bytes], drawn: Mapping[str, str]) -> list[Section]:
    """The parts of a Markdown text that begin with a heading of the first two levels."""
    parser = MarkdownIt("js-default", renderer_cls=_Html)  # which escapes any HTML in the text
    tokens = parser.parse(text)
    for paragraph, inline, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if inline.type == "inline" and [child.type for child in inline.children or []] == ["image"]:
            paragraph.hidden = end.hidden = True  # a figure stands in no paragraph
    starts = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag in ("h1", "h2")]
    env = {"pictures": pictures, "drawn": drawn}
    found = []
    for start, end_of in zip(starts, [*starts[1:], len(tokens)], strict=True):
        title = tokens[start + 1].content
        body = parser.renderer.render(tokens[start + 3 : end_of], parser.options, env)
        found.append(Section(title, re.sub(r"\W+", "-", title.lower()), Markup(body)))
    return found


def _tidy(text: str) -> str:
    """Without the empty lines and the spaces at lines' ends that a template's conditions leave."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
