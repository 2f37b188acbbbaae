"""The ways to ask an endpoint: chat completions, and the Responses API."""
