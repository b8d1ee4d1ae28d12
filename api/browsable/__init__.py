"""What a person sees of the API in a browser: forms, words and readable JSON."""
