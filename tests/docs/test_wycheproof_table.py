"""The table of docs/verifying.md counts what the conformance tests find."""

from __future__ import annotations

import re

import pytest

from tests.conformance import test_wycheproof_jwe as jwe
from tests.conformance import test_wycheproof_jws as jws
from tests.conformance.wycheproof import needs_vectors
from tests.house.source_files import ROOT

pytestmark = [needs_vectors, pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")]

PAGE = (ROOT / "docs/verifying.md").read_text("utf-8")
ROWS: dict[str, str] = dict(re.findall(r"^\| (\w+) \| (\d.*) \|$", PAGE, flags=re.MULTILINE))


@pytest.mark.parametrize("row", ["signature", "key", "encryption", "mixed"])
def test_row_counts_what_is_found(row: str) -> None:
    file = f"json_web_{row.replace('mixed', 'crypto')}_test.json"
    signed = [each for each in jws.ALL if each.file == file]
    encrypted = [each for each in jwe.ALL if each.file == file]
    # No key of authsite's has another algorithm, so that nothing of another can be accepted.
    accepted = [*jws.accepted([each for each in signed if jws.is_ours(each)]), *jwe.accepted(encrypted)]
    ours = [each for each in signed if jws.is_ours(each) and each.is_valid]
    ours += [each for each in encrypted if (each.file, each.id) in jwe.OURS]
    invalid = [each for each in (*signed, *encrypted) if not each.is_valid]
    found = [len(signed) + len(encrypted), len(ours), sum(each in ours for each in accepted)]
    found += [len(invalid), sum(each in invalid for each in accepted)]

    assert ROWS[row] == " | ".join(map(str, found))
    assert len(accepted) == found[2] + found[4]
