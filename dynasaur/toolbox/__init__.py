"""Tools that other programs serve by the Model Context Protocol, as actions and as calls."""
