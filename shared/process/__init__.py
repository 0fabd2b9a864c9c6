"""What every Streamario process needs: settings, logs, metrics, tasks."""
