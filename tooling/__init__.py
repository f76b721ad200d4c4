"""What `./dev` does, room by room, with the standard library alone; no part of the product."""
