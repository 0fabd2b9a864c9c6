"""The room engine: a Redis Functions library, and typed methods that call its functions.

docs/architecture.md lists each function of the library's parts (`functions/<part>.lua`) with the
method that calls it.
"""
