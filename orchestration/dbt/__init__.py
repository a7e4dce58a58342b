"""The dbt project as Dagster runs it: runs, results, and how its nodes become assets."""
