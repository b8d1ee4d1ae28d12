"""Every claim source by its name: those of authsite, and those of the modules that the deployment names."""

import re
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured

from accounts import conf
from accounts.audiences.built_in_sources import BUILT_IN_SOURCES
from accounts.audiences.claim_sources import ClaimSource, JSONType

#: What a module of a deployment's own calls its sources.
ATTRIBUTE = "CLAIM_SOURCES"

_NAME = re.compile(r"\A[a-z][a-z0-9_]{0,62}\Z")

#: Every source by its name.
CLAIM_SOURCES: dict[str, ClaimSource] = {source.name: source for source in BUILT_IN_SOURCES}


def register_own_sources() -> None:
    """Register the sources of the modules that ``AUTHSITE_CLAIM_SOURCES`` names, when the process starts.

    :raise ImproperlyConfigured: a module or a source that cannot be used, with what to do
    """
    for module in conf.claim_source_modules():
        for source in _declared_in(module):
            if problem := _problem_of(source):
                raise ImproperlyConfigured(f"{module}.{ATTRIBUTE}: {problem}")
            CLAIM_SOURCES[source.name] = source


def _declared_in(module: str) -> list[ClaimSource]:
    try:
        return list(getattr(import_module(module), ATTRIBUTE))
    except Exception as error:
        raise ImproperlyConfigured(
            f"AUTHSITE_CLAIM_SOURCES names {module}, which is no module with a list {ATTRIBUTE}"
            f" ({type(error).__name__}: {error}). Put it on PYTHONPATH, or mend it."
        ) from error


def _problem_of(source: object) -> str:
    if not isinstance(source, ClaimSource):
        return f"{source!r} is no ClaimSource."
    if not _NAME.match(source.name):
        return f"{source.name!r} is no name of a source: write small letters, digits and “_”."
    if source.name in CLAIM_SOURCES:
        return f"There is a source {source.name!r} already; choose another name."
    if source.members is not None and source.json_type is not JSONType.OBJECT:
        return f"The source {source.name!r} has members, but is no object."
    return ""
