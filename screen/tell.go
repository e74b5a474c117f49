package screen

import (
	"encoding/json"
	"strings"
	"time"

	"truce/courier"
	"truce/desk"
)

// Telling is the page of what was published.
type Telling struct {
	Releases []desk.Released
	May      bool // whoever asks may publish
	Feeds    bool
}

// TellingNew is the form of a new release, and the preview of what leaves.
type TellingNew struct {
	Draft desk.Draft
	Rows  string // one a line
	Marks []string
	// Preview is nil before there is one.
	Preview *TellingPreview
}

// TellingPreview is exactly what leaves, and what does not.
type TellingPreview struct {
	Bytes  string
	Size   int
	SHA256 string
	Made   time.Time
	Held   []desk.Held
}

// NewTellingPreview lays out what leaves.
func NewTellingPreview(t *desk.Telling, text []byte, sum string) *TellingPreview {
	return &TellingPreview{Bytes: string(text), Size: len(text), SHA256: sum, Made: t.Made, Held: t.Held()}
}

// TellingRelease is one release with what was said of it since.
type TellingRelease struct {
	desk.Released
	Bytes   string
	Size    int
	Same    bool // it still comes out as it was published
	Figures []desk.Figure
	Figure  string // that is asked for
	Found   []desk.Figure
	Find    string
	May     bool
	Once    string
}

// mostFigures is how many figures are shown of those that a text finds.
const mostFigures = 100

// Look finds figures by a part of their place or their value.
func (t *TellingRelease) Look(text string) {
	t.Find = text
	for _, f := range t.Figures {
		if len(t.Found) < mostFigures && (strings.Contains(strings.ToLower(f.At), strings.ToLower(text)) || strings.Contains(strings.ToLower(f.Value), strings.ToLower(text))) {
			t.Found = append(t.Found, f)
		}
	}
}

// Pretty are the bytes laid out for people.
func (t TellingRelease) Pretty() string { return pretty(json.RawMessage(t.Bytes)) }

// Pretty are the bytes laid out for people.
func (t TellingPreview) Pretty() string { return pretty(json.RawMessage(t.Bytes)) }

// Deliveries is the page of what was taken to receivers.
type Deliveries struct {
	Receivers []DeliveryReceiver
	Waiting   []desk.Parcel
	Lost      []desk.Parcel
	Done      []desk.Delivery
	May       bool
	Now       time.Time
}

// DeliveryReceiver is a receiver with how many parcels it got, waits for, and lost.
type DeliveryReceiver struct {
	courier.Receiver
	Delivered, Waiting, Lost int
}

// NewDeliveries counts what was delivered, what waits and what was lost, by receiver.
func NewDeliveries(receivers []courier.Receiver, parcels []desk.Parcel, done []desk.Delivery, may bool, now time.Time) Deliveries {
	v := Deliveries{Done: done, May: may, Now: now}
	for _, r := range receivers {
		x := DeliveryReceiver{Receiver: r}
		for _, p := range parcels {
			x.Waiting += ofOne(p.Receiver == r.Name && !p.Lost)
			x.Lost += ofOne(p.Receiver == r.Name && p.Lost)
		}
		for _, d := range done {
			x.Delivered += ofOne(d.To == r.Name && d.State == "delivered")
		}
		v.Receivers = append(v.Receivers, x)
	}
	for _, p := range parcels {
		if p.Lost {
			v.Lost = append(v.Lost, p)
		} else {
			v.Waiting = append(v.Waiting, p)
		}
	}
	return v
}
