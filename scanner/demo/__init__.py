"""A small synthetic company to try Fodspor on; nothing here is about anybody who lives."""
