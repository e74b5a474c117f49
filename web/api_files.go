package web

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"truce/access"
	"truce/attach"
	"truce/desk"
)

// uploadRoute is where bodies may be long: the folder of attachments has limits of its own.
const uploadRoute = "POST " + apiPrefix + "/reports/{id}/attachments"

// uploadWithin is how long a file may take to arrive as a whole.
const uploadWithin = 30 * time.Minute

type attachIn struct {
	Upload
	ID       string    `path:"id" doc:"the report's identifier" maxLength:"500"`
	Type     string    `header:"Content-Type" doc:"what the file is; the bytes must agree" maxLength:"200"`
	Name     string    `query:"name" doc:"file name" required:"true" minLength:"1" maxLength:"200"`
	Captured time.Time `query:"captured" doc:"when it was taken or fetched"`
	Clock    string    `query:"clock" doc:"whose clock captured was read from" maxLength:"50"`
	Address  string    `query:"address" doc:"where it was fetched from" maxLength:"2000"`
	Tool     string    `query:"tool" doc:"with what it was collected" maxLength:"200"`
	Mark     string    `query:"mark" doc:"handling mark; without one, TLP:AMBER" maxLength:"1000"`
}

// Upload is a request whose body is read as it comes.
type Upload struct{ body io.Reader }

// Resolve takes the body out of huma's hands.
func (u *Upload) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	u.body = &slowReader{r.Body, http.NewResponseController(w), time.Now().Add(uploadWithin)}
	return nil
}

// slowReader reads a body for as long as it keeps coming, up to an end.
type slowReader struct {
	io.Reader
	rc  *http.ResponseController
	end time.Time
}

// Read moves the deadlines on and reads.
func (s *slowReader) Read(b []byte) (int, error) {
	next := time.Now().Add(readTimeout)
	if next.After(s.end) {
		next = s.end
	}
	_ = s.rc.SetReadDeadline(next) // a recorder in a test has none
	_ = s.rc.SetWriteDeadline(next.Add(writeTimeout))
	return s.Reader.Read(b)
}

type attachOut struct {
	Attachment attach.Item  `json:"attachment"`
	Entered    desk.Entered `json:"entered"`
}

type copyIn struct {
	Hash string `path:"sha256" doc:"hash of the original, 64 hexadecimal digits" pattern:"^[0-9a-f]{64}$"`
}

// fileRoutes are for attachments.
func (a *api) fileRoutes() {
	o := op("POST", "/reports/{id}/attachments", "attach", "Put a file beside a report", "The body is the file itself. It is kept by its hash, and refused if it is not what it claims to be.")
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}
	add(a, o, func(ctx context.Context, who access.Person, in *attachIn) (*body[attachOut], error) {
		item, done, err := a.Record.Attach(ctx, who, a.Files, in.ID, in.Mark, in.body, attach.Info{Name: in.Name, Type: in.Type, Captured: in.Captured, Clock: in.Clock, Address: in.Address, Tool: in.Tool})
		if err == nil {
			of(ctx).did("attached", about(done.N), slog.Int64("bytes", item.Size))
		}
		return answer(attachOut{item, done}, conceal(err))
	})
	o = op("GET", "/attachments/{sha256}", "attachment", "The working copy of an attachment", "Drawn anew without metadata. Originals do not leave by this door.")
	o.Responses = rawResponse("application/octet-stream")
	add(a, o, a.copy)
}

// copy sends the working copy of an attachment that the person may read.
func (a *api) copy(ctx context.Context, who access.Person, in *copyIn) (*stream, error) {
	row, err := a.Record.Row(ctx, who, 0, "attachment", in.Hash)
	if err != nil {
		return nil, conceal(err)
	}
	var seen struct{ Copy attach.Hash }
	if err := json.Unmarshal(row.Body, &seen); err != nil || seen.Copy.IsZero() {
		return nil, nothingHere()
	}
	file, err := a.Files.Open(seen.Copy)
	if err != nil {
		return nil, err
	}
	return &stream{func(h huma.Context) {
		defer file.Close()
		_, w := humago.Unwrap(h)
		out := &slowWriter{w: w, rc: http.NewResponseController(w), contentType: "application/octet-stream", name: seen.Copy.String()}
		if _, err := io.Copy(out, file); err != nil {
			of(ctx).refused = problemOf(err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}
