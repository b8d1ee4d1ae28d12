"""Every mail is written in every language."""

from django.conf import settings

from tests.house.source_files import ROOT

TEMPLATES = ROOT / "accounts/templates/mails"


def test_every_mail_is_written_in_every_language() -> None:
    names = {path.name.split(".", maxsplit=1)[0] for path in TEMPLATES.iterdir()}
    wanted = {f"{name}.{language}.txt" for name in names for language, _words in settings.LANGUAGES}

    assert {path.name for path in TEMPLATES.iterdir()} == wanted
