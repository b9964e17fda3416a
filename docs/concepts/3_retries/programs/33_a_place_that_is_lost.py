import asyncio

from halfway.kit import run

finding_out = []


async def sample(answers_after_s):
    if finding_out:
        return "rejected"
    finding_out.append("one call")
    await asyncio.sleep(answers_after_s)
    finding_out.clear()
    return "up"


for patience_s, answers_after_s in [(0.01, 5), (1, 0), (1, 0)]:
    try:
        print(run(asyncio.wait_for(sample(answers_after_s), patience_s)))
    except TimeoutError:
        print("the caller gave up")
