class Phone:
    rang = 0

    def ring(self, text):
        self.rang += 1
        if self.rang == 1:
            raise TimeoutError("no answer within 5 s")
        return "accepted"


phone = Phone()
for attempt in (1, 2, 3):
    try:
        print(attempt, phone.ring("disk-7 is full"))
        break
    except TimeoutError as failed:
        print(attempt, failed)
print("incidents: 1, rings:", phone.rang)
