"""The code that a page of the documentation prints."""

from __future__ import annotations

import re

from tests.house.source_files import ROOT


def blocks_of(page: str, heading: str) -> dict[str, str]:
    """Return the blocks of code below a heading, up to the next, by their language: one of each."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    (section,) = re.findall(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, flags=re.MULTILINE | re.DOTALL
    )
    found = re.findall(r"^```(\w+)\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    assert len(found) == len(dict(found)), f"two blocks of one language under {heading}"
    return dict(found)
