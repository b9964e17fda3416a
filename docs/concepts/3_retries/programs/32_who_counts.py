class ThreeAttempts:
    failures = 0

    def should_retry(self, attempt, error):
        self.failures += 1
        return self.failures < 3


policy = ThreeAttempts()
for call in ("api", "db", "disk"):
    attempt = 1
    while policy.should_retry(attempt, ConnectionError()):
        attempt += 1
    print(f"{call} fails for ever: attempts: {attempt}")
