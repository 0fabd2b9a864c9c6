"""The pages: viewers' page, console, overlay."""
