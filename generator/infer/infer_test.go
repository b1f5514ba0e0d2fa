package infer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dltgen/dltgen/generator/infer"
	"github.com/dltgen/dltgen/generator/ir"
	"github.com/dltgen/dltgen/runtime/schema"
)

// TestSelector proves G32 and G33: the last line's operation, its selector.
func TestSelector(t *testing.T) {
	tests := []struct{ name, ops, want string }{
		{"root list", `GET /clients -> [{id!:int}]`, "$"},
		{"usual key", `GET /clients -> {data:[{id!:int}], total:int}`, "data"},
		{"noun of the path", `GET /clients -> {clients:[{id!:int}], name:str}`, "clients"},
		{"noun in another style", `GET /dagRuns -> {dag_runs:[{dag_run_id:str}], total_entries:int}`, "dag_runs"},
		{"schema's name", `GET /v1/clusters -> {ClusterInfoList:[ClusterInfo{Arn:str}], NextToken:str}`, "ClusterInfoList"},
		{"one object deeper", `GET /members currentpage:int -> {ErrorCode:int, Response:{results:[{id:int}], hasMore:bool}}`, "Response.results"},
		{"meta holds them", `GET /components after:int -> {status:int, error:bool, meta:{components:[{key:str}], cursor:{after:int}}}`, "meta.components"},
		{"errors are not records", `GET /customers -> {errors:[{id:str}], customers:[{id:str}]}`, "customers"},
		{"labels may be", `GET /labels -> {labels:[{id:str}], total:int}`, "labels"},
		{"plain values lose", `GET /teams -> {ids:[str], teams:[{id:str}]}`, "teams"},
		{"an entity's own list", `GET /orders/{id} -> {id:int, data:[{id:int}], status:str}`, "$"},
		{"five plain values make an entity", `GET /profile -> {first:str, family:str, street:str, town:str, zip:str, phone:str, items:[{id:int}]}`, "$"},
		{"an envelope that tells much", `GET /events pageToken:str -> {items:[{id:str}], summary:str, description:str, zone:str, role:str, color:str, owner:str, nextPageToken:str}`, "items"},
		{"wrapped entity", `GET /droplets/{id} -> {droplet:{id:int, name:str}}`, "droplet"},
		{"two parts are no wrapper", `GET /pods/{name} -> {kind:str, metadata:{uid:str, name:str, ns:str}, spec:{image:str}}`, "$"},
		{"Relay", `GET /users -> {users:{edges:[{node:{id:str}, cursor:str}], pageInfo:{endCursor:str}}}`, "users.edges[*].node"},
		{"HAL", `GET /orders -> {_links:{next:{href:str}}, _embedded:{orders:[{id:int}]}}`, "_embedded.orders"},
		{"OData", `GET /people -> {@odata.context:str, value:[{id:str}], @odata.nextLink:str}`, "value"},
		{"map of records", `GET /milestones -> map({hash:int, name:str})`, "$.*"},
		{"map below a key", `GET /inventory -> {data:map({id:int})}`, "data.*"},
		{"key with a dot", `GET /things -> {a.things:[Thing{id:int}], total:int}`, `["a.things"]`},
		{"a settings object has lists, too", `GET /settings -> {a:{x:str}, b:{y:str}, c:{z:str}, profiles:[Profile{name:str}]}`, "$"},
		{"word of the vendor's", `GET /conversations.list cursor:str -> {ok:bool, channels:[any], response_metadata:{next_cursor:str}}`, "channels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.ops)
			infer.Apply(c, nil)
			if len(c.Resources) != 1 {
				t.Fatalf("%d resources; left out: %v", len(c.Resources), c.LeftOut)
			}
			if diff := cmp.Diff(tt.want, c.Resources[0].Selector.Value); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(c.Resources[0].Selector.Why.Evidence, "\n"))
			}
		})
	}
}

