"""JSON for actions: the schemas of a signature, and JSON values as arguments in Python's source."""

from dynasaur.schemas.signature import arguments_of, inputs_of, literal, output_of

__all__ = ["arguments_of", "inputs_of", "literal", "output_of"]
