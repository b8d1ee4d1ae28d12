"""What the next token of a person says, claim by claim, why, and since when."""
