-- What `run` lets Neovim do. Ends with a code of 1 at the first thing that is not so.
local function say(text) io.stdout:write(text .. "\n") end

local function check(what, ok, seen)
  say((ok and "ok: " or "!! not so: ") .. what .. ((not ok and seen) and ("\n" .. vim.inspect(seen)) or ""))
  if not ok then vim.cmd("cquit 1") end
end

local function eventually(what, condition, seen)
  local ok = vim.wait(60000, condition, 50)
  check(what, ok, seen and not ok and seen() or nil)
end

local function lines(buffer) return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n") end

local function ask(method, parameters)
  local answers = vim.lsp.buf_request_sync(0, method, parameters, 60000) or {}
  for _, answer in pairs(answers) do
    if answer.error then return answer.error end
    if answer.result then return answer.result end
  end
end

local function at(line, column) vim.api.nvim_win_set_cursor(0, { line, column }) end

local function diagnostics() return vim.diagnostic.get(0) end

vim.cmd("filetype on")
require("jibe").setup({ cmd = { vim.env.JIBE_BINARY, "lsp" } })

vim.cmd("edit app.yaml")
local app = vim.api.nvim_get_current_buf()
eventually("the mistake is shown at its line", function()
  local d = diagnostics()[1]
  return d and d.lnum == 8 and d.col == 8 and d.message:find("imge", 1, true) ~= nil
end, diagnostics)
say("    " .. diagnostics()[1].message:gsub("\n.*", ""))

at(9, 9)
local parameters = vim.lsp.util.make_range_params()
parameters.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(app) }
local actions = ask("textDocument/codeAction", parameters)
local fix
for _, action in ipairs(actions or {}) do
  if action.edit and action.kind == "quickfix" then fix = fix or action end
end
check("there is a quick fix", fix ~= nil, actions)
vim.lsp.util.apply_workspace_edit(fix.edit, "utf-16")
check("it renames the property", lines(app):find("        image: nginx:1.27", 1, true) ~= nil, lines(app))
eventually("then nothing is wrong", function() return #diagnostics() == 0 end, diagnostics)

vim.api.nvim_buf_set_lines(app, 9, 9, false, { "        po" })
at(10, 9)
local list = ask("textDocument/completion", vim.tbl_extend("force", vim.lsp.util.make_position_params(), {
  position = { line = 9, character = 10 },
})) or {}
local labels = {}
for _, item in ipairs(list.items or list) do labels[item.label] = item end
check("`po` is completed to `ports`", labels.ports ~= nil, vim.tbl_keys(labels))
local hover = ask("textDocument/hover", { textDocument = { uri = vim.uri_from_bufnr(app) }, position = { line = 8, character = 10 } })
check("`image` is explained", hover and hover.contents and vim.inspect(hover.contents):find("mage", 1, true) ~= nil, hover)
vim.api.nvim_buf_set_lines(app, 9, 10, false, {})

vim.cmd("write")
vim.cmd("edit definitions/sized.jibe")
local definition = vim.api.nvim_get_current_buf()
check("the file is Jibe", vim.bo.filetype == "jibe")
eventually("the server looks at it", function()
  for _, client in pairs(vim.lsp.buf_get_clients(definition)) do
    if client.server_capabilities or client.resolved_capabilities then return true end
  end
  return false
end)
at(7, 5)
vim.lsp.buf.rename("count")
eventually("the parameter is renamed in the definition", function()
  return lines(definition):find("count: Int(0..) = 1", 1, true) ~= nil and lines(definition):find("replicas := parameters.count", 1, true) ~= nil
end, function() return lines(definition) end)
eventually("and in the application", function() return lines(app):find("            count: 2", 1, true) ~= nil end, function() return lines(app) end)

if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync(nil, 60000) end
eventually("the definition is formatted", function() return lines(definition):find("spec: { replicas := parameters.count }", 1, true) ~= nil end, function() return lines(definition) end)

vim.cmd("buffer " .. app)
local preview = ask("jibe/preview", { textDocument = { uri = vim.uri_from_bufnr(app) } })
check("the preview shows the rendered objects", preview and preview.text:find("kind: Deployment", 1, true) and preview.text:find("replicas: 2", 1, true), preview)
vim.cmd("qall!")
