"""The room engine: a Redis Functions library, and typed methods that call its functions.

A part of the library (`functions/<part>.lua`) has the name of the module that calls its functions,
unless that module is `engine` or `moderation`. docs/architecture.md lists each function with the
method that calls it.
"""
