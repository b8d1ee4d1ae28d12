"""Mails to people: plain text in their language, sent after the commit."""
