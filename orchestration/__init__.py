"""Loads raw files, builds the dbt models, scores account health and publishes the marts."""
