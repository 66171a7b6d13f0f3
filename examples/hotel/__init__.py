"""A sector of its own, added without touching invekto: hotels with a property-management system."""
