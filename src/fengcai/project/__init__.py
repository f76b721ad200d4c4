"""Settings, URL map and ASGI entry of one installation."""
