"""One function a command; each returns data and prints nothing. The composition root."""
