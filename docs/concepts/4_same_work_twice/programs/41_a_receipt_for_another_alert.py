receipts = {}


def ring(key, text):
    if key not in receipts:
        print("rings:", text)
        receipts[key] = f"receipt-{len(receipts) + 1}"
    return receipts[key]


print(ring("disk-7, revision 1", "92 % full"))
print(ring("disk-7, revision 1", "on fire"))
