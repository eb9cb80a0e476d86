"""What is asked of tables that have no models? The query builder's words, and what they mean."""
