def next_delay(attempt):
    return min(60.0, 2.0 * 2.0 ** (attempt - 1))


for attempt in (1, 5, 6, 1024, 1025):
    try:
        print(f"attempt {attempt}: wait {next_delay(attempt):g} s")
    except OverflowError:
        print(f"attempt {attempt}: OverflowError")
