"""What keeps private, forbidden and wrong things in: personal data, rails on replies, screening
of what comes in, consent. Values in, values out; no database."""
