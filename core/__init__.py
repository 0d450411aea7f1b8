"""What every app stands on, knowing nothing of rail or campaigns."""
