"""What lies in each department: the plan of the demo company's files, shelf by shelf."""
