"""Print the document, which gateways serve from a file: `python -m clients.asyncapi`."""

import sys

import msgspec

from clients.asyncapi.document import document_json

sys.stdout.write(msgspec.json.format(document_json(), indent=2).decode() + "\n")
