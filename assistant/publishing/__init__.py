"""From an edited article to a published generation: preview, lint, import, rebuild, watch."""
