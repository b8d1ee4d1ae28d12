"""What tokens say, why, and what a change would do to them, for administrators; reads, never writes."""
