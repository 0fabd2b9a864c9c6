"""The Python game client, against real gateways."""
