BUDGET_S = 10.0
TAKES_S = {"api-1": 4.0, "disk-7": 60.0, "disk-8": 60.0}  # two of them hang
for idea in ("the budget", "a third of it", "what is left"):
    passed_s, answered = 0.0, []
    for service, takes_s in TAKES_S.items():
        left_s = BUDGET_S - passed_s
        timeout_s = {"the budget": BUDGET_S, "a third of it": BUDGET_S / 3, "what is left": left_s}[idea]
        passed_s += min(takes_s, timeout_s)
        answered += [service] * (takes_s <= timeout_s)
    print(f"each probe gets {idea:13}  it takes {passed_s:4.1f} s, and {answered} answer")
