def call(breaks_at, rings):
    for place in ("door", "way there", "phone", "way back"):
        if place == breaks_at:
            raise ConnectionError("broken")
        if place == "phone":
            rings.append("disk-7")
    return "accepted"


for place in ("door", "way there", "way back"):
    rings = []
    try:
        call(place, rings)
    except ConnectionError as error:
        print(f"{place:9}  the caller sees: {error}, rings: {len(rings)}")
