"""What `/openapi.json` says, as a page that people read: every route, what it takes, what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.rendering.html_templates import render
from assistant.rendering.links import PlainLinks
from assistant.rendering.plain.pages import Head, Site

_METHODS = ("get", "post")
_REFERENCE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Type:
    """A type in words; `name` is the one of the types on the page that it is made of, or None."""

    text: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, a field, or the body of a response.

    Attributes:
        name: Its name, or the status of a response.
        where: Where it stands: "query", "path", "header"; empty for a field.
        type: Its type; None where there is no body.
        note: What it is.
        is_required: Whether it has to be there.
    """

    name: str
    where: str
    type: Type | None
    note: str
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Operation:
    """A route with one method."""

    method: str
    path: str
    summary: str
    needs_token: bool
    takes: tuple[Value, ...]
    body: Type | None
    answers: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A type with its fields."""

    name: str
    note: str
    fields: tuple[Value, ...]
    values: tuple[str, ...]


def api_html(description: Mapping[str, Any], site: Site) -> str:
    """Return the page for an OpenAPI description.

    Args:
        description: As `/openapi.json` has it.
        site: What all pages of the server have in common.
    """
    return render(
        "plain/api.html",
        site=site,
        head=Head("For programs", None, ""),
        generation=None,
        language=None,
        links=PlainLinks(site.root),
        operations=operations(description),
        records=records(description),
    )


def operations(description: Mapping[str, Any]) -> list[Operation]:
    """Return all routes, each with what it takes and answers."""
    return [
        Operation(
            method.upper(),
            path,
            str(details.get("summary", "")),
            bool(details.get("security")),
            tuple(map(_parameter, details.get("parameters", ()))),
            _type_of(_content(details.get("requestBody", {}))),
            tuple(_answer(status, each) for status, each in details["responses"].items()),
        )
        for path, methods in description["paths"].items()
        for method, details in methods.items()
        if method in _METHODS
    ]


def records(description: Mapping[str, Any]) -> list[Record]:
    """Return all types that have a name, in the order of the alphabet."""
    schemas: Mapping[str, Any] = description.get("components", {}).get("schemas", {})
    return [
        Record(
            name,
            str(schema.get("description", "")),
            tuple(_fields(schema)),
            tuple(map(str, schema.get("enum", ()))),
        )
        for name, schema in sorted(schemas.items())
    ]


def _fields(schema: Mapping[str, Any]) -> Iterator[Value]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield Value(name, "", _type_of(field), str(field.get("description", "")), name in required)


def _parameter(parameter: Mapping[str, Any]) -> Value:
    note = str(parameter.get("description", parameter["schema"].get("description", "")))
    is_required = bool(parameter.get("required"))
    return Value(parameter["name"], parameter["in"], _type_of(parameter["schema"]), note, is_required)


def _answer(status: str, response: Mapping[str, Any]) -> Value:
    return Value(status, "", _type_of(_content(response)), str(response.get("description", "")))


def _content(of: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = of.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _type_of(schema: Mapping[str, Any]) -> Type | None:
    return _type(schema) if schema else None


def _type(schema: Mapping[str, Any]) -> Type:
    """Return a type in words: "list of Hit", "text or null", "number from 1 to 50"."""
    if (reference := schema.get("$ref")) is not None:
        name = str(reference).removeprefix(_REFERENCE)
        return Type(name, name)
    if "anyOf" in schema:
        inner = [_type(each) for each in schema["anyOf"]]
        return Type(" or ".join(each.text for each in inner), next((each.name for each in inner if each.name), None))
    if "const" in schema or "enum" in schema:
        return Type(" or ".join(f'"{each}"' for each in schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        of = _type(schema.get("items", {}))
        return Type(f"list of {of.text}", of.name)
    return Type(f"{_WORDS.get(schema.get('type', ''), 'any value')}{_bounds(schema)}")


_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}


def _bounds(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f" from {least} to {most}"
    longest = schema.get("maxLength")
    return f" of at most {longest} characters" if longest is not None else ""
