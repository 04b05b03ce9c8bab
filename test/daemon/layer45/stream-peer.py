"""An event-driven peer: serves or fetches so many bytes each way, and prints the SHA-256 of what it sent and received.
usage: stream-peer.py serve|fetch PORT BYTES [ROUNDS [PAUSE]]"""
import hashlib, os, select, socket, sys, time

role, port, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 1
pause = float(sys.argv[5]) if len(sys.argv) > 5 else 0
block = bytes(i * 7 % 251 for i in range(65536))

def put(s, n, h):
    while n:
        part = memoryview(block)[: min(n, len(block))]
        h.update(part)
        n -= len(part)
        while part:
            try: part = part[s.send(part):]
            except BlockingIOError: select.select([], [s], [])

def get(s, n, h):
    while n:
        select.select([s], [], [])
        try: got = s.recv(min(n, 1 << 18))
        except BlockingIOError: continue
        if not got: sys.exit(f"{role}: the stream ended {n} bytes early")
        h.update(got)
        n -= len(got)

def ended(s):
    select.select([s], [], [])
    return s.recv(1) == b""

def talk(s):
    s.setblocking(False)
    sent, received = hashlib.sha256(), hashlib.sha256()
    for turn in range(rounds):
        if turn and role == "fetch": time.sleep(pause)
        for step in (put, get) if role == "fetch" else (get, put):
            step(s, size, sent if step is put else received)
    if role == "fetch":
        s.shutdown(socket.SHUT_WR)
        print("ended" if ended(s) else "more")
    elif not ended(s): sys.exit("serve: more than was to come")
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
    while True:
        s, _ = listener.accept()
        talk(s)
