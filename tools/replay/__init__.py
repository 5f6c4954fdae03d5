"""The five-year report as cases: a seeded plan, loaded in bulk, and a sample walked through every act."""
