"""What was booked and ridden, knowing nothing of campaigns."""
