"""What outsiders verify a draw with: one file that needs nothing of this project."""
