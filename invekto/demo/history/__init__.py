"""Eight weeks of demo history: what the pages show before anybody has written today."""
