-- Asks Gatehouse whether a request may pass, with HAProxy's own HTTP client. See haproxy.cfg.

local socket = "unix@@SOCKET@"

-- All values of a header: two of them are for Gatehouse to refuse.
local function copy(from, to, name)
    local values = {}
    for i = 0, #(from[name] or {}) do
        if from[name] and from[name][i] then values[#values + 1] = from[name][i] end
    end
    if #values > 0 then to[name] = values end
end

local function first(headers, name)
    return headers and headers[name] and headers[name][0] or "-"
end

core.register_action("gatehouse", { "http-req" }, function(txn, path)
    local from = txn.http:req_get_headers()
    local headers = { ["host"] = { "gatehouse" }, ["x-forwarded-for"] = { txn.f:src() } }
    copy(from, headers, "authorization")
    copy(from, headers, "x-api-key")
    local answer = core.httpclient():get {
        url = "http://gatehouse" .. path, dst = socket, headers = headers, timeout = 1000
    }
    -- Without an answer the status is 0, and nothing passes.
    txn:set_var("txn.gatehouse_status", answer and answer.status or 0)
    local told = answer and answer.headers
    txn:set_var("txn.gatehouse_challenge", first(told, "www-authenticate"))
    txn:set_var("txn.gatehouse_account", first(told, "x-auth-account"))
    txn:set_var("txn.gatehouse_token", first(told, "x-auth-token"))
    txn:set_var("txn.gatehouse_permissions", first(told, "x-auth-permissions"))
    txn:set_var("txn.gatehouse_expires", first(told, "x-auth-expires"))
end, 1)
