"""The HTTP side: API, sign-in, channel webhooks, jobs and delivery."""
