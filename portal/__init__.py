"""What people see across the apps; it holds no models and nothing imports it."""
