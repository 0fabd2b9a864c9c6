"""The Unity package, compiled and run under Mono."""
