"""What tokens say, why, and what a change would do to them: for those who administer; reads and never writes."""