// TestKey proves G34, G35: the key of the first operation.
func TestKey(t *testing.T) {
	tests := []struct{ name, ops, want string }{
		{"id", `GET /clients -> [{name:str, id:int}]`, "id"},
		{"by the detail path", "GET /dags -> [{dag_id:str, file_token:str}]\nGET /dags/{dag_id} -> {dag_id:str}", "dag_id"},
		{"noun stripped", "GET /workspaces -> [{gid:str, name:str}]\nGET /workspaces/{workspace_gid} -> {gid:str}", "gid"},
		{"name only by the detail path", "GET /domains -> [{name:str, ttl:int}]\nGET /domains/{domain_name} -> {name:str}", "name"},
		{"no name without it", `GET /domains -> [{name:str, ttl:int}]`, ""},
		{"id beats a number people use", "GET /issues -> [{id!:int, number!:int}]\nGET /issues/{issue_number int} -> {id!:int}", "id"},
		{"id or key", "GET /projects -> [{key:str, id:str}]\nGET /projects/{projectIdOrKey} -> {id:str}", "id"},
		{"noun and id", `GET /clusters -> [{ClusterArn:str, VpcArn:str}]`, "ClusterArn"},
		{"uid", `GET /animals -> [{uid!:str, name:str}]`, "uid"},
		{"prose", `GET /users -> [User{accountId:str'The account ID of the user, which uniquely identifies the user', key:str'No longer available'}]`, "accountId"},
		{"slug if required", `GET /sizes -> [{slug!:str, memory:int}]`, "slug"},
		{"slug else not", `GET /sizes -> [{slug:str, memory:int}]`, ""},
		{"another's id", `GET /lines -> [{invoice_id:int, text:str}]`, ""},
		{"metadata", `GET /pods -> {items:[{kind:str, metadata:{name:str, uid:str}}], metadata:{continue:str}}`, "metadata.uid"},
		{"children of a name", "GET /invoices/{invoice_id int}/lines -> [{position!:int}]\nGET /invoices/{invoice_id int}/lines/{position int} -> {position!:int}\nGET /invoices -> [{id!:int}]", "_invoices_id+position"},
		{"plain values", `GET /genres -> {genres:[str]}`, ""},
		{"nullable", `GET /things -> [{id?:int, name:str}]`, ""},
		{"nullable, the next one", `GET /things -> [{id?:int, uuid:uuid, name:str}]`, "uuid"},
		{"nullable as everything is", `GET /things -> [{id?:int, name?:str}]`, "id"},
		{"not required is not nullable", `GET /things -> [{id:int, name!:str}]`, "id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.ops)
			infer.Apply(c, nil)
			r := resource(t, c, c.Operations[0].Method+" "+c.Operations[0].Path)
			if diff := cmp.Diff(tt.want, strings.Join(r.PrimaryKey.Value, "+")); diff != "" {
				t.Error(diff)
			}
			want := schema.Replace
			if tt.want != "" {
				want = schema.Merge
			}
			if r.Disposition != want {
				t.Errorf("disposition %s, want %s", r.Disposition, want)
			}
		})
	}
}

