"""`tipoff doctor`: one check after the other of a deployment, none of which changes what stands."""
