"""The Jupyter kernel that runs the code: client, sandbox, and the part that lives inside it."""
