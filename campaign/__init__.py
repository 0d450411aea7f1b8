"""The terms, and which bookings count under them."""
