"""What `./dev bench inspect lookalike` runs: labelled sets made here, and what the checks say of them."""
