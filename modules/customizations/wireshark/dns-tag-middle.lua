-- Wireshark's inverse of the customization dns-tag-middle: shows the tag in a
-- query of DNS, and the query as if there were none. What carries no such tag goes to whom it went before.
local ports = { 53 }
local tag_bytes, kind = 32, 2

local tagged = Proto("netloom_dns_middle", "Netloom: DNS with a tag in it")
local fields = {
  text = ProtoField.string("netloom_dns_middle.tag", "Tag"),
  check = ProtoField.bytes("netloom_dns_middle.check", "Check"),
}
tagged.fields = fields

-- Where the tag stands, or nil.
local function tag_at(tvb)
  local at = 12
  if tvb:len() < at + tag_bytes then return nil end
  if tvb(at, 1):uint() ~= 0xf5 or tvb(at + 1, 3):string() ~= "NL4" or tvb(at + 4, 1):uint() ~= kind then return nil end
  if tvb(at + 5, 1):uint() > 18 then return nil end
  return at
end

-- The message without its tag.
local function without(tvb, at)
  local plain = ByteArray.new()
  if at > 0 then plain:append(tvb(0, at):bytes()) end
  if tvb:len() > at + tag_bytes then plain:append(tvb(at + tag_bytes):bytes()) end
  return plain:tvb("DNS without its tag")
end

local before = {}

function tagged.dissector(tvb, pinfo, tree)
  local at = tag_at(tvb)
  if at == nil then
    local other = before[pinfo.dst_port] or before[pinfo.src_port] or Dissector.get("dns")
    return other:call(tvb, pinfo, tree)
  end
  local text = tvb(at + 6, tvb(at + 5, 1):uint())
  local branch = tree:add(tagged, tvb(at, tag_bytes), "Netloom: tag " .. text:string())
  branch:add(fields.text, text)
  branch:add(fields.check, tvb(at + 24, 8))
  Dissector.get("dns"):call(without(tvb, at), pinfo, tree)
  pinfo.cols.protocol = "DNS " .. text:string()
  return tvb:len()
end

for _, port in ipairs(ports) do
  before[port] = DissectorTable.get("udp.port"):get_dissector(port)
  DissectorTable.get("udp.port"):add(port, tagged)
end
