"""The editors' YAML: its models, its loading with line numbers, its checks."""
