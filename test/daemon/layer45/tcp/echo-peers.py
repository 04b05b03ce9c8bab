"""Clients and a server that answers with what it gets: so many exchanges of random sizes over connections of random lengths, from several
clients at once; prints "exchanges True" when every byte came back in its place, and what went wrong else.
usage: echo-peers.py ADDRESS PORT CLIENTS EXCHANGES"""
import os, random, socket, sys, threading

address, port, clients, exchanges = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
done, wrong = [0] * clients, []

def echo(s):
    while data := s.recv(65536): s.sendall(data)
    s.close()

def serve():
    while True: threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()

def exchange(s, data):
    sending = threading.Thread(target=s.sendall, args=(data,))
    sending.start()
    got = b""
    while len(got) < len(data):
        part = s.recv(65536)
        if not part: raise EOFError(f"{len(got)} of {len(data)} bytes came back")
        got += part
    sending.join()
    if got != data: raise ValueError(f"{len(data)} other bytes came back")

def client(number):
    choice = random.Random(number)
    try:
        while done[number] < exchanges:
            s = socket.create_connection((address, port))
            s.settimeout(60)
            for _ in range(choice.choice([1, 5, 100])):
                exchange(s, os.urandom(choice.choice([1, 100, 5000, 200000])))
                done[number] += 1
            s.shutdown(socket.SHUT_WR)
            if s.recv(1): raise ValueError("more came than was to come")
            s.close()
    except Exception as error: wrong.append(f"client {number}: {error!r}")

threading.Thread(target=serve, daemon=True).start()
threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
for each in threads: each.start()
for each in threads: each.join()
print("\n".join(wrong) if wrong else f"exchanges {sum(done) >= clients * exchanges}", flush=True)
os._exit(0)
