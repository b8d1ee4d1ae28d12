"""Links in mails: each opens one thing, once, for thirty minutes (ADR 0021)."""
