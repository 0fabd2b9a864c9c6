"""What people see: viewers' page, console, overlay."""
