-- Starts `jibe lsp` for Jibe definitions and for YAML in which applications are.
local M = {}

local function root_of(name)
  local markers = { "jibe.toml", ".git" }
  if vim.fs and vim.fs.find then
    local found = vim.fs.find(markers, { upward = true, path = vim.fs.dirname(name) })[1]
    return found and vim.fs.dirname(found) or vim.fs.dirname(name)
  end
  local folder = vim.fn.fnamemodify(name, ":p:h")
  while true do
    for _, marker in ipairs(markers) do
      if vim.fn.getftype(folder .. "/" .. marker) ~= "" then
        return folder
      end
    end
    local above = vim.fn.fnamemodify(folder, ":h")
    if above == folder then
      return vim.fn.fnamemodify(name, ":p:h")
    end
    folder = above
  end
end

--- Opens what the applications of this buffer are rendered to beside it.
function M.preview()
  local source = vim.api.nvim_get_current_buf()
  vim.lsp.buf_request(source, "jibe/preview", { textDocument = { uri = vim.uri_from_bufnr(source) } }, function(_, answer)
    vim.cmd("vnew")
    local buffer = vim.api.nvim_get_current_buf()
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(answer and answer.text or "", "\n"))
    vim.bo[buffer].filetype = "yaml"
    vim.bo[buffer].buftype = "nofile"
    vim.bo[buffer].bufhidden = "wipe"
    vim.bo[buffer].modifiable = false
  end)
end

local clients = {}

local function start(buffer, options)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == "" or vim.bo[buffer].buftype ~= "" then
    return
  end
  local config = vim.tbl_extend("force", { name = "jibe", cmd = { "jibe", "lsp" }, root_dir = root_of(name) }, options)
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  -- Neovim 0.7
  local id = clients[config.root_dir]
  if not id or not vim.lsp.get_client_by_id(id) then
    id = vim.lsp.start_client(config)
    clients[config.root_dir] = id
  end
  vim.lsp.buf_attach_client(buffer, id)
end

--- Call it once. `options` are those of `vim.lsp.start`, such as `cmd` and `on_attach`.
function M.setup(options)
  options = options or {}
  vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, { pattern = "*.jibe", command = "setfiletype jibe" })
  vim.api.nvim_create_autocmd("FileType", {
    pattern = { "jibe", "yaml" },
    callback = function(event)
      local buffer = event and event.buf or tonumber(vim.fn.expand("<abuf>"))
      if vim.bo[buffer].filetype == "jibe" then
        vim.bo[buffer].commentstring = "// %s"
        vim.bo[buffer].shiftwidth = 2
        vim.bo[buffer].expandtab = true
      end
      start(buffer, options)
    end,
  })
  -- What code lenses ask the editor for.
  if vim.lsp.commands then
    vim.lsp.commands["jibe.preview"] = function() M.preview() end
    vim.lsp.commands["jibe.showReferences"] = function(command)
      local items = vim.lsp.util.locations_to_items(command.arguments[3] or {}, "utf-16")
      vim.fn.setqflist({}, " ", { title = "References", items = items })
      vim.cmd("copen")
    end
  end
  vim.api.nvim_create_user_command("JibePreview", M.preview, {})
end

return M
