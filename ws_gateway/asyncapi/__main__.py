"""Print the document in the form of `docs/asyncapi.json`: `python -m ws_gateway.asyncapi`."""

import sys

import msgspec

from ws_gateway.asyncapi.document import document_json

sys.stdout.write(msgspec.json.format(document_json(), indent=2).decode() + "\n")
