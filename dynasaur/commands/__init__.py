"""One subcommand each: parse, wire, print."""
