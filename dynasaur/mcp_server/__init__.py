"""The library as an MCP server: each action a tool, called in the sandbox."""
