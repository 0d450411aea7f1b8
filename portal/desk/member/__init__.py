"""One member: found, answered, and kept on record who looked."""
