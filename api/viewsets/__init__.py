"""The resources that administrators read and write: people, organisation, audiences, audit events."""
