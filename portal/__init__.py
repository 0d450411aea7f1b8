"""The pages that show several apps together; without models, imported only by config."""
