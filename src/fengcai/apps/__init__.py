"""The Django contexts, in the order of a work's life. Each: models · actions · queries · rules."""
