"""The versioned API, one file a resource."""
