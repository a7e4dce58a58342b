"""The truth beside the raw tables: what happened and why, and the key figures that follow from it."""
