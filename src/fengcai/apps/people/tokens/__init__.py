"""Keys for programs: what one may do with them, how they are made, used and taken back."""
