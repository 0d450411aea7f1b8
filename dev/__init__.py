"""What a developer's machine has and production never."""
