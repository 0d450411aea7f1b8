"""How staff sign in: password, second factor, pauses after wrong ones, sessions that end."""
