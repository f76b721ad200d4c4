"""300 units submit in the last minute: a real web process, HTTP, embedded engines."""
