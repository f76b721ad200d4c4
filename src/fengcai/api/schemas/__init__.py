"""What goes over the wire, resource by resource. Made from the rows of queries, never from models."""
