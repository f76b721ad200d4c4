"""What the office tells everybody (公告), and what people ask it (答疑)."""
