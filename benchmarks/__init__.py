"""What it must reach, against what, measured in one run: docs/numbers.md."""
