"""What turns messages into a reply: an OpenAI-compatible endpoint, the planner, a script."""
