-- Translating the source address for outgoing packets (packetscript, listing 4.1).
function process_packet_snat(p)
    local ip = p:data(packet_eth):data(packet_ip)
    if not ip then return NF_DROP end

    ip:saddr():set("10.1.0.1")

    return XT_CONTINUE
end
