"""A page as a person sees it: its elements, in order, with their attributes and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from tests.api.client import ApiClient

_VOID = frozenset({"input", "link", "meta", "br"})


@dataclass
class Element:
    """One element with its own text and that of the elements in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inner: list[Element] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements in it with this tag and these attributes; ``data_kind`` is ``data-kind``."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [each for each in self.inner if each.tag == tag and wanted.items() <= each.attributes.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        """Return the only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    def fields(self) -> dict[str, Element]:
        """Return the wrappers of its controls by name."""
        return {each.attributes["data-name"]: each for each in self.inner if "data-name" in each.attributes}

    def sentences(self) -> list[str]:
        """Return the errors in it."""
        return [each.text for errors in self.all("ul", class_="errors") for each in errors.all("li")]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        for outer in self.open:
            outer.inner.append(element)
        if tag not in _VOID:
            self.open.append(element)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    @override
    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def page_of(html: str) -> Element:
    """Return the page; a tag that is not closed in its place fails."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    (page,) = reader.open
    return page


def read_page(
    client: ApiClient,
    path: str,
    *,
    method: str = "GET",
    body: object = None,
    status: int = 200,
    **headers: str,
) -> Element:
    """Return the page that answers, which must have ``status``."""
    response = client.send(method, path, body, Accept="text/html", **headers)
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("text/html")
    return page_of(response.content.decode())
