"""The tenant's knowledge: from an uploaded file or a written FAQ to a cited answer."""
