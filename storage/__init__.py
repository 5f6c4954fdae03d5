"""Everything that outlives a process: database, objects, keys, the append-only log, the outbox. See README.md."""
