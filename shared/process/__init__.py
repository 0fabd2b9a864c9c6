"""What any process of ours needs: settings, logs, metrics, tasks."""
