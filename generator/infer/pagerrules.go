package infer

// Names that pagers send and read (G37, G39), in any case style, best first.
var (
	// tokenParams carry the token of the next page.
	tokenParams = newLexicon("cursor", "page_token", "next_token", "next_page_token", "continuation_token",
		"continuation", "continue", "page_cursor", "page[cursor]", "start_cursor", "scroll_id", "bookmark", "next_cursor",
		"pagination_token", "next_page_key", "next_key", "marker", "start_marker", "after_cursor", "page[after]",
		"exclusive_start_key", "start_key", "start_token", "sync_marker", "request_continuation_token", "token",
		"after", "position", "next")
	// clearTokens mean a token even if no response field is declared for it.
	clearTokens = newLexicon("cursor", "page_token", "next_token", "next_page_token", "continuation_token",
		"page_cursor", "page[cursor]", "start_cursor", "scroll_id", "bookmark", "next_cursor", "pagination_token",
		"next_page_key", "after_cursor")
	// tokenFields carry it in the response.
	tokenFields = newLexicon("next_cursor", "next_page_token", "next_token", "next_page_cursor", "continuation_token",
		"next_continuation_token", "next_marker", "end_cursor", "next_page_key", "next_key", "next_bookmark", "scroll_id",
		"next_scroll_id", "bookmark", "continuation", "continue", "page_token", "last_evaluated_key", "cursor", "after",
		"next_page", "next_offset", "next_position", "next", "marker", "position", "next_start", "next_id", "pagination_token")
	// keysetParams take the key of the last record.
	keysetParams = newLexicon("starting_after", "start_after", "after_id", "since_id", "max_id", "last_id",
		"from_id", "start_after_id", "before")
	// backParams page backwards and are never needed.
	backParams = newLexicon("ending_before", "end_before", "before_id", "min_id", "prev_cursor", "previous_cursor",
		"end_cursor", "prev_page_token")
	// linkFields carry the URL of the next page.
	linkFields = newLexicon("@odata.nextLink", "next_page_url", "next_page_uri", "next_url", "next_uri", "next_link",
		"next_href", "next_page_link", "next_page_href", "odata.nextLink", "next")
	// pageParams carry a page number.
	pageParams = newLexicon("page", "page_number", "page_no", "page_num", "current_page", "page[number]", "page_index",
		"pg", "p", "page_id")
	// offsetParams carry the index of the first record.
	offsetParams = newLexicon("offset", "skip", "$skip", "start_at", "start_index", "page[offset]", "start", "first_result",
		"from", "first", "start_position", "startfrom", "start_row", "record_offset", "result_offset")
	// sizeParams carry the number of records of a page.
	sizeParams = newLexicon("per_page", "page_size", "limit", "max_results", "page[size]", "page[limit]", "results_per_page",
		"items_per_page", "page_limit", "records_per_page", "max_items", "$top", "top", "take", "rows", "size", "count", "num_results",
		"max_records", "max_entries", "max_page_size", "first", "batch_size", "maxkeys", "n", "num")
	// containers hold paging fields.
	containers = newLexicon("links", "_links", "link", "paging", "pagination", "page", "pages", "page_info", "meta", "_meta", "metadata",
		"response_metadata", "list_metadata", "cursors", "cursor", "pager", "paginator", "list_info", "next", "next_page",
		"result_info", "page_context", "additional_data", "navigation", "search_metadata", "_page", "page_meta", "@metadata")
	// linkContainers hold URLs.
	linkContainers = newLexicon("links", "_links", "link", "navigation")
	// totalPageFields count pages, totalRowFields records (G38 keeps them apart).
	totalPageFields = newLexicon("total_pages", "pages", "page_count", "pages_total", "last_page", "num_pages",
		"total_page", "total_page_count", "number_of_pages", "page_total", "pages_count", "max_page", "nb_pages", "total_pages_count")
	totalRowFields = newLexicon("total", "total_count", "total_items", "total_results", "total_entries", "total_records",
		"total_elements", "total_size", "total_rows", "total_hits", "items_total", "num_found", "total_number", "record_count", "results_total",
		"nb_hits", "item_count", "total_item_count", "count_total", "@odata.count", "count")
	// moreFields tell that there is another page.
	moreFields = newLexicon("has_more", "has_next", "has_next_page", "more", "more_results", "has_more_items",
		"is_more", "more_items", "has_more_results", "has_more_records", "more_available", "more_items_in_collection", "is_truncated", "truncated", "next_page_exists", "more_data")
	// totalPageHeaders count pages in a header.
	totalPageHeaders = newLexicon("x-pages", "x-total-pages", "x-pagination-page-count", "x-page-count", "x-pagination-total-pages", "pagination-pages")
	// totalRowHeaders count records in a header.
	totalRowHeaders = newLexicon("x-total-count", "x-total", "x-pagination-total-count", "total-count", "x-result-count", "x-total-results", "pagination-count")
	// linkHeaders hold the next URL; tokenHeaders its token.
	linkHeaders  = newLexicon("link", "next-link", "next-page-url", "x-next-page-url", "x-next-link", "x-next")
	tokenHeaders = newLexicon("x-next-token", "x-next-page", "x-continuation-token", "x-next-cursor", "x-next-page-token",
		"x-ms-continuation", "next-page", "x-cursor", "x-next-page-cursor")
)

// zeroProse says that the first page is number 0, oneProse that it is 1.
var (
	zeroProse = []string{
		"zero-based", "zero based", "0-based", "0 based", "zero indexed", "zero-indexed", "0-indexed", "0 indexed",
		"starts at 0", "starting at 0", "starting from 0", "starts from 0", "starting with 0", "starts with 0", "start at 0",
		"first page is 0", "beginning with 0", "begins at 0", "(0..n)", "index from 0", "starting page is 0", "from 0",
	}
	oneProse = []string{
		"one-based", "one based", "1-based", "1 based", "1-indexed", "one-indexed", "starts at 1", "starting at 1",
		"starting with 1", "starting from 1", "starts with 1", "starts from 1", "first page is 1", "beginning with 1",
	}
	// tokenProse says that a parameter carries a token.
	tokenProse = []string{
		"offset token", "page token", "pagination token", "next page", "cursor for", "pagination cursor", "a cursor",
		"continuation token", "opaque", "paginated results marker", "next set of results", "next_page", "the cursor", "token for", "token provided", "token returned",
	}
	// idProse says that a parameter takes the id of a record.
	idProse = []string{"object id", " id of", "id after", "an id", "the id", "ids less", "ids greater", "with an id", "id that", "identifier of the last", "last id", "last item", "last record"}
	// urlProse says that a field holds a URL.
	urlProse = []string{"url", "uri", "link", "http", "href"}
	// pageOnlyProse says that a count is of this page.
	pageOnlyProse = []string{
		"in this page", "on this page", "in the page", "in the current page", "on the current page", "on the page",
		"in this response", "in the response", "returned in", "per page", "current page", "in this list", "of this page",
	}
)
