"""The inspection case (检查任务单): commands in, events or a refusal out. The five steps: 海市监发〔2019〕52号 二(四)."""
