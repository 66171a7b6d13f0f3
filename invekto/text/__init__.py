"""Text as customers type it: normalisation, language, suffixes, times, numbers and money."""
