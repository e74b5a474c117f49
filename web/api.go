package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"truce/access"
)

// Paths of the API.
const (
	apiPrefix   = "/api/v1"
	openAPIPath = "/api/openapi.json"
)

// api is the JSON API while its routes are laid out.
type api struct {
	*site
	huma huma.API
}

// apiRoutes lays out the API and its description.
func (s *site) apiRoutes() {
	a := &api{s, humago.New(s.mux, s.apiConfig())}
	a.recordRoutes()
	a.entryRoutes()
	a.workAPI()
	a.takeAPI()
	a.streamRoutes()
	if s.Files != nil {
		a.fileRoutes()
	}
	if s.People != nil {
		a.selfRoutes()
		a.peopleRoutes()
	}
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // ours is Problem
	delete(schemas, "ErrorDetail")
	text, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		panic(err) // made of what stands in this package
	}
	s.mux.HandleFunc("GET "+openAPIPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.oai.openapi+json;version=3.1")
		_, _ = w.Write(text)
	})
}

func (s *site) apiConfig() huma.Config {
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Truce", Version: s.Version, Description: "The record of a ceasefire mission. Every list is cut down to what you may see. " +
				"Every question may be asked of an earlier state, with as_of: a number of entries, or a time."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer", Description: "a token for programs, made on the account page"},
					"session": {Type: "apiKey", In: "cookie", Name: s.cookieName(), Description: "a person signed in"},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{ownProblem},
	}
	if s.Origin != "" {
		c.Servers = []*huma.Server{{URL: s.Origin}}
	}
	return c
}

// ownProblem puts what huma refuses by itself into our shape, and notes it for the log.
func ownProblem(ctx huma.Context, _ string, v any) (any, error) {
	switch v := v.(type) {
	case *huma.ErrorModel:
		p := ofModel(v)
		of(ctx.Context()).refused = p
		return p, nil
	case *Problem:
		of(ctx.Context()).refused = v
	}
	return v, nil
}

// op is an operation with what all have.
func op(method, path, id, summary, description string) huma.Operation {
	return huma.Operation{
		Method: method, Path: apiPrefix + path, OperationID: id, Summary: summary, Description: description,
		MaxBodyBytes: bodyMost,
		Security:     []map[string][]string{{"token": {}}, {"session": {}}},
	}
}

// add lays out an operation. Who asks must be known before anything of the request is read.
func problemType() reflect.Type { return reflect.TypeFor[Problem]() }

func add[I, O any](a *api, o huma.Operation, handle func(context.Context, access.Person, *I) (*O, error)) {
	schema := a.huma.OpenAPI().Components.Schemas.Schema(problemType(), true, "Problem")
	if o.Responses == nil {
		o.Responses = map[string]*huma.Response{}
	}
	o.Responses["default"] = &huma.Response{
		Description: "what was wrong: see code",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}
	o.Middlewares = huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		who, err := a.person(ctx.Context())
		if err == nil && who.ID == "" && o.Method != http.MethodGet { // the public reads
			err = needSignIn("not signed in")
		}
		if err != nil {
			r, w := humago.Unwrap(ctx)
			a.fail(w, r, err)
			return
		}
		next(ctx)
	}}
	huma.Register(a.huma, o, func(ctx context.Context, in *I) (*O, error) {
		who, err := a.person(ctx)
		if err != nil {
			return nil, problemOf(err)
		}
		out, err := handle(ctx, who, in)
		if err != nil {
			return nil, problemOf(err)
		}
		return out, nil
	})
}

// person returns who asks. Nobody is refused.
func (s *site) person(ctx context.Context) (access.Person, error) {
	v := of(ctx)
	if v.who.ID == "" && len(v.who.Roles) == 0 {
		why := "not signed in"
		if v.lapsed {
			why = "session over"
		}
		return access.Person{}, needSignIn(why)
	}
	return v.who, nil
}

// body is an answer that is only a body.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// raw is an answer in another format than JSON.
type raw struct {
	Type string `header:"Content-Type"`
	Body []byte
}

// rawResponse describes an answer of a media type.
func rawResponse(types ...string) map[string]*huma.Response {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
		if t == "application/json" {
			content[t].Schema.Type = "object"
		}
	}
	return map[string]*huma.Response{"200": {Description: "OK", Content: content}}
}

// about is a fact for the log about an entry.
func about(n int64) slog.Attr { return slog.Int64("entry", n) }
