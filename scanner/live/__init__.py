"""Read one document live, for eyes that may see its values. Stores nothing, logs nothing."""
