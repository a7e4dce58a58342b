"""`make reconcile`: figures that people had before, beside ours, with the rule that makes the difference."""
