"""Commands on bookings and on what they rest on."""
