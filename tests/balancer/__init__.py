"""The real HAProxy with the very file that is deployed, in front of real services."""
