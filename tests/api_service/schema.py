"""Compares answers with the published schema."""

import re
from copy import deepcopy
from typing import Any

import httpx
from openapi_schema_validator import OAS31Validator

JsonObject = dict[str, Any]


class PublishedSchema:
    """The document at /openapi.json, made strict: what it does not name must not be sent."""

    def __init__(self, document: JsonObject) -> None:
        self.document = document
        self._components = deepcopy(document["components"])
        for schema in self._components["schemas"].values():
            if schema.get("type") == "object":
                schema.setdefault("additionalProperties", False)
        self._paths = {
            re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"\Z"): operations
            for path, operations in document["paths"].items()
        }

    def check(self, answer: httpx.Response) -> None:
        """Fail if the schema does not describe the answer."""
        if answer.request.method in ("HEAD", "OPTIONS"):
            return
        described = self._described(answer)
        for name, header in described["headers"].items():
            if header.get("required") or name in answer.headers:
                assert name in answer.headers, f"{answer.request.url}: no {name}"
                self._valid(answer.headers[name], header["schema"])
        kind = answer.headers["content-type"].partition(";")[0]
        content = described["content"][kind]
        if kind.endswith("json"):
            self._valid(answer.json(), content["schema"])

    def _described(self, answer: httpx.Response) -> JsonObject:
        responses = self._operation(answer)["responses"]
        found: JsonObject = responses.get(str(answer.status_code), responses["default"])
        return found

    def _operation(self, answer: httpx.Response) -> JsonObject:
        for path, operations in self._paths.items():
            if path.match(answer.request.url.path):
                method = answer.request.method.lower()
                found: JsonObject = operations.get(method) or {
                    "responses": {"default": self._any_problem()}
                }
                return found
        return {"responses": {"default": self._any_problem()}}

    def _any_problem(self) -> JsonObject:
        reference = {"$ref": "#/components/schemas/ProblemDetails"}
        return {"headers": {}, "content": {"application/problem+json": {"schema": reference}}}

    def _valid(self, value: object, schema: JsonObject) -> None:
        OAS31Validator({**schema, "components": self._components}).validate(value)
