"""Answer questions from the index: findings, one person's places, reports. Reads only."""
