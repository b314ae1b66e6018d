"""Words to people about what watch mode flagged: employee, IT, officers. Holds no found value."""
