"""Every text of the product is in Spanish, and the compiled catalogue is that of the sources."""

from tests.house import messages


def test_every_text_is_translated() -> None:
    catalog = messages.translated()
    catalog.update(messages.extracted(), no_fuzzy_matching=True)

    assert messages.untranslated(catalog) == []


def test_translations_keep_the_placeholders() -> None:
    wrong = [str(error) for message in messages.translated() for error in message.check()]

    assert wrong == []


def test_no_text_is_left_over() -> None:
    catalog = messages.translated()
    known = {message.id for message in messages.extracted()}

    assert [message.id for message in catalog if message.id not in known] == []


def test_compiled_catalogue_fits() -> None:
    assert messages.MO.read_bytes() == messages.compiled(messages.translated())
