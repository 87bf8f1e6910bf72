-- Makes pages of a site from the Markdown of this tree: links lead to pages, tables and code that
-- are too wide scroll by themselves, and a named block of text or table is marked for its picture.

-- README.md is its folder's index; a page has the name of its Markdown; anything else is shown as a
-- page of its own: the same rule as url() in tree.py.
local function page_of(target)
  if target:match("^%a[%w+.-]*:") or target:match("^#") or target == "" then
    return nil
  end
  local path, anchor = target:match("^([^#]*)(#?.*)$")
  path = path:gsub("README%.md$", "index.md")
  if path:match("%.md$") then
    return path:gsub("%.md$", ".html") .. anchor
  end
  return path .. ".html" .. anchor
end

function Link(link)
  local page = page_of(link.target)
  if page then
    link.target = page
  elseif link.target:match("^https?:") then
    link.classes:insert("outside")
  end
  return link
end

local function scroller(block, kind)
  return pandoc.Div({ block }, pandoc.Attr("", { kind }, { tabindex = "0", role = "region" }))
end

function Table(block)
  return scroller(block, "wide")
end

-- A comment "picture: NAME" names the block of text, or the table, that follows it.
function Blocks(blocks)
  local name
  for i, block in ipairs(blocks) do
    if block.t == "RawBlock" then
      name = block.text:match("^<!%-%- picture: (%g+) %-%->") or name
    elseif (block.t == "CodeBlock" or block.t == "Div") and name then
      block.attributes.picture = name
      name = nil
    elseif block.t ~= "Para" then
      name = nil
    end
  end
  return blocks:filter(function(block)
    return not (block.t == "RawBlock" and block.text:match("^<!%-%-"))
  end)
end
