"""What members would see at an instant, and a rehearsal with bookings of before."""
