"""The form that an answer must have: words for the model, a JSON schema, or both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dynasaur.errors import ConfigError, MissingExtraError
from dynasaur.types import Json

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer must look like.

    Attributes:
        words: An instruction in words; a second request to the model puts the answer into this
            form. Empty where the schema says it all.
        schema: A JSON schema that the answer is held to; None for none.
    """

    words: str = ""
    schema: Mapping[str, Any] | None = None

    def told(self) -> str:
        """The form, as the model is told of it."""
        if self.schema is None:
            return self.words
        schema = json.dumps(self.schema, ensure_ascii=False)
        return f"a value whose JSON fits this JSON schema: {schema}"

    def check(self) -> None:
        """See that the schema is one.

        Raises:
            ConfigError: It is not.
            MissingExtraError: The package that judges schemas is not installed.
        """
        if self.schema is not None:
            import jsonschema.exceptions

            try:
                _validator(self.schema).check_schema(self.schema)
            except jsonschema.exceptions.SchemaError as error:
                where = "/".join(map(str, error.absolute_path)) or "its top"
                raise ConfigError(
                    f"this is no JSON schema: at {where}: {_line(error.message)}"
                ) from None

    def problem(self, answer: Json) -> str:
        """Why an answer does not fit the schema; empty when it does, or there is none.

        Raises:
            ConfigError: The schema refers to something that is not in it.
        """
        if self.schema is None:
            return ""
        import referencing.exceptions

        try:
            errors = list(_validator(self.schema).iter_errors(answer))
        except referencing.exceptions.Unresolvable as error:
            line = f"the JSON schema refers to what is not in it: {_line(str(error))}"
            raise ConfigError(line) from None
        found = [f"{error.json_path}: {_line(error.message)}" for error in errors[:_SHOWN]]
        more = f" (and {len(errors) - _SHOWN} more)" if len(errors) > _SHOWN else ""
        return "; ".join(found) + more


def _validator(schema: Mapping[str, Any]) -> Any:
    """A validator that never fetches a schema from anywhere."""
    try:
        from jsonschema.validators import Draft202012Validator, validator_for
        from referencing import Registry
    except ImportError:
        raise MissingExtraError("JSON schemas need the package jsonschema") from None
    return validator_for(schema, default=Draft202012Validator)(schema, registry=Registry())


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 300 else f"{text[:300]} ..."
