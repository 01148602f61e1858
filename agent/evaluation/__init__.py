"""What was built, measured against what is known to be true."""
