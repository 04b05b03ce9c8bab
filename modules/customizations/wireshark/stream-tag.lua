-- Wireshark's inverse of the customization stream-tag: shows the tags of a stream, and hands what lies between them to whom the
-- stream would have gone without them. On the ports below; elsewhere a stream is recognized where a segment begins with a tag.
local ports = { 80, 8000, 8080 }
local header_bytes = 32
local magic = ByteArray.new("f54e4c3404")

local stream = Proto("netloom_stream", "Netloom: tagged stream")
local fields = {
  text = ProtoField.string("netloom_stream.tag", "Tag"),
  length = ProtoField.uint32("netloom_stream.length", "Bytes behind it"),
}
stream.fields = fields

-- Whether a tag begins at `at`; nil when that cannot be told before more bytes come.
local function is_tag(tvb, at)
  local here = tvb:len() - at
  local compared = math.min(here, magic:len())
  if tvb(at, compared):bytes() ~= magic:subset(0, compared) then return false end
  if here < header_bytes then return nil end
  return true
end

local before = {}

-- Asks for the rest of what begins at `at`.
local function wait(pinfo, at, bytes)
  pinfo.desegment_offset = at
  pinfo.desegment_len = bytes or DESEGMENT_ONE_MORE_SEGMENT
end

function stream.dissector(tvb, pinfo, tree)
  local plain = ByteArray.new()
  local at, frames, name = 0, 0, ""
  local branch
  while at < tvb:len() do
    local tag = is_tag(tvb, at)
    if tag == nil then
      wait(pinfo, at)
      break
    end
    if tag == false then break end
    local length = tvb(at + 24, 4):uint()
    if tvb:len() - at - header_bytes < length then
      wait(pinfo, at, length - (tvb:len() - at - header_bytes))
      break
    end
    branch = branch or tree:add(stream, tvb())
    local text = tvb(at + 6, math.min(tvb(at + 5, 1):uint(), 18))
    name = text:string()
    local shown = branch:add(stream, tvb(at, header_bytes), "Tag " .. name)
    shown:add(fields.text, text)
    shown:add(fields.length, tvb(at + 24, 4))
    plain:append(tvb(at + header_bytes, length):bytes())
    at = at + header_bytes + length
    frames = frames + 1
  end
  local other = before[pinfo.dst_port] or before[pinfo.src_port]
  local waits = pinfo.desegment_len
  if frames == 0 then
    if waits == 0 and other then return other:call(tvb, pinfo, tree) end
    return tvb:len()
  end
  if other then other:call(plain:tvb("Stream without its tags"), pinfo, tree) end
  -- What the other asks for is meant for the stream without tags; only our own wait is for this one.
  pinfo.desegment_len = waits
  pinfo.desegment_offset = at
  pinfo.cols.info:append(" [" .. frames .. " tags " .. name .. "]")
  return tvb:len()
end

for _, port in ipairs(ports) do
  before[port] = DissectorTable.get("tcp.port"):get_dissector(port)
  DissectorTable.get("tcp.port"):add(port, stream)
end
stream:register_heuristic("tcp", function(tvb, pinfo, tree)
  if is_tag(tvb, 0) ~= true then return false end
  stream.dissector(tvb, pinfo, tree)
  pinfo.conversation = stream
  return true
end)
