"""What live sessions still carry, against what a refresh would say now."""
