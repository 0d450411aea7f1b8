"""What waits for a second person, in words, and the decision."""
