"""The API's description: OpenAPI 3.1 with who may call what, and errors as they really leave."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from invekto.server.access import PUBLIC, Table

Document = dict[str, Any]
PROBLEM: Document = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable, `detail` is for people; other members by kind.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:invekto:problem:conflict"]},
        "title": {"type": "string", "examples": ["Conflict"]},
        "status": {"type": "integer", "examples": [409]},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": ["conflict"]},
        "request_id": {"type": "string", "description": "Stands in the log."},
        "reason": {"type": "string", "description": "Which of several kinds of refusal it is."},
        "newer": {"type": "string", "description": "Id of the draft that replaced a stale one."},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
REFUSED: Document = {
    "description": "Refused: see `code`.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
SCHEMES: Document = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, `ik_…`."},
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The main product's token.",
    },
}
DEEPEST = 6
"""Levels of an example."""


def describe(app: FastAPI) -> Document:
    """The description of an app whose routes are all there; made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = made["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = PROBLEM
        made["components"]["securitySchemes"] = SCHEMES
        for path, operations in made["paths"].items():
            for method, operation in operations.items():
                _complete(operation, (method.upper(), path), app.state.access)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(operation: Document, place: tuple[str, str], table: Table) -> None:
    said = operation.get("description", "").partition(".")[0]
    operation["summary"] = " ".join(said.split()) or operation["summary"]
    operation["responses"].pop("422", None)
    operation["responses"]["4XX"] = REFUSED
    if place in PUBLIC or place not in table:
        operation["security"] = []
        return
    access = table[place]
    ways: list[dict[str, list[str]]] = [{"token": []}]
    operation["security"] = ways if access.scope is None else [{"key": []}, *ways]
    operation["x-roles"] = sorted(access.roles)
    operation["x-scope"] = access.scope


def example(document: Document, schema: Document, depth: int = 0) -> Any:
    """A body as somebody would send it: what is required, with its examples; where nothing is,
    whatever has an example."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example(document, document["components"]["schemas"][name], depth)
    if schema.get("examples"):
        return schema["examples"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return example(document, schema[several][0], depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object" and depth < DEEPEST:
        wanted = schema.get("required", [])
        return {
            name: example(document, inner, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if name in wanted or (not wanted and inner.get("examples"))
        }
    if schema.get("type") == "array":
        return [example(document, schema["items"], depth + 1)] if depth < DEEPEST else []
    return {"string": "…", "integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""))
