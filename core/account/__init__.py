"""The pages of a staff account: sign-in, second factor, password, sessions."""
