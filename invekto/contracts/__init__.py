"""The words all rooms share, frozen early: values only, no input or output."""
