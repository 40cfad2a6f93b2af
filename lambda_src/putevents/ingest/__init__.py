"""The one sequence behind every door: validate, deliver, settle, queue the rest."""
