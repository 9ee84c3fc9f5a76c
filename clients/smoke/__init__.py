"""`tipoff smoke`: what has just been deployed is asked whether it works, and whether it is it."""
