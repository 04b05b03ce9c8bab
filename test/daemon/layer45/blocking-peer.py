"""A peer whose reads block: sends so many bytes and waits for as many, so many times, and prints the SHA-256 of both.
usage: blocking-peer.py serve|fetch PORT BYTES ROUNDS"""
import hashlib, socket, sys

role, port, size, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
block = bytes(i * 7 % 251 for i in range(size))

def get(s, h):
    left = size
    while left:
        got = s.recv(min(left, 5 if left == size else 1 << 16))
        if not got: sys.exit(f"{role}: the stream ended {left} bytes early")
        h.update(got)
        left -= len(got)

def put(s, h):
    s.sendall(block)
    h.update(block)

def talk(s):
    sent, received = hashlib.sha256(), hashlib.sha256()
    for _ in range(rounds):
        for step in (put, get) if role == "fetch" else (get, put):
            step(s, sent if step is put else received)
    s.close()
    print(sent.hexdigest(), received.hexdigest(), flush=True)

if role == "fetch":
    talk(socket.create_connection(("127.0.0.1", port)))
else:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    print("listening", flush=True)
    talk(listener.accept()[0])
