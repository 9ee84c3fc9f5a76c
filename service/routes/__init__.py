"""What can be asked, a file a subject."""
