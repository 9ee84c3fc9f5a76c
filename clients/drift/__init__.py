"""What is declared, what is deployed, what runs and what is stored, beside this checkout."""
