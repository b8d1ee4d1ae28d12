"""The account pages: what a person does about their password and their address, without JavaScript."""
