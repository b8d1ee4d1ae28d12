"""Pictures of pages for the README and the docs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.visits import Visit

WIDTH = 1280
MOST_BYTES = 200_000


def take(visit: Visit, path: Path, *, height: int, top: float = 0, left: float = 0) -> None:
    """Write the part of the page that begins at ``top`` and ``left``."""
    page = visit.page
    # No element: the Content-Security-Policy allows no style in the page.
    page.evaluate(
        """() => {
          const still = new CSSStyleSheet();
          still.replaceSync("*, ::before, ::after { caret-color: transparent; transition: none; }");
          document.adoptedStyleSheets.push(still);
        }"""
    )
    page.wait_for_load_state("networkidle")
    clip = {"x": left, "y": top, "width": WIDTH - left, "height": float(height)}
    page.screenshot(path=path, full_page=True, animations="disabled", clip=clip)  # type: ignore[arg-type] # a TypedDict of Playwright's own
    assert path.read_bytes().startswith(b"\x89PNG")
    assert 10_000 < path.stat().st_size < MOST_BYTES
