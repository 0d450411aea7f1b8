"""The portal's commands."""
