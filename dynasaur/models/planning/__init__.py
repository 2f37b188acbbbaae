"""Parts of the built-in planner: reading, searching, judging and writing compositions."""
