"""What `python3 course.py` does when there is nothing but Python: it makes .venv whole, or says why not."""
