"""JSON in UTF-8 (RFC 8259 §8.1) and forms, and nothing that only looks like them."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import parse_qsl

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser, JSONParser
from typing_extensions import override

#: No body of this API is anywhere near; the largest is a user's preferences.
MAX_BYTES = 64 * 1024
MAX_FORM_FIELDS = 50

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_UTF_8 = frozenset({"utf-8", "utf8"})


class PayloadTooLarge(APIException):
    """The body is longer than ``MAX_BYTES`` (RFC 9110 §15.5.14)."""

    status_code = 413
    default_code = "payload_too_large"
    default_detail = _("The body is too large.")


class StrictJSONParser(JSONParser):
    """DRF's parser would take any Python codec, any length, and text that no database can store."""

    @override
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the decoded body.

        :raise UnsupportedMediaType: another charset than UTF-8
        :raise PayloadTooLarge: more than ``MAX_BYTES``
        :raise ParseError: not JSON, nested too deeply, or half a surrogate pair
        """
        return _decode(_read(stream, media_type, parser_context))


class StrictFormParser(BaseParser):
    """A form as OAuth's endpoints are asked by (RFC 6749 appendix B); each parameter comes once (§3.2)."""

    media_type = "application/x-www-form-urlencoded"

    @override
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, str]:
        """Return the parameters; one without a value is as if it were left out (RFC 6749 §3.2).

        :raise UnsupportedMediaType: another charset than UTF-8
        :raise PayloadTooLarge: more than ``MAX_BYTES``
        :raise ParseError: not a form in UTF-8, or too many parameters
        :raise ValidationError: a parameter that comes twice
        """
        body = _read(stream, media_type, parser_context)
        try:
            pairs = parse_qsl(body.decode("ascii"), errors="strict", max_num_fields=MAX_FORM_FIELDS)
        except ValueError:  # UnicodeError is one
            raise ParseError(_("The body is no form in UTF-8.")) from None
        names = [name for name, _value in pairs]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValidationError({name[:64]: [_("Give this parameter once only.")] for name in repeated})
        return dict(pairs)


def _read(stream: IO[Any], media_type: str | None, parser_context: Mapping[str, Any] | None) -> bytes:
    charset = _charset(parser_context)
    if charset not in _UTF_8:
        raise UnsupportedMediaType(f"{media_type}; charset={charset}")
    body: bytes = stream.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise PayloadTooLarge
    return body


def _charset(parser_context: Mapping[str, Any] | None) -> str:
    request = (parser_context or {}).get("request")
    # Not request.encoding: Django forgets the name of a charset that it does not know.
    charset = request.content_params.get("charset", "utf-8") if request is not None else "utf-8"
    return str(charset).strip("\"'").lower()


def _decode(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise ParseError(_("The body is not valid UTF-8 text.")) from None
    except RecursionError:
        raise ParseError(_("The body is nested too deeply.")) from None
    except ValueError:
        raise ParseError(_("The body is not valid JSON.")) from None
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(name)
