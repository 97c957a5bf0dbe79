package web

import (
	"net/http"
	"slices"
	"strings"

	"kept/internal/account"
)

// The description of the addresses for programs is made from the table of forms, so
// that it cannot say anything else than what is there.

// apiView is what the page /api shows.
type apiView struct {
	Base   string   `json:"base"`
	Forms  []apiRow `json:"forms"`
	Scopes []Text   `json:"-"`
}

type apiRow struct {
	Address string `json:"address"`
	Scope   string `json:"scope"`
}

// api is the page about addresses for programs.
func (s *Site) api(q *request) (View, error) {
	v := apiView{Base: s.c.Base}
	table := &Table{Columns: []string{"address", "scope"}}
	for _, t := range s.twins {
		v.Forms = append(v.Forms, apiRow{"/api" + t.Address, t.Scope})
		table.Rows = append(table.Rows, []string{"/api" + t.Address, t.Scope})
	}
	return View{Page: "api", Title: message("api.title"), Data: v, Table: table}, nil
}

type object = map[string]any

// openAPI is the same in OpenAPI 3.1.
func (s *Site) openAPI(w http.ResponseWriter, r *http.Request) {
	paths := object{}
	for _, t := range s.twins {
		paths["/api"+t.Address] = pathItem(t)
	}
	s.sendJSON(w, http.StatusOK, "application/json", object{
		"openapi": "3.1.0",
		"info": object{"title": "Kept", "version": firstOf(s.c.Build, "0"),
			"description": "Each form of the site has a twin for programs. Public pages need no token: add .json or .csv to their address."},
		"servers":    []any{object{"url": s.c.Base}},
		"paths":      paths,
		"components": object{"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "A token from /desk/tokens with the scope that the operation names."}}, "schemas": schemas()},
		"security":   []any{object{"token": []string{}}},
	})
}

func pathItem(t twinRoute) object {
	problems := func(answers object) object {
		for status, what := range map[string]string{"401": "no token, or one that opens nothing", "403": "the token's scope, or its owner's rights, do not reach this far",
			"404": "no such thing", "409": "the same key with another input, or somebody else was quicker", "413": "too large", "422": "something is wrong with the fields",
			"503": "the record takes no entries now"} {
			answers[status] = object{"description": what, "content": object{"application/problem+json": object{"schema": ref("Problem")}}}
		}
		return answers
	}
	item := object{
		"get": object{"summary": "The fields of this form, with what can be chosen", "operationId": operation("get", t.Address), "tags": []string{t.Scope},
			"responses": problems(object{"200": answer("the fields", "Form")})},
		"post": object{"summary": "Sends this form", "operationId": operation("post", t.Address), "tags": []string{t.Scope}, "description": "Scope of the token: " + t.Scope,
			"parameters":  []any{object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string"}, "description": "The same key with the same fields is one act."}},
			"requestBody": object{"required": true, "content": object{"application/json": object{"schema": ref("Fields")}}},
			"responses":   problems(object{"201": answer("done", "Made"), "202": answer("waits until somebody else has approved it", "Made")})},
	}
	var parameters []any
	for _, part := range strings.Split(t.Address, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			parameters = append(parameters, object{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	if parameters != nil {
		item["parameters"] = parameters
	}
	return item
}

func operation(method, address string) string {
	return method + strings.NewReplacer("/", "_", "{", "", "}", "", "-", "_").Replace(address)
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func answer(what, schema string) object {
	return object{"description": what, "content": object{"application/json": object{"schema": ref(schema)}}}
}

func schemas() object {
	text, list := object{"type": "string"}, func(of any) object { return object{"type": "array", "items": of} }
	plain := []any{text, object{"type": "number"}, object{"type": "boolean"}}
	wording := object{"type": "object", "description": "language → wording", "additionalProperties": text}
	return object{
		"Fields":  object{"type": "object", "description": "field → its value, or a list of values", "additionalProperties": object{"anyOf": append(slices.Clone(plain), list(object{"anyOf": plain}))}},
		"Made":    object{"type": "object", "required": []string{"href", "entries"}, "properties": object{"href": text, "entries": list(object{"type": "integer"}), "waits": object{"type": "boolean"}}},
		"Problem": object{"type": "object", "required": []string{"type", "title", "status"}, "properties": object{"type": text, "title": text, "status": object{"type": "integer"}, "number": text, "errors": list(object{"type": "object", "required": []string{"message"}, "properties": object{"field": text, "message": text}})}},
		"Form": object{"type": "object", "required": []string{"action", "fields"}, "properties": object{"action": text, "fields": list(object{"type": "object", "required": []string{"name", "label", "kind"},
			"properties": object{"name": text, "label": wording, "help": wording, "kind": text, "required": object{"type": "boolean"}, "value": text, "options": list(object{"type": "object"})}})}},
		"Scope": object{"type": "string", "enum": account.Scopes},
	}
}
