"""The retry queue and the dead letters behind it."""
