"""The addresses of the API, resource by resource. A view parses, calls, answers."""
