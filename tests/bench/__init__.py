"""Benchmarks: measure the two services from outside, against baselines in the same run."""
