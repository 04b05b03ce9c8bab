-- Wireshark: messages that are only counted are plain DNS.
DissectorTable.get("udp.port"):add(53, Dissector.get("dns"))
