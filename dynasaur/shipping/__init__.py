"""Actions as other programs take them: Agent Skills, function schemas, a Python package."""
