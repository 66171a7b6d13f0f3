"""What is named in a message: numbers, sizes, colours, places, reasons, the tenant's own names."""
