"""What is declared in `deploy/`, what is deployed, how they differ, and the commands between."""
