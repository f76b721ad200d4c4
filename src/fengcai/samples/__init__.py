"""Sample works and demo editions, made through the public actions and over HTTP."""
