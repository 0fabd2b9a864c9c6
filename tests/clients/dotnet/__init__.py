"""The .NET package and its samples, compiled and run under Mono."""
