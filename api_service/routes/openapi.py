"""The published schema (OpenAPI 3.1), generated from the operations that the routes declare."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import msgspec

from api_service.http.headers import FOR_GOOD
from api_service.http.operations import Operation
from api_service.routes.examples import EXAMPLES, MEDIA_ID, ROOM_ID, SETUP_ID
from shared.wire.error_codes import INTERNAL_ERROR, METHOD_NOT_ALLOWED
from shared.wire.refusal import ErrorKind
from shared.wire.rest_bodies import Batch, Join, ProblemDetails, RoundCommand, SinglePress
from shared.wire.room_settings import Button, Label, Multiplier, RoomSettings, TeamNames, Theme

JsonObject = dict[str, Any]

DESCRIPTION: Final = """\
Rooms in which an audience presses buttons, for games that listen.

Errors are `application/problem+json` (RFC 9457). Programs should read `code`. `detail`, `error` and
the `message` of each problem are for people: in Japanese if `Accept-Language` prefers it to
English, else in English."""
API_VERSION: Final = "1.0.0"  # of the protocol, not of the program
JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
PLAIN_TEXT: Final = "text/plain"
REFERENCE: Final = "#/components/schemas/{name}"
NUMBER_NEEDS_ID: Final = {
    "if": {"properties": {"batch_no": {"type": "integer"}}, "required": ["batch_no"]},
    "then": {"properties": {"batch_id": {"type": "string"}}, "required": ["batch_id"]},
}
NEEDS_VIEWER_OR_ROOM: Final = {
    "anyOf": [
        {"properties": {"viewer_id": {"type": "string"}}, "required": ["viewer_id"]},
        {"properties": {"room": {"const": True}}, "required": ["room"]},
    ]
}
LIMIT_NEEDS_SECONDS: Final = {
    "if": {"properties": {"command": {"const": "limit"}}, "required": ["command"]},
    "then": {"properties": {"limit_s": {"type": "integer"}}, "required": ["limit_s"]},
    "else": {"properties": {"limit_s": {"type": "null"}}},
}
# What the fields of a body require of each other.
CONDITIONS: Final = {
    Batch: NUMBER_NEEDS_ID,
    SinglePress: NUMBER_NEEDS_ID,
    Join: NEEDS_VIEWER_OR_ROOM,
    RoundCommand: LIMIT_NEEDS_SECONDS,
}
ULID: Final = {"type": "string", "pattern": "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"}
# The parameters of paths: what each names, and its schema.
IN_PATHS: Final[Mapping[str, JsonObject]] = {
    "room_id": {"description": "The room's ULID.", "schema": ULID, "example": ROOM_ID},
    "studio_id": {"description": "The studio's ULID.", "schema": ULID},
    "handle": {
        "description": "A studio's handle.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{3,30}$"},
        "example": "luna",
    },
    "setup_id": {"description": "The setup's ULID.", "schema": ULID, "example": SETUP_ID},
    "round": {
        "description": "The round's number.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
        "example": 1,
    },
    "media_id": {
        "description": "The picture's or sound's id.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "example": MEDIA_ID,
    },
    "token_id": {
        "description": "The id of one of the room's tokens.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{12}$"},
    },
}
SECURITY: Final[Mapping[str, str]] = {
    "room_token": "The room's secret, from the answer that opened it or the last `room_ready`.",
    "room_or_moderator_token": "The room's secret, or the secret of one of its moderators.",
    "game_key": "A key from the operators; needed if the service has game keys.",
    "studio_key": "The secret of a streamer's studio, from the answer that opened it.",
    "admin_token": "The operators' token; needed if the service has one.",
}
HEADERS: Final[Mapping[str, JsonObject]] = {
    "Retry-After": {
        "description": "How many seconds to wait before trying again.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[1-9][0-9]*$"},
    },
    "Link": {
        "description": "Leads to further triggers, if there may be some.",
        "schema": {"type": "string", "pattern": '^<[^>]+>; rel="next"$'},
    },
    "WWW-Authenticate": {"required": True, "schema": {"const": "Bearer"}},
    "Set-Cookie": {
        "description": "The viewer's id in a cookie, for a year.",
        "required": True,
        "schema": {"type": "string", "pattern": "^viewer_id="},
    },
    "Cache-Control": {"required": True, "schema": {"enum": ["no-store", FOR_GOOD]}},
    "Content-Language": {
        "description": "The language of `detail`, `error` and the `message` of each problem.",
        "required": True,
        "schema": {"enum": ["en", "ja"]},
    },
}
# Unknown fields are refused in settings and ignored elsewhere.
READ_STRICTLY: Final = (RoomSettings, Button, Label, Multiplier, Theme, TeamNames)
RETRIED: Final = frozenset({429, 503})


def document(operations: Sequence[Operation], not_needed: Collection[str] = ()) -> JsonObject:
    """The OpenAPI document of a service that requires none of the secrets in `not_needed`."""
    operations = [
        replace(o, secret_optional=True) if o.security in not_needed else o for o in operations
    ]
    paths: JsonObject = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
        if operation.names_room:
            success = paths[operation.path][operation.method.lower()]["responses"]
            success[str(operation.status)]["links"] = _room_links(operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Streamario",
            "version": API_VERSION,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer", "description": meaning}
                for name, meaning in SECURITY.items()
            },
        },
    }


def _operation(operation: Operation) -> JsonObject:
    described: JsonObject = {
        "operationId": _identifier(operation),
        "summary": operation.summary,
        "responses": _responses(operation),
    }
    if parameters := _parameters(operation):
        described["parameters"] = parameters
    if content := _request_content(operation):
        described["requestBody"] = {"required": operation.body_required, "content": content}
    if operation.security:
        described["security"] = [
            *([{}] if operation.secret_optional else []),
            {operation.security: []},
        ]
    return described


def _request_content(operation: Operation) -> JsonObject:
    if operation.body:
        examples = {shape.__name__: {"value": EXAMPLES[shape]} for shape in operation.body}
        return {JSON: {"schema": _one_of(operation.body), "examples": examples}}
    return _files(operation.takes)


def _room_links(operations: Sequence[Operation]) -> JsonObject:
    """Links to the operations on the room in an answer (OpenAPI 3.1, section 4.8.20)."""
    return {
        _identifier(operation): {
            "operationId": _identifier(operation),
            "description": operation.summary,
            "parameters": {"room_id": "$response.body#/room_id"},
        }
        for operation in operations
        if operation.takes_room
    }


def _identifier(operation: Operation) -> str:
    """A stable and unique id: the method, then the parts of the path."""
    parts = re.findall(r"\w+", operation.path)
    return "_".join([operation.method.lower(), *parts])


def _parameters(operation: Operation) -> list[JsonObject]:
    parameters = [
        {"name": name, "in": "path", "required": True, **IN_PATHS[name]}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.query is not None:
        (_,), components = _generated([operation.query])
        properties: JsonObject = components[operation.query.__name__]["properties"]
        parameters += [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in properties.items()
        ]
    return parameters


def _responses(operation: Operation) -> JsonObject:
    success = {JSON: {"schema": _one_of(operation.answers)}} if operation.answers else {}
    success |= _files(operation.sends)
    success = success or {PLAIN_TEXT: {"schema": {"type": "string"}}}
    responses = {
        str(operation.status): _response(operation.status, success, operation.headers),
        "default": _problem_response(0, (METHOD_NOT_ALLOWED, INTERNAL_ERROR), secured=False),
    }
    for status, shape in operation.also.items():
        responses[str(status)] = _response(status, {JSON: {"schema": _one_of((shape,))}}, ())
    for status in sorted({refusal.status for refusal in operation.all_refusals}):
        kinds = tuple(kind for kind in operation.all_refusals if kind.status == status)
        responses[str(status)] = _problem_response(status, kinds, secured=bool(operation.security))
    return responses


def _response(status: int, content: JsonObject, headers: Sequence[str]) -> JsonObject:
    names = [*headers, "Cache-Control", *(["Retry-After"] if status in RETRIED else [])]
    return {
        "description": HTTPStatus(status).phrase if status else "Any other error",
        "headers": {name: HEADERS[name] for name in names},
        "content": content,
    }


def _problem_response(status: int, kinds: Sequence[ErrorKind], *, secured: bool) -> JsonObject:
    codes = sorted({kind.code for kind in kinds})
    challenged = ("WWW-Authenticate",) if status == HTTPStatus.UNAUTHORIZED and secured else ()
    schema = {
        "allOf": [_one_of((ProblemDetails,))],
        "properties": {"code": {"enum": codes}},
    }
    headers = (*challenged, "Content-Language")
    response = _response(status, {PROBLEM_JSON: {"schema": schema}}, headers)
    response["description"] += ": " + " ".join(
        f"`{kind.code}` {kind.sentence.en}" for kind in dict.fromkeys(kinds)
    )
    return response


def _files(media_types: Sequence[str]) -> JsonObject:
    """Bodies that are no JSON (OpenAPI 3.1, section 4.8.14.3)."""
    return {media_type: {} for media_type in media_types}


def _one_of(shapes: Sequence[type]) -> JsonObject:
    schemas = [_reference(shape) for shape in shapes]
    return schemas[0] if len(schemas) == 1 else {"oneOf": schemas}


@cache  # most shapes are in many answers
def _reference(shape: type) -> JsonObject:
    return _generated([shape])[0][0]


def _schemas(operations: Sequence[Operation]) -> JsonObject:
    shapes = {shape for o in operations for shape in (*o.answers, *o.body, *o.also.values())}
    ordered = sorted({*shapes, ProblemDetails}, key=lambda shape: shape.__name__)
    schemas = dict(sorted(_generated(ordered)[1].items()))
    for shape in READ_STRICTLY:
        if shape.__name__ in schemas:
            schemas[shape.__name__]["additionalProperties"] = False
    for body, condition in CONDITIONS.items():
        if body.__name__ in schemas:
            schemas[body.__name__] |= condition
    return schemas


def _generated(shapes: Sequence[type]) -> tuple[tuple[JsonObject, ...], JsonObject]:
    return msgspec.json.schema_components(shapes, ref_template=REFERENCE)
