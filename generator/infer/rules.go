package infer

import "github.com/dltgen/dltgen/generator/infer/words"

// A lexicon is a set of names that are equal in any case style (words.Key).
type lexicon map[string]int

// newLexicon keeps the order of its names as rank, best first.
func newLexicon(names ...string) lexicon {
	l := make(lexicon, len(names))
	for i, n := range names {
		if k := words.Key(n); k != "" {
			if _, dup := l[k]; !dup {
				l[k] = i
			}
		}
	}
	return l
}

// has reports whether name is in the lexicon, in any case style.
func (l lexicon) has(name string) bool {
	var buf [64]byte
	k, ascii := asciiKey(buf[:0], name)
	if !ascii {
		_, ok := l[words.Key(name)]
		return ok
	}
	_, ok := l[string(k)] // no copy is made for a look-up
	return ok
}

// asciiKey writes the key of a short ASCII name into buf; false for any other.
func asciiKey(buf []byte, name string) ([]byte, bool) {
	if len(name) > cap(buf) {
		return nil, false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			buf = append(buf, c)
		case c >= 'A' && c <= 'Z':
			buf = append(buf, c+'a'-'A')
		case c >= 0x80:
			return nil, false
		}
	}
	return buf, true
}

// rank is the place of name in the lexicon, len(l) if it is not there.
func (l lexicon) rank(name string) int {
	if i, ok := l[words.Key(name)]; ok {
		return i
	}
	return len(l)
}

// hasAny reports whether one of the words is in the lexicon.
func (l lexicon) hasAny(ws []string) bool {
	for _, w := range ws {
		if _, ok := l[w]; ok {
			return true
		}
	}
	return false
}

// Words of paths.
var (
	// prefixSegments lead a path without naming anything.
	prefixSegments = newLexicon("api", "apis", "rest", "services", "public", "json", "data", "odata", "scim", "platform")
	// verbSegments end a path without naming what it lists.
	verbSegments = newLexicon("list", "search", "find", "query", "all", "export", "lookup", "filter", "fetch", "get",
		"index", "browse", "sync", "list_all", "get_all", "list_by_ids")
	// skippedSegments are operations on the session or the server (G31).
	skippedSegments = newLexicon("health", "healthz", "healthcheck", "livez", "readyz", "login", "logout", "token", "ping",
		"oauth", "heartbeat", "graphql", "swagger", "openapi")
	// readVerbs mark a POST that reads (G48), writeVerbs one that does not.
	readVerbs = newLexicon("search", "query", "list", "find", "filter", "fetch", "lookup", "sync", "export", "report",
		"get", "retrieve", "reports", "searches")
	writeVerbs = newLexicon("create", "update", "delete", "send", "add", "remove", "set", "put", "upsert", "cancel",
		"insert", "post", "patch", "upload", "import", "move", "copy", "close", "open", "start", "stop", "register",
		"revoke", "invite", "join", "leave", "archive", "unarchive", "rename", "replace", "batch_create", "batch_delete",
		"bulk", "claim", "accept", "apply", "approve", "reject", "assign", "attach", "detach", "transfer", "kick", "ban",
		"pay", "link", "unlink", "enable", "disable", "invalidate", "publish", "trigger", "run", "execute", "restore",
		"redeem", "accumulate", "adjust", "calculate", "clone", "complete", "void", "finalize", "refund", "capture")
	// searchSegments mark an operation that searches.
	searchSegments = newLexicon("search", "query", "find", "lookup", "suggest", "autocomplete", "typeahead", "picker")
	// formatSuffixes may end a path ("/Messages.json").
	formatSuffixes = newLexicon("json", "xml", "csv", "html", "yaml")
)

