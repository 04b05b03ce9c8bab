-- Wireshark's inverse of the customization app-tag: shows whose a datagram is, or a stream at its first bytes. On the ports below
-- what stands behind the tag goes to whom it would have gone without one.
local udp_ports, tcp_ports = { 53 }, { 80, 443, 8000, 8080 }
local fixed_bytes, check_bytes, texts = 10, 4, 3

local app = Proto("netloom_app", "Netloom: application")
local fields = {
  process = ProtoField.uint32("netloom_app.process", "Process"),
  group = ProtoField.string("netloom_app.group", "Process name"),
  task = ProtoField.string("netloom_app.task", "Thread name"),
  label = ProtoField.string("netloom_app.label", "Label"),
}
app.fields = fields

-- FNV-1a. Numbers here are doubles: the product stays exact in two parts.
local function fnv(range)
  local hash = 0x811c9dc5
  for i = 0, range:len() - 1 do
    hash = bit32.bxor(hash, range(i, 1):uint())
    hash = (hash * 0x193 + (hash % 256) * 0x1000000) % 0x100000000
  end
  return hash
end

-- Length of the tag that the bytes begin with, or nil.
local function tag_length(tvb)
  if tvb:len() < fixed_bytes + texts + check_bytes then return nil end
  if tvb(0, 1):uint() ~= 0xf5 or tvb(1, 3):string() ~= "NL4" or tvb(4, 1):uint() ~= 5 then return nil end
  local length = tvb(5, 1):uint()
  if length < fixed_bytes + texts + check_bytes or length > tvb:len() then return nil end
  if tvb(length - check_bytes, check_bytes):uint() ~= fnv(tvb(0, length - check_bytes)) then return nil end
  return length
end

local function show(tvb, length, tree)
  local branch = tree:add(app, tvb(0, length))
  branch:add(fields.process, tvb(6, 4))
  local at = fixed_bytes
  for _, field in ipairs({ fields.group, fields.task, fields.label }) do
    local size = tvb(at, 1):uint()
    if at + 1 + size > length - check_bytes then return "?" end
    if size > 0 then branch:add(field, tvb(at + 1, size)) end
    at = at + 1 + size
  end
  return tvb(fixed_bytes + 1, tvb(fixed_bytes, 1):uint()):string()
end

local before = { [6] = {}, [17] = {} }

function app.dissector(tvb, pinfo, tree)
  local table = before[pinfo.port_type == 2 and 6 or 17]
  local other = table[pinfo.dst_port] or table[pinfo.src_port]
  local length = tag_length(tvb)
  if length == nil then return other and other:call(tvb, pinfo, tree) or 0 end
  local group = show(tvb, length, tree)
  if other and tvb:len() > length then other:call(tvb(length):tvb(), pinfo, tree) end
  pinfo.cols.info:append(" [" .. group .. "]")
  return tvb:len()
end

local function heuristic(tvb, pinfo, tree)
  if tag_length(tvb) == nil then return false end
  app.dissector(tvb, pinfo, tree)
  return true
end

for number, list in pairs({ [6] = tcp_ports, [17] = udp_ports }) do
  local name = number == 6 and "tcp" or "udp"
  for _, port in ipairs(list) do
    before[number][port] = DissectorTable.get(name .. ".port"):get_dissector(port)
    DissectorTable.get(name .. ".port"):add(port, app)
  end
  app:register_heuristic(name, heuristic)
end
