"""What OPTIONS answers: the words that pages use, in the language of whoever asks."""

from typing import TYPE_CHECKING, Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request
from typing_extensions import override

from api.browsable.words import label_of, sentence_of, title_of

if TYPE_CHECKING:
    from rest_framework.fields import Field
    from rest_framework.views import APIView


class TranslatedMetadata(SimpleMetadata):
    """DRF would answer our docstrings, which are in English and for developers."""

    @override
    def determine_metadata(self, request: Request, view: "APIView") -> Any:
        metadata = super().determine_metadata(request, view)
        match = request.resolver_match
        metadata["name"] = title_of(match, str(metadata["name"]))
        metadata["description"] = sentence_of(match)
        return metadata

    @override
    def get_field_info(self, field: "Field[Any, Any, Any, Any]") -> Any:
        described = super().get_field_info(field)
        described["label"] = label_of(str(field.field_name), str(field.label or field.field_name))
        return described
