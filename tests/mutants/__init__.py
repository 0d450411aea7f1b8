"""Lines that a hurried colleague might write, and whether a fast test notices each of them."""
