"""The rules that every action keeps: the same for a run's gate, `dynasaur check` and review."""
