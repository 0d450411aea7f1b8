"""Tests of the staff desk, part by part."""
