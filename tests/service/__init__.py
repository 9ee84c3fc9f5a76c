"""The door: what is asked, who asks, and what is answered."""
