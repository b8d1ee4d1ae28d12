"""The settings of the API's libraries: the same in every environment."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BearerAuthentication",
        "api.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.DenyAll"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "api.renderers.PageRenderer",
    ],
    "DEFAULT_METADATA_CLASS": "api.metadata.TranslatedMetadata",
    "DEFAULT_SCHEMA_CLASS": "api.schema.operations.OperationSchema",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.PageNumberPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "api.exceptions.handle_exception",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
}
SIMPLE_JWT = {
    # Keys live in accounts.keys. The library's own default would be SECRET_KEY.
    "SIGNING_KEY": "",
    "USER_ID_CLAIM": "sub",
    "AUTH_TOKEN_CLASSES": ("accounts.tokens.access_token.AccessToken",),
    "TOKEN_OBTAIN_SERIALIZER": "api.serializers.tokens.TokenObtainPairSerializer",
    "TOKEN_REFRESH_SERIALIZER": "api.serializers.tokens.TokenRefreshSerializer",
    "TOKEN_VERIFY_SERIALIZER": "api.serializers.tokens.TokenVerifySerializer",
    "TOKEN_BLACKLIST_SERIALIZER": "api.serializers.tokens.TokenBlacklistSerializer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "authsite",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.bodies.add_bounds",
        "api.schema.problems.add_problems",
        "api.schema.examples.add_examples",
    ],
    # A request lacks what is read only: types that are generated from it fit both ways.
    "COMPONENT_SPLIT_REQUEST": True,
    # The documentation works offline: its scripts come from this server.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
