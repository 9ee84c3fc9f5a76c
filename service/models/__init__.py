"""What is asked and answered over HTTP; the commands read the same answers."""
