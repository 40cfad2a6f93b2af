"""Pinpoint's rules for endpoints, over any store of items."""
