"""mockfire: a stand-in for ChatfireAPI's image endpoint, and its contract tests."""