// TestPager proves G37 to G39.
func TestPager(t *testing.T) {
	const item = `[{id!:str, at:date-time}]`
	tests := []struct{ name, op, want string }{
		{
			"link at the root", `GET /x limit:int offset:int -> {count:int, next?:str'URL of the next page', results:` + item + `}`,
			"json_link next=next size=limit or offset",
		},
		{"link by its name", `GET /x PageSize:int(max 1000) -> {x:` + item + `, next_page_uri:uri}`, "json_link next=next_page_uri size=PageSize/1000"},
		{"link with href", `GET /x pageNumber:int -> {_links:{next:{href:str}}, data:` + item + `, pagesTotal:int}`, "json_link next=_links.next.href or page_number"},
		{"OData link", `GET /x -> {value:` + item + `, @odata.nextLink:str}`, "json_link next=@odata.nextLink"},
		{"link beside nested records", `GET /x -> {artists:{next:str'URL', items:` + item + `}}`, "json_link next=artists.next"},
		{"cursor", `GET /x cursor:str limit:int'Default 20, max 100' -> {data:` + item + `, next_cursor:str}`, "cursor cursor next=next_cursor size=limit/100"},
		{"token", `GET /x pageToken:str maxResults:int -> {items:` + item + `, nextPageToken:str}`, "cursor pageToken next=nextPageToken size=maxResults"},
		{"same name in metadata", `GET /x continue:str -> {items:` + item + `, metadata:{continue:str}}`, "cursor continue next=metadata.continue"},
		{"numeric cursor", `GET /x after:num page_size:num -> {meta:{x:` + item + `, cursor:{before:num, after:num}}}`, "cursor after next=meta.cursor.after size=page_size"},
		{"page is a token", `GET /x page:str'A cursor for pagination' -> {data:` + item + `, next_page:str, has_more:bool}`, "cursor page next=next_page more=has_more"},
		{"token in a body", `POST /x/search body.cursor:str body.limit:int -> {x:` + item + `, cursor:str}`, "cursor body:cursor next=cursor size=limit"},
		{"token without a field", `GET /x offset:str'Offset token. Pass it to get the next page' limit:int -> {data:` + item + `}`, "cursor offset next=? size=limit"},
		{"keyset", `GET /x starting_after:str'An object ID' limit:int -> {data:` + item + `, has_more!:bool}`, "keyset starting_after field=id more=has_more size=limit"},
		{"link header", `GET /x page:int per_page:int'(max 100)' -> ` + item + ` <Link>`, "header_link size=per_page/100 or page_number"},
		{"token header", `GET /x page:int -> ` + item + ` <X-Next-Page>`, "header_cursor page next=X-Next-Page or page_number"},
		{"page", `GET /x page:int per_page:int -> ` + item, "page_number page first=1 size=per_page"},
		{"page from nought, said", `GET /x pageNumber:int'Zero-based page number' -> {x:` + item + `, page:{totalPages:int}}`, "page_number pageNumber first=0 total=page.totalPages"},
		{"page from nought, default", `GET /x page:int(default 0) -> {content:` + item + `, totalPages:int}`, "page_number page first=0 total=totalPages"},
		{"text that is a page number", `GET /x page:str count:str -> {files:` + item + `, paging:{page:int, pages:int}}`, "page_number page first=1 total=paging.pages size=count"},
		{"page with more", `GET /x currentpage!:int -> {Response:{results:` + item + `, hasMore:bool}}`, "page_number currentpage first=1 more=Response.hasMore"},
		{"rows are no pages", `GET /x page:int -> {data:` + item + `, total:int}`, "page_number page first=1"},
		{"number header", `GET /x page:int -> ` + item + ` <X-Next-Page:int>`, "header_cursor page next=X-Next-Page or page_number"},
		{"header with a URL", `GET /x _token:str _limit:int -> {data:` + item + `} <Next-Page:uri>`, "header_link next=Next-Page size=_limit or header_cursor"},
		{"header with a token or a URL", `GET /x _token:str -> {data:` + item + `} <Next-Page>`, "header_cursor _token next=Next-Page"},
		{"header that no parameter takes", `GET /x limit:int -> {data:` + item + `} <Next-Page>`, "header_link next=Next-Page size=limit"},
		{"token and size alone", `GET /x _token:str _limit:int(max 100) -> {data:` + item + `}`, "auto _token size=_limit/100"},
		{"a token that lets in", `GET /x token:str'Your access token' -> ` + item, "single_page"},
		{"total pages in a header", `GET /x page:int -> ` + item + ` <X-Total-Pages>`, "page_number page first=1 total=X-Total-Pages"},
		{"offset", `GET /x startAt:int maxResults:int(default 50) -> {values:` + item + `, total:int, isLast:bool}`, "offset startAt total=total size=maxResults=50"},
		{"offset without a total", `GET /x offset:int limit:int -> ` + item, "offset offset size=limit"},
		{"count of this page", `GET /x skip:int take:int -> {items:` + item + `, count:int'Records in this page'}`, "offset skip size=take"},
		{"offset needs a size", `GET /x start:int -> ` + item, "single_page"},
		{"a year is no offset", `GET /x startYear:int limit:int -> ` + item, "auto size=limit"},
		{"a date is no offset", `GET /x from:date limit:int -> ` + item, "auto size=limit"},
		{"an object is no size", `GET /x count:bool page:int -> ` + item, "page_number page first=1"},
		{"nothing", `GET /x -> ` + item, "single_page"},
		{"records have links of their own", `GET /x -> {data:[{id:str, next:uri}]}`, "single_page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.op)
			infer.Apply(c, nil)
			if len(c.Resources) != 1 {
				t.Fatalf("%d resources; left out: %v", len(c.Resources), c.LeftOut)
			}
			r := c.Resources[0]
			got := pagerText(r.Paginate.Value)
			for i, a := range r.Alternatives {
				if i == 0 {
					got += " or"
				}
				got += " " + a.Value.Type
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func pagerText(p ir.Paginator) string {
	s := p.Type
	add := func(format, v string) {
		if v != "" {
			s += fmt.Sprintf(format, v)
		}
	}
	add(" %s", p.Param)
	add(" body:%s", p.BodyPath)
	if p.First != nil {
		s += fmt.Sprintf(" first=%d", *p.First)
	}
	add(" field=%s", p.RecordField)
	add(" next=%s", p.NextPath)
	add(" more=%s", p.MorePath)
	add(" total=%s", p.TotalPath+p.TotalHeader)
	add(" size=%s", p.SizeParam)
	switch {
	case p.Max > 0:
		s += fmt.Sprintf("/%d", p.Max)
	case p.Size > 0:
		s += fmt.Sprintf("=%d", p.Size)
	}
	return s
}

// TestSinglesHaveNoPager proves G38's first guard.
func TestSinglesHaveNoPager(t *testing.T) {
	c := connector(t, "GET /clients page:int per_page:int -> [{id:int}]\nGET /clients/{id int} page:int per_page:int -> {id:int, name:str}")
	infer.Apply(c, nil)
	if got := resource(t, c, "GET /clients/{id}").Paginate.Value.Type; got != ir.PageSingle {
		t.Errorf("a detail pages by %s", got)
	}
}

// TestParent proves G44 to G46 and G47's parents by query: the last operation.
func TestParent(t *testing.T) {
	tests := []struct{ name, ops, want string }{
		{"prefix, noun stripped", "GET /invoices -> [{id:int}]\nGET /invoices/{invoiceId}/payments -> [{id:int}]", "invoices {invoiceId: id}"},
		{"same name", "GET /dags -> [{dag_id:str}]\nGET /dags/{dag_id}/runs -> [{run_id:str}]", "dags {dag_id: dag_id}"},
		{"two levels, handed down", "GET /apps -> [{id:int}]\nGET /apps/{app_id int}/bots -> [{id:int}]\nGET /apps/{app_id int}/bots/{bot_id int}/calls -> [{id:int}]", "bots {app_id: _apps_id, bot_id: id}"},
		{"two levels, told by the record", "GET /dags -> [{dag_id:str}]\nGET /dags/{dag_id}/runs -> [{dag_id:str, run_id:str}]\nGET /dags/{dag_id}/runs/{run_id}/tasks -> [{task_id:str}]", "runs {dag_id: dag_id, run_id: run_id}"},
		{"by the noun", "GET /teams -> [{id:int}]\nGET /teams/{team_id int}/files -> {files:[{key!:str}]}\nGET /files/{file_key}/comments -> [{id:int}]", "files {file_key: key}"},
		{"a verb after the list", "GET /project/search -> {values:[{id:str, key:str}]}\nGET /project/{projectIdOrKey}/versions -> [{id:str}]", "projects {projectIdOrKey: id}"},
		{"list called a list", "GET /me/calendarList -> {items:[CalendarListEntry{id:str}]}\nGET /calendars/{calendarId}/events -> {items:[{id:str}]}", "calendars {calendarId: id}"},
		{"owner and name", "GET /user/repos -> [Repository{id:int, name:str, owner:{login:str, id:int}}]\nGET /repos/{owner}/{repo}/issues -> [{id:int}]", "repos {owner: owner.login, repo: name}"},
		{"two that would do", "GET /a/teams -> [Team{id:int}]\nGET /b/teams -> [Team{id:int}]\nGET /teams/{team_id int}/files -> [{id:int}]", "none"},
		{"another part of the API", "GET /issuing/transactions -> [{id:str}]\nGET /tax/transactions/{transaction}/lines -> [{id:str}]", "none"},
		{"types disagree", "GET /orgs -> [{login:str, size:int}]\nGET /orgs/{org int}/repos -> [{id:int}]", "none"},
		{"the text it is called by", "GET /orgs -> [{id:int, login:str}]\nGET /orgs/{org}/repos -> [{id:int}]", "orgs {org: login}"},
		{"required query parameter of a detail", "GET /animal/search -> {animals:[{uid!:str}], page:{totalPages:int}}\nGET /animal uid!:str -> {animal:{uid!:str, name:str}}", "animals {uid: uid}"},
		{"required query parameter of a list", "GET /workspaces -> [{gid:str}]\nGET /webhooks workspace!:str -> [{gid:str}]", "workspaces {workspace: gid}"},
		{"a list by ids provides nothing", "GET /albums ids!:str -> {albums:[{id:str}]}\nGET /albums/{id}/tracks -> {items:[{id:str}]}", "none"},
		{"a type is no record", "GET /types -> [{id:str, key:str}]\nGET /avatars/{type}/system -> [{id:str}]", "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.ops)
			infer.Apply(c, nil)
			last := c.Operations[len(c.Operations)-1]
			r := resource(t, c, last.Method+" "+last.Path)
			got := "none"
			if r.Parent != nil {
				var parts []string
				for _, p := range last.Params {
					if f := r.Parent.Value.Params[p.Name]; f != "" {
						parts = append(parts, p.Name+": "+f)
					}
				}
				got = r.Parent.Value.Resource + " {" + strings.Join(parts, ", ") + "}"
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			for _, p := range last.Params {
				if p.In == "path" && r.Parent == nil && !bound(r, p.Name) {
					t.Errorf("path parameter %s is left over", p.Name)
				}
			}
		})
	}
}

func bound(r *ir.Resource, name string) bool {
	for _, b := range r.Params {
		if b.Name == name {
			return true
		}
	}
	return false
}

// TestIncremental proves G49.
func TestIncremental(t *testing.T) {
	tests := []struct{ name, op, want string }{
		{"stem", `GET /x updated_since:str -> [{created_at:date-time, updated_at:date-time}]`, "updated_at updated_since rfc3339"},
		{"operator behind", `GET /x updatedMin:str -> [{updated:date-time}]`, "updated updatedMin rfc3339"},
		{"bracket, inclusive first", `GET /x created:{gt:int, gte:int, lt:int, lte:int} -> [{created:unix}]`, "created created[gte]..created[lte] unix_s"},
		{"angle bracket", `GET /x DateSent>:date-time DateSent<:date-time -> [{date_sent:date-time}]`, "date_sent DateSent>..DateSent< rfc3339"},
		{"both ends", `GET /x execution_date_gte:date-time execution_date_lte:date-time -> [{execution_date:date-time}]`, "execution_date execution_date_gte..execution_date_lte rfc3339"},
		{"bare since is the change", `GET /x since:date-time -> [{created_at:date-time, updated_at:date-time}]`, "updated_at since rfc3339"},
		{"bare since, only birth", `GET /x since:date-time -> [{published:date-time}]`, "published since rfc3339"},
		{"by the description", `GET /x ts_from:num'Filter files created after this timestamp' ts_to:num -> [{created:int, updated:int}]`, "created ts_from..ts_to unix_s"},
		{"change beats birth", `GET /x created_after:date-time modified_after:date-time -> [{created:date-time, modified:date-time}]`, "modified modified_after rfc3339"},
		{"a due date is a filter", `GET /x due_after:date -> [{due_date:date}]`, "none"},
		{"bare since, a number as the change is", `GET /x since:int -> [{id:str, modified:int}]`, "modified since int"},
		{"bare since, a number of something else", `GET /x since:int'The commit to start at' -> [{id:str, modified:int}]`, "none"},
		{"another time is a filter", `GET /x timeMin:str'Lower bound for the end of the event' -> [{id:str, updated:date-time}]`, "none"},
		{"an id is no time", `GET /x since:int'An ID. Only return users with an id greater than this ID' -> [{id:int, created_at:date-time}]`, "none"},
		{"since_id counts", `GET /x since_id:int limit:int -> {data:[{uuid!:str, id:int}]}`, "id since_id int"},
		{"milliseconds", `GET /x created_from:int'Time in milliseconds' -> [{created:unix}]`, "created created_from unix_ms"},
		{"date", `GET /x updated_from:date -> [{updated_at:date-time}]`, "updated_at updated_from date"},
		{"HTTP date", `GET /x header.If-Modified-Since:str -> [{modified:date-time}]`, "modified If-Modified-Since rfc1123"},
		{"sorted", `GET /x since:date-time sort:str(enum created|updated) direction:str(enum asc|desc) -> [{updated_at:date-time}]`, "updated_at since rfc3339 sort=updated"},
		{"sorted in one", `GET /x since:date-time sort:str(enum -updated_at|updated_at:asc) -> [{updated_at:date-time}]`, "updated_at since rfc3339 sort=updated_at:asc"},
		{"nothing", `GET /x q:str -> [{updated_at:date-time}]`, "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.op)
			infer.Apply(c, nil)
			r := c.Resources[0]
			got := "none"
			if r.Incremental != nil {
				i := r.Incremental.Value
				got = i.CursorPath + " " + i.StartParam
				if i.EndParam != "" {
					got += ".." + i.EndParam
				}
				got += " " + i.Encoding
				if i.SortValue != "" {
					got += " sort=" + i.SortValue
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestIncrementalOfCompactRecords takes the field from the detail's record.
func TestIncrementalOfCompactRecords(t *testing.T) {
	c := connector(t, "GET /tasks modified_since:date-time -> {data:[{gid:str}]}\nGET /tasks/{task_gid} -> {data:{gid:str, modified_at:date-time}}")
	infer.Apply(c, nil)
	i := resource(t, c, "GET /tasks").Incremental
	if i == nil || i.Value.CursorPath != "modified_at" || i.Why.Strong() {
		t.Errorf("got %+v, want modified_at, weak", i)
	}
}

// TestNames proves G36.
func TestNames(t *testing.T) {
	c := connector(t, `
		GET /reports/time/tasks from!:date -> [{id:int}]
		GET /api/v2/Tasks -> [{id:int}]
		GET /tasks/{id int} -> {id:int}
		GET /invoices/{id int}/payments -> {invoice_payments:[{id:int}]}
		GET /projects/{id int}/tasks -> [{id:int}]
		GET /animal/search -> {animals:[{id:int}]}
		GET /conversations.list -> {channels:[{id:int}], ok:bool}
		GET /Accounts/{sid}/Messages.json -> {messages:[{sid:str}]}
		GET /me/following -> [{id:int}]
		GET /codes_of_conduct -> [{id:int}]
		GET /rate_limit -> {limit:int, rest:int}
		GET /1-clicks -> [{slug:str}]`)
	infer.Apply(c, nil)
	var got []string
	for _, r := range c.Resources {
		got = append(got, r.Name)
	}
	want := []string{
		"time_tasks", "tasks", "task_details", "invoice_payments", "project_tasks", "animals", "conversations", "messages", "following",
		"codes_of_conduct", "rate_limit", "n1_clicks",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A name of the lock stays, and stays taken.
	c.Resources, c.LeftOut, c.Config = nil, nil, nil
	infer.Apply(c, &infer.Options{Names: map[string]string{"GET /projects/{id}/tasks": "tasks"}})
	if got := resource(t, c, "GET /api/v2/Tasks").Name; got == "tasks" {
		t.Error("a name of the lock was given twice")
	}
	if got := resource(t, c, "GET /projects/{id}/tasks").Name; got != "tasks" {
		t.Errorf("the lock's name became %s", got)
	}
}

// TestCandidates proves G31 and G48: which operations become resources, which
// of them are on.
func TestCandidates(t *testing.T) {
	c := connector(t, `
		GET /v3/payees -> [{id:int}]
		GET /v4/payees -> [{id:int}]
		GET /clients -> [{id:int, name:str}]
		GET /clients/ -> [{id:int, name:str}]
		GET /clients/{id int} -> {id:int, name:str, notes:str, tags:[str]}
		GET /clients/{id int}/orders -> [{id:int}]
		GET /clients/{id int}/orders/{order_id int}/lines -> [{id:int}]
		GET /search q!:str -> {items:[{id:int}]}
		GET /health -> {status:str}
		GET /ping -> {ok:bool}
		GET /text -> str
		GET /nothing -> none
		POST /orders/search body.query:{filter:str} -> {orders:[{id:int}], cursor:str}
		POST /clients/search body.name:str -> {clients:[{id:int}]}
		POST /clients body.name!:str -> {id:int}
		POST /reports/query body.filter!:{a:str} -> {rows:[{id:int}]}
		GET /exports/{kind} -> [{id:int}]`)
	c.Operations[2].Deprecated = false
	infer.Apply(c, nil)
	var got []string
	for _, r := range c.Resources {
		on := "off: " + strings.Join(r.Selected.Why.Evidence, "; ")
		if r.Selected.Value {
			on = "on"
		}
		got = append(got, r.Operation.Method+" "+r.Operation.Path+" "+on)
	}
	for _, l := range c.LeftOut {
		got = append(got, l.Operation+" left out: "+l.Reason)
	}
	want := []string{
		"GET /v3/payees off: older than /v4/payees",
		"GET /v4/payees on",
		"GET /clients on",
		"GET /clients/{id} off: a detail of clients: adds 2 fields, costs 1 request per record",
		"GET /clients/{id}/orders on",
		"GET /clients/{id}/orders/{order_id}/lines off: 2 parents deep",
		"GET /search off: needs query parameter q",
		"POST /orders/search off: a search by POST",
		"POST /clients/search off: a search of clients",
		"GET /exports/{kind} off: needs path parameter kind",
		"GET /health left out: about the session or the server, not data",
		"GET /ping left out: about the session or the server, not data",
		"GET /text left out: answers a single string",
		"GET /nothing left out: no JSON body",
		"POST /reports/query left out: required in the body: filter",
		"GET /clients/ left out: twin of GET /clients",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDeprecatedListsStay proves that a deprecated list is in sight and off, a
// deprecated detail gone (G31).
func TestDeprecatedListsStay(t *testing.T) {
	c := connector(t, "GET /clients -> [{id:int}]\nGET /clients/{id int} -> {id:int}")
	for _, op := range c.Operations {
		op.Deprecated = true
	}
	infer.Apply(c, nil)
	if r := resource(t, c, "GET /clients"); r.Selected.Value {
		t.Error("a deprecated list is on")
	}
	if diff := cmp.Diff([]ir.LeftOut{{Operation: "GET /clients/{id}", Reason: "deprecated"}}, c.LeftOut); diff != "" {
		t.Error(diff)
	}
}

// TestParams proves G47: what is bound, to what; no placeholder is left.
func TestParams(t *testing.T) {
	tests := []struct{ name, op, want string }{
		{"single value", `GET /x type!:str(enum artist) -> [{id:int}]`, "type=artist"},
		{"default", `GET /x kind!:str(default all) -> [{id:int}]`, "kind=all"},
		{"version header", `GET /x header.Square-Version!:str(example 2024-01-01) -> [{id:int}]`, "Square-Version=2024-01-01"},
		{"config", `GET /x region!:str -> [{id:int}]`, "region={config.region}"},
		{"a name that says too little", `GET /x q!:str -> [{id:int}]`, "q={config.xes_q}"},
		{"path", `GET /teams/{team_id}/files -> [{id:int}]`, "team_id={config.team_id}"},
		{"path that says too little", `GET /teams/{id}/files -> [{id:int}]`, "id={config.team_id}"},
		{"pager's", `GET /x page!:int -> [{id:int}]`, ""},
		{"the pager that is not used", `GET /x page!:int -> {data:[{id:int}], next:uri}`, "page=1"},
		{"negotiated", `GET /x header.Accept!:str -> [{id:int}]`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, tt.op)
			infer.Apply(c, nil)
			var got []string
			for _, b := range c.Resources[0].Params {
				got = append(got, b.Name+"="+b.Value)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAll proves that --all selects what is off by default, and requires the
// configuration that takes.
func TestAll(t *testing.T) {
	c := connector(t, "GET /search q!:str -> {items:[{id:int}]}")
	infer.Apply(c, &infer.Options{All: true})
	if !c.Resources[0].Selected.Value {
		t.Error("not selected")
	}
	for _, f := range c.Config {
		if !f.Required {
			t.Errorf("config %s is not required", f.Name)
		}
	}
}

// TestExtensions proves G15: what the document states wins, at confidence 1.
func TestExtensions(t *testing.T) {
	tests := []struct {
		name string
		ext  map[string]any
		want string
	}{
		{"own", map[string]any{"x-dltgen-paginate": map[string]any{"type": "cursor", "param": "c", "next_path": "n"}}, "cursor c next=n"},
		{"own none", map[string]any{"x-dltgen-paginate": map[string]any{"type": "none"}}, "single_page"},
		{"pageable", map[string]any{"x-ms-pageable": map[string]any{"nextLinkName": "more", "itemName": "data"}}, "json_link next=more"},
		{"fern cursor", map[string]any{"x-fern-pagination": map[string]any{"cursor": "$request.c", "next_cursor": "$response.n", "results": "$response.data"}}, "cursor c next=n"},
		{"fern page", map[string]any{"x-fern-pagination": map[string]any{"offset": "$request.page", "results": "$response.data"}}, "page_number page"},
		{"speakeasy", map[string]any{"x-speakeasy-pagination": map[string]any{
			"type": "offsetLimit", "inputs": []any{map[string]any{"name": "o", "in": "parameters", "type": "offset"}, map[string]any{"name": "l", "in": "parameters", "type": "limit"}},
			"outputs": map[string]any{"results": "$.data"},
		}}, "offset o size=l"},
		{"nonsense", map[string]any{"x-ms-pageable": true, "x-fern-pagination": map[string]any{"cursor": 5}}, "single_page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := connector(t, "GET /x -> {data:[{id:int}], n:str, more:str}")
			c.Operations[0].Extensions = tt.ext
			infer.Apply(c, nil)
			r := c.Resources[0]
			if diff := cmp.Diff(tt.want, pagerText(r.Paginate.Value)); diff != "" {
				t.Error(diff)
			}
			if tt.name != "nonsense" && r.Paginate.Why.Confidence != 1 {
				t.Errorf("confidence %v", r.Paginate.Why.Confidence)
			}
		})
	}
}

// TestExplain proves that each decision comes with its reason and the way to
// change it.
func TestExplain(t *testing.T) {
	c := connector(t, "GET /invoices -> [{id!:int}]\nGET /invoices/{invoiceId int}/payments updated_since:date-time page:int -> {payments:[{id!:int, updated_at:date-time}], total_pages:int}\nGET /ping -> {ok:bool}")
	infer.Apply(c, nil)
	text := strings.Join(infer.Explain(c, "payments", ""), "\n")
	for _, want := range []string{
		"selector: payments", "because +3 its key is a", "change it with resources[payments].selector",
		"parent: invoices", "paginate: page_number param=page", "incremental: updated_at by updated_since (rfc3339)",
	} {
		if want == "because +3 its key is a" {
			want = "because +3 its key is what the operation is about"
		}
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if got := infer.Explain(c, "payments", "id"); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), "part of the primary key") {
		t.Errorf("field id: %v", got)
	}
	if got := infer.Explain(c, "GET /ping", ""); len(got) != 1 {
		t.Errorf("left out: %v", got)
	}
	if got := infer.Explain(c, "nobody", ""); got != nil {
		t.Errorf("unknown: %v", got)
	}
}

// TestTwiceTheSame proves that the same document gives the same answers (G30).
func TestTwiceTheSame(t *testing.T) {
	ops := "GET /user/repos -> [Repository{id:int, name:str, owner:{login:str}}]\nGET /repos/{owner}/{repo}/issues since:date-time page:int -> [{id:int, updated_at:date-time}] <Link X-RateLimit-Remaining>"
	dump := func() string {
		c := connector(t, ops)
		infer.Apply(c, nil)
		var b strings.Builder
		for _, r := range c.Resources {
			b.WriteString(strings.Join(infer.Explain(c, r.Name, ""), "\n"))
		}
		return b.String()
	}
	first := dump()
	for range 20 {
		if diff := cmp.Diff(first, dump()); diff != "" {
			t.Fatal(diff)
		}
	}
}

func ExampleApply() {
	issue := &ir.Type{Kind: ir.KindObject, Name: "Issue", Props: []*ir.Property{
		{Name: "id", Required: true, Type: &ir.Type{Kind: ir.KindInteger}},
		{Name: "updated_at", Type: &ir.Type{Kind: ir.KindString, Format: "date-time"}},
	}}
	c := &ir.Connector{Name: "demo", Operations: []*ir.Operation{{
		Method: "GET", Path: "/issues",
		Params: []*ir.Param{
			{Name: "since", In: "query", Type: &ir.Type{Kind: ir.KindString, Format: "date-time"}},
			{Name: "page", In: "query", Type: &ir.Type{Kind: ir.KindInteger}},
		},
		Response: &ir.Response{Type: &ir.Type{Kind: ir.KindArray, Items: issue}},
	}}}
	infer.Apply(c, nil)
	r := c.Resources[0]
	fmt.Println(r.Name, r.Selector.Value, r.PrimaryKey.Value, r.Paginate.Value.Type, r.Incremental.Value.CursorPath, r.Disposition)
	// Output: issues $ [id] page_number updated_at merge
}