// Words of bodies.
var (
	// listKeys hold records (G32).
	listKeys = newLexicon("data", "results", "items", "records", "entries", "values", "value", "rows", "content",
		"list", "elements", "hits", "objects", "collection", "result", "resources", "members", "edges")
	// sideKeys hold lists that are not the records (G32).
	sideKeys = newLexicon("errors", "warnings", "messages", "tags", "labels", "permissions", "scopes", "links",
		"included", "facets", "actions", "roles", "warning_messages", "error_messages", "aggregations", "filters",
		"breadcrumbs", "includes")
	// pagingKeys are siblings of records in an envelope: where the page is, how it went.
	pagingKeys = newLexicon("total", "count", "next", "previous", "prev", "page", "limit", "offset", "cursor",
		"has_more", "links", "_links", "meta", "_meta", "metadata", "pagination", "paging", "status", "ok", "object",
		"url", "kind", "etag", "self", "href", "size", "first", "last", "start", "end", "start_at", "max_results",
		"is_last", "pages", "success", "error", "errors", "message", "code", "api_version", "apiversion", "took",
		"took_ms", "time", "cursors", "has_next", "has_previous", "truncated", "is_truncated", "continuation",
		"incomplete_results", "expand", "warnings", "skip", "top", "uri", "type", "query", "sort", "version", "more",
		"marker", "response", "request_id", "response_metadata", "included", "jsonapi", "timestamp", "self_link",
		"throttle_seconds", "detailed_error_trace", "message_data", "from", "to", "number", "total_elements", "elapsed",
		"execution_time", "results_per_page", "facets", "aggregations", "filters", "search_time", "warning_messages")
	// pagingWords make a name a paging or status name whatever its other words.
	pagingWords = newLexicon("page", "pages", "paging", "pagination", "total", "totals", "count", "cursor", "cursors",
		"offset", "limit", "token", "next", "previous", "prev", "error", "errors", "more", "warning", "warnings", "last", "first")
	// wrapperKeys hold the one entity of a response.
	wrapperKeys = newLexicon("data", "result", "response", "item", "record", "object", "value", "payload", "body", "resource", "content")
	// removedKeys name lists of what is gone.
	removedKeys = newLexicon("removed", "deleted", "archived_ids", "deleted_ids", "tombstones")
)

// Words of keys (G34).
var (
	// plainKeys identify a record by themselves, best first.
	plainKeys = newLexicon("uuid", "guid", "uid", "gid", "sid", "_id", "key")
	// askedKeys do so only if required or called unique.
	askedKeys = newLexicon("pk", "identifier", "slug", "number", "key", "arn", "code", "urn", "handle")
	// localKeys are unique within a parent only.
	localKeys = newLexicon("index", "position", "line", "name", "number", "line_number", "row", "seq", "sequence", "ordinal", "slot", "rank",
		"revision", "version", "version_number", "revision_number")
	// keyWords end a parameter that names a key: customer_id, clusterArn.
	keyWords = newLexicon("id", "ids", "gid", "sid", "uid", "uuid", "guid", "key", "slug", "name", "number", "num",
		"arn", "urn", "code", "identifier", "pk", "handle", "login", "ref", "hash", "sha", "no", "symbol", "address", "tag")
	// textKeys are what a text parameter without a key word may mean, best first.
	textKeys = []string{"slug", "login", "username", "key", "name", "code", "handle", "symbol"}
	// typeSuffixes end the names of schemas without meaning.
	typeSuffixes = newLexicon("bean", "dto", "model", "response", "schema", "entry", "compact", "resource", "entity",
		"object", "view", "item", "summary", "details", "detail", "full", "base", "simple", "info", "record",
		"output", "out", "data", "simplified", "minimal", "json", "vo", "list", "public", "basic", "result", "definition",
		"representation", "header", "partial", "extended", "short", "read", "collection")
	// typePrefixes begin them.
	typePrefixes = newLexicon("simplified", "minimal", "simple", "full", "base", "basic", "objs", "defs", "obj", "def",
		"partial", "paginated", "list", "public", "api", "schema", "schemas", "model", "get", "nullable", "published",
		"compact", "cursor", "paging", "short", "saved", "extended", "detailed")
)

// uniqueProse says in prose that a property identifies its record.
var uniqueProse = []string{
	"unique identifier", "uniquely identif", "unique id ", "unique id.", "unique id,", "unique id of", "unique id for",
	"globally unique", "unique key", "unique reference", "the unique", "unique string",
	"a unique", "amazon resource name (arn) that", "uniquely represents",
}

// goneProse says that a property is on its way out.
var goneProse = []string{"deprecated", "no longer available", "will be removed", "do not use", "legacy"}
