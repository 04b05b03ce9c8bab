-- Wireshark's inverse of the customization dns-compress: shows the whole query of DNS that a compressed one stands for. What
-- is none goes to whom it went before.
local ports = { 53 }
local head_bytes = 5
local types = { [0] = "0001", [1] = "001c" }

local compressed = Proto("netloom_dns_compress", "Netloom: compressed DNS")
local fields = {
  id = ProtoField.uint16("netloom_dns_compress.id", "Transaction ID", base.HEX),
  saved = ProtoField.uint16("netloom_dns_compress.saved", "Bytes saved"),
}
compressed.fields = fields

-- FNV-1a over bytes of a range, from what it made of those before. Numbers here are doubles: the product stays exact in two parts.
local function fnv(range, hash)
  for i = 0, range:len() - 1 do
    hash = bit32.bxor(hash, range(i, 1):uint())
    hash = (hash * 0x193 + (hash % 256) * 0x1000000) % 0x100000000
  end
  return hash
end

-- Where the name that begins at `at` ends, its last zero included; nil when it is malformed.
local function name_end(tvb, at)
  while at < tvb:len() do
    local label = tvb(at, 1):uint()
    if label > 63 then return nil end
    at = at + label + 1
    if label == 0 then return at end
  end
  return nil
end

-- The whole query as hexadecimal text, or nil when this is none of ours.
local function restored(tvb)
  if tvb:len() <= head_bytes then return nil end
  local flags = tvb(2, 1):uint()
  local code = bit32.rshift(flags, 5)
  if code > 2 or flags > 0x5f then return nil end
  local name = head_bytes + (code == 2 and 2 or 0)
  if name_end(tvb, name) ~= tvb:len() then return nil end
  local hash = fnv(tvb(head_bytes), fnv(tvb(0, 3), 0x811c9dc5))
  if bit32.band(bit32.bxor(hash, bit32.rshift(hash, 16)), 0xffff) ~= tvb(3, 2):uint() then return nil end
  local bits = (bit32.btest(flags, 1) and 0x100 or 0) + (bit32.btest(flags, 2) and 0x20 or 0) + (bit32.btest(flags, 4) and 0x10 or 0)
  local edns = bit32.btest(flags, 8)
  local kind = types[code] or tvb(head_bytes, 2):bytes():tohex()
  local hex = tvb(0, 2):bytes():tohex() .. string.format("%04x", bits) .. "000100000000" .. (edns and "0001" or "0000")
  hex = hex .. tvb(name):bytes():tohex() .. kind .. "0001"
  if edns then hex = hex .. "00002904d00000" .. (bit32.btest(flags, 16) and "8000" or "0000") .. "0000" end
  return hex
end

local before = {}

function compressed.dissector(tvb, pinfo, tree)
  local hex = restored(tvb)
  if hex == nil then
    local other = before[pinfo.dst_port] or before[pinfo.src_port] or Dissector.get("dns")
    return other:call(tvb, pinfo, tree)
  end
  local branch = tree:add(compressed, tvb())
  branch:add(fields.id, tvb(0, 2))
  branch:add(fields.saved, #hex / 2 - tvb:len()):set_generated()
  Dissector.get("dns"):call(ByteArray.new(hex):tvb("DNS in whole"), pinfo, tree)
  pinfo.cols.protocol = "DNS compressed"
  return tvb:len()
end

for _, port in ipairs(ports) do
  before[port] = DissectorTable.get("udp.port"):get_dissector(port)
  DissectorTable.get("udp.port"):add(port, compressed)
end
