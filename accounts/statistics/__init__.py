"""The dashboard's numbers: counts of audit events, rolled up, and figures that take long (ADR 0034)."""
