"""Benchmarks: each measures its subject against a baseline, in turn, in the same run."""
