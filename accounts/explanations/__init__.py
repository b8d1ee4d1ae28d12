"""What tokens say and why, and what a change would do to them: reads, and never writes."""
