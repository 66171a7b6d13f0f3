"""The room's data files, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from invekto.errors import BadData


@cache
def resource(name: str) -> Any:
    """The parsed YAML file `name` of this room, for instance `grammar/tr.yaml`.

    Raises:
        BadData: the file is not valid YAML.
    """
    source = files("invekto.text").joinpath(name).read_text("utf-8")
    try:
        return parsed(source)
    except yaml.YAMLError as error:
        raise BadData(f"text/{name} is not valid YAML: {error}", file=name) from error


def parsed(source: str) -> Any:
    """A YAML text as data: by libyaml where it is there, ten times as fast. Raises YAMLError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(source, Loader=loader)  # noqa: S506 - a safe loader either way
