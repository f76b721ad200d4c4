"""Audit: the record of every act, one hash chain per contest. It judges and shows nothing."""
