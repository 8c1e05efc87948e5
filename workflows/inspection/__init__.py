"""The inspection case (检查任务单): commands in, events or a refusal out. The five steps: 002 二(四)."""
