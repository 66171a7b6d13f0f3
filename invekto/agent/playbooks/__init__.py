"""Playbooks: what an intent needs, which tools it reads, what it proposes and says. Data only."""
