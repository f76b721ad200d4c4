"""The live engine: tickets, streams, and the two ways that hints travel."""
