"""The pages, one Django app per audience. Audiences share nothing but `web.shared`."""
