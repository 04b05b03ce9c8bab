-- Wireshark's inverse of the customization tls-dialect: shows which records of TLS carry a tag, and hands the records without them to
-- the dissector of TLS, which can decrypt them given the keys of the connection.
local ports = { 443, 8443 }
local head_bytes, tag_bytes = 5, 32
local magic = ByteArray.new("f54e4c3406")

local dialect = Proto("netloom_tls", "Netloom: TLS in a dialect")
local fields = { text = ProtoField.string("netloom_tls.tag", "Tag") }
dialect.fields = fields

local before = {}

-- Length of the record at `at` with its header, or nil when this is no TLS.
local function record_bytes(tvb, at)
  local kind = tvb(at, 1):uint()
  if kind < 20 or kind > 24 or tvb(at + 1, 1):uint() ~= 3 then return nil end
  return head_bytes + tvb(at + 3, 2):uint()
end

local function wait(pinfo, at, bytes)
  pinfo.desegment_offset = at
  pinfo.desegment_len = bytes
end

-- Adds one record without its tag to `plain`, and tells of the tag.
local function take(tvb, at, length, plain, tree)
  local is_tagged = tvb(at, 1):uint() == 23 and length >= head_bytes + tag_bytes and tvb(at + head_bytes, 5):bytes() == magic
  if not is_tagged then
    plain:append(tvb(at, length):bytes())
    return false
  end
  local tag = at + head_bytes
  local text = tvb(tag + 6, math.min(tvb(tag + 5, 1):uint(), 18))
  tree:add(dialect, tvb(tag, tag_bytes), "Netloom: tag " .. text:string()):add(fields.text, text)
  local body = length - head_bytes - tag_bytes
  plain:append(tvb(at, 3):bytes())
  plain:append(ByteArray.new(string.format("%04x", body)))
  if body > 0 then plain:append(tvb(tag + tag_bytes, body):bytes()) end
  return true
end

function dialect.dissector(tvb, pinfo, tree)
  local plain = ByteArray.new()
  local at, tagged = 0, 0
  while at < tvb:len() do
    if tvb:len() - at < head_bytes then
      wait(pinfo, at, DESEGMENT_ONE_MORE_SEGMENT)
      break
    end
    local length = record_bytes(tvb, at)
    if length == nil then break end
    if tvb:len() - at < length then
      wait(pinfo, at, length - (tvb:len() - at))
      break
    end
    if take(tvb, at, length, plain, tree) then tagged = tagged + 1 end
    at = at + length
  end
  local other = before[pinfo.dst_port] or before[pinfo.src_port] or Dissector.get("tls")
  if at == 0 then
    if pinfo.desegment_len == 0 then return other:call(tvb, pinfo, tree) end
    return tvb:len()
  end
  local waits, offset = pinfo.desegment_len, pinfo.desegment_offset
  Dissector.get("tls"):call(tagged > 0 and plain:tvb("TLS without its tags") or tvb(0, at):tvb(), pinfo, tree)
  pinfo.desegment_len, pinfo.desegment_offset = waits, offset
  if tagged > 0 then pinfo.cols.info:append(" [" .. tagged .. " records in a dialect]") end
  return tvb:len()
end

for _, port in ipairs(ports) do
  before[port] = DissectorTable.get("tcp.port"):get_dissector(port)
  DissectorTable.get("tcp.port"):add(port, dialect)
end
