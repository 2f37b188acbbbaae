"""How an answer is judged: one scorer a file."""
