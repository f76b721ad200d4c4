"""The people on screen: who appears in a work, what each of them agreed to, and until when."""
